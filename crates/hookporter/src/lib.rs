//! Hookporter stands at a webhook's door: he checks the papers of every delivery, signs for it at once, and carries it
//! to the people who will do the work.
//!
//! - [`Endpoint`]: one configured route. A preset per sender ([`Endpoint::stripe`], [`Endpoint::github`], …), or a
//!   [`Scheme`] of your own.
//! - `axum` (feature `axum`, or `tower` for other tower servers) and `actix` (feature `actix`): the adapters.
//! - [`Event`]: what your code is given, once everything about the request held.
//! - [`guide`]: every sender in a table, how to add one, what to do about every refusal, alarm and answer, and
//!   [what each engine promises](guide::promises), and how events [go on to a broker](guide::relays).
//!
//! # Deployment
//!
//! What stands in front of your server can break a proof; each of these shows as a refusal with its reason:
//!
//! - **A proxy that touches the body** (re-encodes JSON, changes the charset, inflates gzip): `invalid-signature`. The
//!   bytes must arrive as they were sent.
//! - **A proxy that merges or repeats headers**: `repeated-header` or `malformed-header`.
//! - **A proxy that strips headers it does not know**: `missing-header`.
//! - **A public URL that is not what you configured**, for senders that sign it (Twilio): `invalid-signature`. Configure
//!   the URL that the sender calls; `Host` and forwarded headers are not believed. An endpoint that is called under several
//!   hosts believes the forwarded headers of the [`Proxies`] that you name.
//! - **A clock that is off** by more than the tolerance: `timestamp-too-old` or `timestamp-too-new`, with the number of
//!   seconds. Run NTP.
//! - **A server without timeouts**: neither framework bounds a slow head by itself (axum) or a stalled body (both). The
//!   pipeline bounds the body; the `serve` helpers bound the head and the shutdown. Behind a plain `axum::serve`, put a
//!   proxy that does.
//!
//! # Keys that requests name
//!
//! Some senders say in each request which of their keys it was signed with: a token's `kid` (Plaid, Google Pub/Sub), or the
//! URL of a certificate (SNS, PayPal). [`Keys::find`] takes a [`KeyFinder`] of yours, and [`Keys::find_by`] an async
//! function; with the feature `fetch`, `Keys::fetch_key_set` and `Keys::fetch_certificates` are ready ones. A finder is asked
//! only for names that can be right (a URL is on a host that the preset pins), its answers are remembered for a second
//! unless you say otherwise, and strangers' names reach it only as often as you allow. While it fails, senders are told 503.
//!
//! ```
//! # #[cfg(feature = "fetch")] {
//! # fn endpoints() -> Result<(), hookporter::ConfigError> {
//! use hookporter::{Endpoint, Keys};
//!
//! let pubsub = Keys::fetch_key_set("https://www.googleapis.com/oauth2/v3/certs")?
//!     .with_part("audience", "https://hooks.example/push")
//!     .with_part("email", "push@the-project.iam.gserviceaccount.com");
//! let pubsub = Endpoint::provider("google-pubsub", pubsub)?;
//!
//! let topic = "arn:aws:sns:us-west-2:123456789012:MyTopic";
//! let sns = Endpoint::provider("aws-sns", Keys::fetch_certificates().with_part("topic_arn", topic))?
//!     // Subscriptions to the topic are confirmed as soon as SNS asks for it.
//!     .fetch_confirmations([topic])?;
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! # Handlers that outlive a crash
//!
//! With the feature `sqlite`, one line makes a handler durable: the sender is told 2xx once its event is on disk, and a worker
//! sends the stored request through the same app, past the proof, until the handler answers 2xx. Path parameters, state and
//! extractors are where they always are.
//!
//! ```
//! # #[cfg(all(feature = "axum", feature = "sqlite"))] {
//! use axum::{Router, extract::Path, http::StatusCode, routing::post};
//! use hookporter::axum::{EndpointLayer, NotWorked, Verified, serve, through};
//! use hookporter::inbox::WorkError;
//! use hookporter::{Endpoint, Inbox, Secret};
//!
//! async fn paid(Path(shop): Path<String>, Verified(event): Verified) -> Result<StatusCode, NotWorked> {
//!     let invoice = event.member("/data/object/id").ok_or_else(|| WorkError::dead_letter("no invoice in it"))?;
//!     println!("{shop}: {invoice} is paid, attempt {}", event.attempt());
//!     Ok(StatusCode::OK)
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let inbox = Inbox::open("hooks.db").await?;
//! let stripe = Endpoint::stripe(Secret::env("STRIPE_WEBHOOK_SECRET")?)?.inbox(&inbox);
//! let app = Router::new().route("/webhooks/stripe/{shop}", post(paid).layer(EndpointLayer::new(stripe)));
//! tokio::spawn(inbox.worker(through(app.clone())).run_until(std::future::pending()));
//! serve("0.0.0.0:3000", app).await?;
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! `hookporter::actix::through` does the same with an app for each thread. An event may be worked more than once, when a
//! process dies after the work: remember [`Event::number`] beside its effect.
//!
//! # Testing your handlers
//!
//! In process, with no socket: the crate `hookporter-testkit` signs what the sender would sign, and forges it. In axum the
//! router is a service:
//!
//! ```
//! # #[cfg(feature = "axum")] {
//! use axum::{Router, body::Body, http::StatusCode, routing::post};
//! use hookporter::axum::{EndpointLayer, Verified};
//! use hookporter::{Endpoint, Secret};
//! use tower::ServiceExt;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! const SECRET: &str = "whsec_of_the_test";
//! let stripe = Endpoint::stripe(Secret::new(SECRET))?;
//! let app = Router::new().route(
//!     "/webhooks/stripe",
//!     post(|Verified(event): Verified| async move {
//!         if event.event_type() == Some("invoice.paid") { StatusCode::OK } else { StatusCode::BAD_REQUEST }
//!     })
//!     .layer(EndpointLayer::new(stripe)),
//! );
//!
//! let maker = hookporter_testkit::stripe(SECRET).event("invoice.paid").target("/webhooks/stripe");
//! let answer = app.clone().oneshot(maker.build().into_http_with(Body::from)).await?;
//! assert_eq!(answer.status(), StatusCode::OK);
//! for forgery in maker.mutations() {
//!     let answer = app.clone().oneshot(forgery.request.into_http_with(Body::from)).await?;
//!     assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{}", forgery.name);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In actix-web the framework's own test service takes the same requests:
//!
//! ```
//! # #[cfg(feature = "actix")] {
//! use actix_web::{App, HttpResponse, test, web};
//! use hookporter::actix::{EndpointMiddleware, Verified};
//! use hookporter::{Endpoint, Secret};
//!
//! # actix_web::rt::System::new().block_on(async {
//! const SECRET: &str = "a secret that is long enough";
//! let github = Endpoint::github(Secret::new(SECRET))?;
//! let hook = web::resource("/webhooks/github")
//!     .wrap(EndpointMiddleware::new(github))
//!     .route(web::post().to(|Verified(_): Verified| async { HttpResponse::Ok() }));
//! let app = test::init_service(App::new().service(hook)).await;
//!
//! let request = hookporter_testkit::github(SECRET).event("push").target("/webhooks/github").build();
//! let mut call = test::TestRequest::post().uri(request.target()).set_payload(request.body().clone());
//! for (name, value) in request.headers() {
//!     call = call.insert_header((name.as_str(), value.as_str()));
//! }
//! assert!(test::call_service(&app, call.to_request()).await.status().is_success());
//! # Ok::<(), hookporter::ConfigError>(())
//! # })?;
//! # }
//! # Ok::<(), hookporter::ConfigError>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use hookporter_core as core;
#[cfg(feature = "diagnosis")]
pub use hookporter_core::diagnosis;
#[cfg(feature = "jwt")]
pub use hookporter_core::jwt;
#[cfg(feature = "http-signatures")]
pub use hookporter_core::message_signature;
pub use hookporter_core::provider;
pub use hookporter_core::{
    Algorithm, Clock, ConfigError, Coverage, Encoding, Evidence, Form, FrozenClock, Gzip, Header, Identity, Json,
    KeyDecoding, KeyId, KeyName, KeyPlace, KeyRule, KeyUrl, KeyUrlSource, Keyring, Provider, Reason, Rejection, Scheme,
    Secret, SignedBytes, SignedInput, SignedMessage, Stage, SystemClock, TimeUnit, Tolerance, UnixTime, VersionGate,
    VersionRule,
};
pub use hookporter_pipeline::{
    BodyMemory, BoxError, BoxFuture, Endpoint, Event, HandedOff, Handoff, HandoffError, HandshakeSecret, KeyFinder,
    KeySource, Keys, Observer, Outcome, PayloadError, Proxies, Record, Refusal, Subscription, TraceId, drain,
};

#[cfg(feature = "metrics")]
pub use hookporter_pipeline::describe_metrics;

#[cfg(feature = "tower")]
pub use hookporter_tower as tower;

/// The axum adapter: [`EndpointLayer`](hookporter_tower::EndpointLayer),
/// [`EndpointService`](hookporter_tower::EndpointService), the extractors, [`through`](hookporter_tower::through) for an
/// inbox whose worker is your own handler, and [`serve`](hookporter_tower::serve).
#[cfg(feature = "axum")]
pub mod axum {
    pub use hookporter_tower::{
        EndpointLayer, EndpointService, NotVerified, NotWorked, Server, Verified, VerifiedJson, VerifiedJsonRejection,
        health, serve, through,
    };
}

#[cfg(feature = "actix")]
pub use hookporter_actix as actix;

/// The durable inbox: the sender is told 2xx once its event is committed and synced, and a worker does the work. The traits
/// are for stores of your own; the features `sqlite`, `postgres`, `nats` and `redis` have ready ones, whose
/// [promises](guide::promises) differ.
pub mod inbox {
    pub use hookporter_pipeline::inbox::*;
}

/// The journal: what came in, accepted or not, for people who troubleshoot.
pub mod journal {
    pub use hookporter_pipeline::journal::*;
}

/// The operating side of a store: what the console and the command line see of it and mend in it.
pub mod operating {
    pub use hookporter_pipeline::operating::*;
}

/// Quarantine: refused requests kept whole, judged again once what was wrong is mended; and hold mode.
pub mod quarantine {
    pub use hookporter_pipeline::quarantine::*;
}

/// Health: how endpoints fare, as a value, as JSON, and as a stream of changes.
pub mod health {
    pub use hookporter_pipeline::health::*;
}

/// Several nodes with one inbox: what they agree on, and how each of them fares.
pub mod nodes {
    pub use hookporter_pipeline::nodes::*;
}

/// The console: what came in, what became of it, and the means to mend it, in a browser and as JSON.
#[cfg(feature = "console")]
pub mod console {
    pub use hookporter_console::*;
}

#[cfg(feature = "nats")]
pub use hookporter_nats as nats;
#[cfg(feature = "postgres")]
pub use hookporter_postgres as postgres;
#[cfg(feature = "redis")]
pub use hookporter_redis as redis;
#[cfg(feature = "sqlite")]
pub use hookporter_sqlite as sqlite;
#[cfg(feature = "sqlite")]
pub use hookporter_sqlite::Inbox;

/// The guide: pages to read, no code.
pub mod guide {
    #[doc = include_str!("../guide/add-a-provider.md")]
    pub mod add_a_provider {}

    #[doc = include_str!("../guide/causes.md")]
    pub mod causes {}

    #[doc = include_str!("../guide/dashboards.md")]
    pub mod dashboards {}

    #[doc = include_str!("../guide/mending.md")]
    pub mod mending {}

    #[doc = include_str!("../guide/moving.md")]
    pub mod moving {}

    #[doc = include_str!("../guide/promises.md")]
    pub mod promises {}

    #[doc = include_str!("../guide/providers.md")]
    pub mod providers {}

    #[doc = include_str!("../guide/relays.md")]
    pub mod relays {}

    #[doc = include_str!("../guide/troubleshooting.md")]
    pub mod troubleshooting {}
}

/// The README's code, compiled.
#[cfg(all(doctest, feature = "axum", feature = "actix", feature = "sqlite"))]
#[doc = include_str!("../../../README.md")]
#[derive(Debug)]
struct Readme;
