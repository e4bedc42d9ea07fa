//! The adapter as users mount it: in process, and over real sockets.

mod background;
mod extractors;
mod inline;
mod kit;
mod report_only;
mod resource;
#[cfg(feature = "serve")]
mod serve;
mod wire;
