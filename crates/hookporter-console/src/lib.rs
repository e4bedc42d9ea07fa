//! The console: what came in, what became of it, and the means to mend it, in a browser and as JSON.
//!
//! It knows a store by the traits of `hookporter_pipeline::operating`, and endpoints by their handles. It is mounted in the
//! user's own server behind the user's own authentication; it changes nothing unless it is told that it may.

mod answer;
mod api;
mod back;
mod console;
mod deed;
mod fields;
mod guard;
mod look;
mod moment;
mod mount;
mod page;
mod request;
mod room;
mod selection;
mod token;
mod trouble;

pub use answer::Answer;
pub use console::{BodyTrouble, Console};
pub use request::Request;
