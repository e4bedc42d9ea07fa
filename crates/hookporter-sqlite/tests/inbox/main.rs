//! The inbox on a real file: the acceptance suite, workers, restarts, damage, and failures of the disk.

#![cfg(test)]

mod by_type;
mod crash;
mod directory;
#[cfg(target_os = "linux")]
mod disk;
mod door;
mod dropped;
mod edit;
mod effect;
mod effect_company;
mod effect_crash;
#[cfg(target_os = "linux")]
mod effect_disk;
mod file;
mod full;
mod independent;
mod mend;
mod mender;
#[cfg(target_os = "linux")]
mod power;
mod reader;
mod replay;
#[cfg(feature = "seal")]
mod sealed;
mod sides;
#[cfg(target_os = "linux")]
mod strace;
mod suite;
mod sweep;
mod two_processes;
mod work;
