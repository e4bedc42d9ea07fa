//! The inbox on a real file: the acceptance suite, workers, restarts, damage, and failures of the disk.

#![cfg(test)]

#[cfg(target_os = "linux")]
mod aside;
mod by_type;
mod clock;
mod closed;
mod crash;
mod damage;
mod desk;
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
mod erase;
mod file;
mod full;
mod independent;
mod journal;
mod journal_bounds;
mod journal_erase;
#[cfg(target_os = "linux")]
mod journal_faults;
mod journal_short;
mod mend;
mod mender;
mod migrate;
mod newer;
mod opening;
#[cfg(target_os = "linux")]
mod power;
mod quarantine;
mod reader;
mod redelivery;
mod replay;
#[cfg(feature = "seal")]
mod sealed;
mod sides;
mod size;
#[cfg(target_os = "linux")]
mod strace;
mod suite;
mod sweep;
mod two_processes;
#[cfg(target_os = "linux")]
mod unreadable;
mod waiting;
mod work;
