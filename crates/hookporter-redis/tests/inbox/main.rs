//! The inbox on a real Redis server of the test's own: the acceptance suite, several nodes, kills, restarts, and the network.

#![cfg(test)]
#![cfg(unix)]

#[cfg(feature = "tls-rustls")]
mod certificates;
mod cluster;
mod endpoint;
mod form;
mod keeping;
mod network;
mod nodes;
mod opening;
mod power;
mod replicas;
#[cfg(feature = "seal")]
mod sealed;
mod server;
mod suite;
#[cfg(feature = "tls-rustls")]
mod tls;
mod work;
