//! Keys that requests name: found, remembered, bounded, and never asked for where the name cannot be right.

#![cfg(test)]

mod held;
mod kit;
mod memory;
mod pinning;
mod set_up;
