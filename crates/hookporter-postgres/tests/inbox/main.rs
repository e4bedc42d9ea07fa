//! The inbox on a real PostgreSQL server of the test's own: the acceptance suite, several nodes, kills, restarts, and the network.

#![cfg(test)]
#![cfg(unix)]

mod agreed;
mod copies;
mod crash;
mod desk;
mod door;
mod effect;
mod fleet;
mod http;
mod journal;
mod lanes;
mod migrate;
mod network;
mod nodes;
mod opening;
mod poison;
mod quarantine;
mod restart;
mod server;
mod suite;
mod sweep;
mod work;
