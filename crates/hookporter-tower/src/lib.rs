//! Hookporter for tower: an [`EndpointLayer`] in front of your handler, or an [`EndpointService`] that stands alone.
//!
//! In axum the layer goes onto a method router with `.layer` (not `route_layer`, which a provider's GET challenge would
//! miss), or the service onto a route:
//!
//! ```
//! # #[cfg(feature = "axum")] {
//! use axum::{Router, http::StatusCode, routing::{post, post_service}};
//! use hookporter_core::Secret;
//! use hookporter_pipeline::{Endpoint, Event};
//! use hookporter_tower::{EndpointLayer, EndpointService, Verified};
//!
//! async fn paid(Verified(event): Verified) -> StatusCode {
//!     println!("{:?} arrived", event.event_type());
//!     StatusCode::OK
//! }
//! async fn push(event: Event) -> Result<(), std::convert::Infallible> {
//!     println!("{} bytes", event.body().len());
//!     Ok(())
//! }
//!
//! let stripe = Endpoint::stripe(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))?;
//! let github = Endpoint::github(Secret::new("a long and random secret"))?.on("push", push).ignore_other_types();
//! let app: Router = Router::new()
//!     .route("/webhooks/stripe", post(paid).layer(EndpointLayer::new(stripe)))
//!     .route_service("/webhooks/github", EndpointService::new(github)?);
//! # }
//! # Ok::<(), hookporter_core::ConfigError>(())
//! ```
//!
//! With an [inbox](hookporter_pipeline::Endpoint::inbox) behind the endpoint the sender is acknowledged once its event is
//! durable, and a worker sends it [`through`] the same app until the handler succeeds.
//!
//! The wrapped service is called only for a proven request, on a task that the sender cannot cancel by hanging up, and
//! its readiness is awaited within the acknowledgement budget: behind a saturated concurrency limit the sender is told
//! 503 in time instead of being kept waiting.

mod body;
#[cfg(feature = "axum")]
mod extract;
mod headers;
#[cfg(feature = "axum")]
mod health;
mod judge;
mod layer;
#[cfg(feature = "axum")]
mod not_worked;
mod peer;
mod response;
#[cfg(feature = "serve")]
mod serve;
mod service;
mod through;

pub use body::{ReplyBody, RequestBody, ResponseBody, Unwrapped};
#[cfg(feature = "axum")]
pub use extract::{NotVerified, Verified, VerifiedJson, VerifiedJsonRejection};
#[cfg(feature = "axum")]
pub use health::health;
pub use layer::{EndpointLayer, EndpointMiddleware};
#[cfg(feature = "axum")]
pub use not_worked::NotWorked;
pub use peer::PeerAddress;
#[cfg(feature = "serve")]
pub use serve::{Server, serve};
pub use service::EndpointService;
pub use through::{StoredBody, through};
