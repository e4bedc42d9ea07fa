//! The inbox on a real PostgreSQL server of the test's own: the acceptance suite, several nodes, kills, restarts, and the network.

#![cfg(test)]
#![cfg(unix)]
#![expect(clippy::arithmetic_side_effects, reason = "tests: an overflow fails them")]

mod agreed;
mod copies;
mod cut_off;
mod desk;
mod door;
mod effect;
mod fleet;
mod http;
mod journal;
mod migrate;
mod network;
mod node;
mod nodes;
mod opening;
mod poison;
mod power;
mod proxy;
mod quarantine;
mod server;
mod storm;
mod suite;
mod sweep;
mod work;
