//! Hookporter for actix-web.

mod body;
mod custody;
mod extract;
mod headers;
mod judge;
mod middleware;
#[cfg(feature = "serve")]
mod mounted;
mod resource;
mod response;
#[cfg(feature = "serve")]
mod serve;
mod spawn;

pub use extract::{NotVerified, Verified, VerifiedJson, VerifiedJsonRejection};
pub use middleware::{EndpointMiddleware, Wrapped};
pub use resource::EndpointResource;
#[cfg(feature = "serve")]
pub use serve::{Server, serve};
