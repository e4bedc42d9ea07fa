//! An endpoint with a durable inbox: what the store is given, and what the sender is told.

#![cfg(test)]

mod kept;
mod kit;
mod split;
mod told;
