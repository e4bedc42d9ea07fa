//! An endpoint with a durable inbox: what the store is given, and what the sender is told.

#![cfg(test)]

mod durability;
mod kept;
mod kit;
mod revoked;
mod split;
mod told;
