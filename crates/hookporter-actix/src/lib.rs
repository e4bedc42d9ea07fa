//! Hookporter for actix-web: an [`EndpointMiddleware`] around your resource, or an [`EndpointResource`] that stands
//! alone.
//!
//! ```
//! use actix_web::{App, HttpResponse, web};
//! use hookporter_actix::{EndpointMiddleware, EndpointResource, Verified};
//! use hookporter_core::Secret;
//! use hookporter_pipeline::{Endpoint, Event};
//!
//! async fn paid(Verified(event): Verified) -> HttpResponse {
//!     println!("{:?} arrived", event.event_type());
//!     HttpResponse::Ok().finish()
//! }
//! async fn push(event: Event) -> Result<(), std::convert::Infallible> {
//!     println!("{} bytes", event.body().len());
//!     Ok(())
//! }
//!
//! let stripe = Endpoint::stripe(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))?;
//! let github = Endpoint::github(Secret::new("a long and random secret"))?.on("push", push).ignore_other_types();
//! let github = EndpointResource::new("/webhooks/github", github)?;
//! let app = move || {
//!     App::new()
//!         .service(
//!             web::resource("/webhooks/stripe")
//!                 .wrap(EndpointMiddleware::new(stripe.clone()))
//!                 .route(web::post().to(paid)),
//!         )
//!         .service(github.clone())
//! };
//! # app();
//! # Ok::<(), hookporter_core::ConfigError>(())
//! ```
//!
//! Endpoints are built outside of the app's factory and cloned inside: clones share what was seen, so that every worker
//! knows a duplicate.
//!
//! With an [inbox](hookporter_pipeline::Endpoint::inbox) behind the endpoint the sender is acknowledged once its event is
//! durable, and a worker sends it [`through`] such an app until the handler succeeds.
//!
//! The wrapped resource is called only for a proven request, on a task that the sender cannot cancel by hanging up. Its
//! handlers find path parameters, app data and the body where they always do; in the background too.
//!
//! # Where it goes
//!
//! Around the resource, with [`Resource::wrap`](actix_web::Resource::wrap), and outside of its other middleware: what
//! is wrapped last runs first. A route would miss a provider's GET challenge and answer 404 to a wrong method.
//!
//! Around a scope or a whole app it works too, with one difference. actix's routing wants the request to itself, so a
//! reply that is sent before that has ended (a background acknowledgement, a timeout, a panic) reaches the middleware
//! around it as an `Err` that renders the reply. The sender sees no difference; an access log that skips errors does.
//!
//! # Deployment
//!
//! - **Bodies** are read from the raw payload, whatever features of actix-web are on. A handler that takes `web::Bytes`
//!   or `web::Json` reads the proven bytes a second time, under that extractor's own limit (256 KiB for `Bytes`), and
//!   through its decompression; [`Verified`] and [`VerifiedJson`] do neither.
//! - **`NormalizePath`** around the endpoint rewrites the path that is verified. Senders that sign the URL are not
//!   touched by that, as the endpoint's configured URL stands for it; one with its tenant in the path may be.
//! - **`Expect: 100-continue`** is answered by actix before any app is called. A body over the limit is therefore asked
//!   for, and then refused unread with 413.
//! - **A body that is not read** to its end, because its request was refused, closes the connection: what still comes
//!   is thrown away until `client_disconnect_timeout` (5 s under `serve`), and is never taken for a request.
//! - **Slow heads**: actix bounds the first request head of a connection (`client_request_timeout`), and an idle
//!   connection, but not the head of a second request once it has begun. A proxy in front closes that, and so does
//!   `Server::no_keep_alive`. Bodies have the endpoint's own deadline.
//! - **Shutdown**: a bare `HttpServer` ends its worker threads, and with them the background work, as soon as the open
//!   requests are answered; at Ctrl-C it does not even wait for those. `serve` lets both end.
//!
//! `serve` and `Server` come with the feature `serve`.

mod body;
mod custody;
mod extract;
mod headers;
mod health;
mod judge;
mod middleware;
#[cfg(feature = "serve")]
mod mounted;
mod not_worked;
mod resource;
mod response;
#[cfg(feature = "serve")]
mod serve;
mod spawn;
mod through;

pub use extract::{NotVerified, Verified, VerifiedJson, VerifiedJsonRejection};
pub use health::health;
pub use middleware::{EndpointMiddleware, Wrapped};
pub use not_worked::NotWorked;
pub use resource::EndpointResource;
#[cfg(feature = "serve")]
pub use serve::{Server, serve};
pub use through::through;
