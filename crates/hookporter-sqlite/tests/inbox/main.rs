//! The inbox on a real file: the acceptance suite, workers, restarts, damage, and failures of the disk.

#![cfg(test)]

mod directory;
mod file;
mod full;
mod suite;
mod work;
