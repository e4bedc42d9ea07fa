//! Faults of the machine and of people, made on purpose: what each is to come to is in [`map::FAULTS`], with the test that
//! shows it.
//!
//! Most run real programs: `hookporter receive --inbox` behind either adapter, and the example with a worker.

mod clock;
mod kills;
mod limits;
mod map;
mod scene;
mod signals;
mod sink;
mod slow_store;
mod storm;
mod workers;
