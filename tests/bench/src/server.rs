//! The servers that are compared: a bare handler, and the same work behind an endpoint.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use hmac::{Hmac, Mac};
use hookporter_core::Secret;
use hookporter_pipeline::journal::Journal;
use hookporter_pipeline::{BoxFuture, Endpoint, Event, HandedOff, Handoff, HandoffError};
use hookporter_sqlite::{Inbox, Settings};
use hookporter_tower::{EndpointLayer, EndpointService};
use sha2::Sha256;

use crate::{Receiver, Sender};

/// The one path of every server.
pub const PATH: &str = "/webhooks";

/// A server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An axum handler that reads the body as `Bytes` and answers 200: what everything is compared with.
    Bare,
    /// The same, with the MAC of the body and nothing else: what no check can be cheaper than.
    Mac,
    /// The same, with the core's check in the handler: what the pipeline costs is what comes on top of this.
    ByHand,
    /// The same handler as the bare one behind a layer, which remembers no events.
    GitHubLayerNoDedupe,
    /// The same, remembering events by their digest, as it does unless it is told otherwise.
    GitHubLayer,
    /// A layer whose hand-off completes at once, which remembers no events.
    GitHubLayerHandoffNoDedupe,
    /// A service of the same kind.
    GitHubServiceNoDedupe,
    /// A layer whose hand-off completes at once, remembering events by their digest.
    GitHubLayerHandoff,
    /// A service of the same kind.
    GitHubService,
    /// The same service, watched: a journal, metrics with a recorder, and a log at its usual level.
    GitHubServiceWatched,
    /// A service with a durable inbox, and nothing that tells of it.
    GitHubInbox,
    /// The same with the inbox's journal.
    GitHubInboxJournal,
    /// The same, watched: the inbox's journal, metrics with a recorder, and a log at its usual level.
    GitHubInboxWatched,
    /// A layer with a memory of events, whose ids stand in the body.
    StripeLayer,
    /// A service of the same kind.
    StripeService,
    /// actix-web, bare.
    #[cfg(feature = "actix")]
    ActixBare,
    /// actix-web, the same handler behind the middleware.
    #[cfg(feature = "actix")]
    ActixGitHub,
    /// actix-web, a resource that stands alone, whose hand-off completes at once.
    #[cfg(feature = "actix")]
    ActixGitHubService,
}

impl Kind {
    /// All of them; the first is the floor.
    pub const ALL: &'static [Self] = &[
        Self::Bare,
        Self::Mac,
        Self::ByHand,
        Self::GitHubLayerNoDedupe,
        Self::GitHubLayer,
        Self::GitHubLayerHandoffNoDedupe,
        Self::GitHubServiceNoDedupe,
        Self::GitHubLayerHandoff,
        Self::GitHubService,
        Self::GitHubServiceWatched,
        Self::GitHubInbox,
        Self::GitHubInboxJournal,
        Self::GitHubInboxWatched,
        Self::StripeLayer,
        Self::StripeService,
        #[cfg(feature = "actix")]
        Self::ActixBare,
        #[cfg(feature = "actix")]
        Self::ActixGitHub,
        #[cfg(feature = "actix")]
        Self::ActixGitHubService,
    ];

    /// Its name, in the tables and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bare => "axum bare",
            Self::Mac => "axum MAC alone in the handler",
            Self::ByHand => "axum core check in the handler (github)",
            Self::GitHubLayerNoDedupe => "axum layer (github, no dedupe)",
            Self::GitHubLayer => "axum layer (github)",
            Self::GitHubLayerHandoffNoDedupe => "axum layer (github, hand-off, no dedupe)",
            Self::GitHubServiceNoDedupe => "axum service (github, hand-off, no dedupe)",
            Self::GitHubLayerHandoff => "axum layer (github, hand-off)",
            Self::GitHubService => "axum service (github, hand-off)",
            Self::GitHubServiceWatched => "axum service (github, hand-off, watched)",
            Self::GitHubInbox => "axum inbox (github, no journal)",
            Self::GitHubInboxJournal => "axum inbox (github, journal)",
            Self::GitHubInboxWatched => "axum inbox (github, watched)",
            Self::StripeLayer => "axum layer (stripe)",
            Self::StripeService => "axum service (stripe, hand-off)",
            #[cfg(feature = "actix")]
            Self::ActixBare => "actix bare",
            #[cfg(feature = "actix")]
            Self::ActixGitHub => "actix middleware (github)",
            #[cfg(feature = "actix")]
            Self::ActixGitHubService => "actix resource (github, hand-off)",
        }
    }

    /// The server of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whose requests it takes.
    #[must_use]
    pub const fn sender(self) -> Sender {
        match self {
            Self::StripeLayer | Self::StripeService => Sender::Stripe,
            _ => Sender::GitHub,
        }
    }

    /// Its endpoint.
    pub fn endpoint(self) -> Endpoint {
        let sender = self.sender();
        let endpoint = Endpoint::provider(sender.provider(), Secret::new(sender.secret())).expect("a right key");
        match self {
            Self::GitHubLayerNoDedupe => endpoint.no_dedupe(),
            Self::GitHubLayerHandoffNoDedupe | Self::GitHubServiceNoDedupe => endpoint.handoff(AtOnce).no_dedupe(),
            Self::GitHubLayerHandoff | Self::GitHubService | Self::StripeService => endpoint.handoff(AtOnce),
            Self::GitHubServiceWatched => endpoint.handoff(AtOnce).observer(Journal::in_memory(10_000)),
            Self::GitHubInbox => endpoint.inbox(&inbox(Settings::new().no_journal())),
            Self::GitHubInboxJournal | Self::GitHubInboxWatched => endpoint.inbox(&inbox(Settings::new())),
            #[cfg(feature = "actix")]
            Self::ActixGitHubService => endpoint.handoff(AtOnce),
            _ => endpoint,
        }
    }

    /// Whether it has a recorder of metrics and a log.
    #[must_use]
    pub const fn is_watched(self) -> bool {
        matches!(self, Self::GitHubServiceWatched | Self::GitHubInboxWatched)
    }

    /// Its axum router, unless it is no axum server.
    #[must_use]
    pub fn router(self) -> Option<Router> {
        Some(match self {
            Self::Bare => Router::new().route(PATH, post(bare)),
            Self::Mac => Router::new().route(PATH, post(mac)).with_state(Arc::new(self.sender().mac())),
            Self::ByHand => {
                let receiver = Arc::new(Receiver::new(self.sender()));
                Router::new().route(PATH, post(by_hand)).with_state(receiver)
            }
            Self::GitHubLayerNoDedupe
            | Self::GitHubLayer
            | Self::GitHubLayerHandoffNoDedupe
            | Self::GitHubLayerHandoff
            | Self::StripeLayer => Router::new().route(PATH, post(bare).layer(EndpointLayer::new(self.endpoint()))),
            Self::GitHubServiceNoDedupe
            | Self::GitHubService
            | Self::GitHubServiceWatched
            | Self::GitHubInbox
            | Self::GitHubInboxJournal
            | Self::GitHubInboxWatched
            | Self::StripeService => {
                Router::new().route_service(PATH, EndpointService::new(self.endpoint()).expect("it has a hand-off"))
            }
            #[cfg(feature = "actix")]
            Self::ActixBare | Self::ActixGitHub | Self::ActixGitHubService => return None,
        })
    }
}

/// Where the server of this process has its files: in the directory for temporary ones, or the one that `BENCH_DIRECTORY` names.
#[must_use]
pub fn directory_of(process: u32) -> PathBuf {
    let directory = std::env::var_os("BENCH_DIRECTORY").map_or_else(std::env::temp_dir, PathBuf::from);
    directory.join(format!("hookporter-bench-{process}"))
}

/// A new inbox.
fn inbox(settings: Settings) -> Inbox {
    let directory = directory_of(std::process::id());
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).expect("a directory");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(settings.open(directory.join("hooks.db"))).expect("an inbox")
}

/// Installs what a watched server has, for the whole process: as the example `axum-observed` does, with buckets, which its
/// dashboard reads.
pub fn watch() {
    #[cfg(feature = "watched")]
    record();
    assert!(cfg!(feature = "watched"), "a watched server needs the feature `watched`");
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .with_writer(std::io::sink)
        .init();
}

#[cfg(feature = "watched")]
fn record() {
    use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

    const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 10.0];
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS);
    let recorder = builder.expect("buckets").install_recorder().expect("the only recorder");
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(std::time::Duration::from_secs(1));
            recorder.run_upkeep();
        }
    });
}

async fn bare(body: Bytes) -> StatusCode {
    std::hint::black_box(&body);
    StatusCode::OK
}

async fn mac(State(keyed): State<Arc<Hmac<Sha256>>>, body: Bytes) -> StatusCode {
    let mut mac = (*keyed).clone();
    mac.update(&body);
    std::hint::black_box(mac.finalize().into_bytes());
    StatusCode::OK
}

async fn by_hand(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    receiver.prove(&headers, body, |_| StatusCode::OK).unwrap_or(StatusCode::UNAUTHORIZED)
}

/// Takes every event at once.
#[derive(Debug)]
struct AtOnce;

impl Handoff for AtOnce {
    fn hand_off(&self, event: Event) -> BoxFuture<'static, Result<HandedOff, HandoffError>> {
        std::hint::black_box(&event);
        Box::pin(std::future::ready(Ok(HandedOff::New)))
    }
}
