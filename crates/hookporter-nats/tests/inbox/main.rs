//! The inbox on a real NATS server of the test's own: the acceptance suite, several nodes, kills, restarts, and an endpoint.

#![cfg(test)]
#![cfg(unix)]

mod accept;
#[cfg(feature = "tls")]
#[path = "../../../hookporter-redis/tests/inbox/certificates.rs"]
mod certificates;
mod endpoint;
mod kept;
mod marker;
mod network;
mod opening;
mod power;
mod server;
mod suite;
mod sweep;
#[cfg(feature = "tls")]
mod tls;
mod work;
