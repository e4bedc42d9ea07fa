//! What a program shows of its endpoints' health over HTTP.

use serde::Serialize;

use crate::Endpoint;
use crate::health::{Health, Light};
use crate::nodes::Fleet;

/// The endpoints of a program, for its health pages. Adapters make routes of it.
///
/// - *live*: the process answers; restart it when it does not.
/// - *ready*: every endpoint takes requests, as far as it is up to this process. A red endpoint is ready, and so is one that is
///   paused on every node: another instance would do no better, and a sender that is told nothing at all learns less than one that
///   is told 401 or 503.
/// - *health*: everything, as JSON.
#[derive(Debug, Clone)]
#[must_use]
pub struct HealthBoard {
    endpoints: Vec<Endpoint>,
}

#[derive(Serialize)]
struct Shown {
    light: Light,
    ready: bool,
    endpoints: Vec<Health>,
    /// All nodes together, where the endpoints' inbox is shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    fleet: Option<Fleet>,
}

impl HealthBoard {
    /// A board of these endpoints, clones of those that adapters have.
    pub fn new(endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        Self { endpoints: endpoints.into_iter().collect() }
    }

    /// Whether every endpoint takes requests, as far as it is up to this process.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.endpoints.iter().all(Endpoint::is_ready)
    }

    /// All nodes that share the endpoints' inbox, this one among them; `None` where it is not shared. It asks the inbox, and waits no
    /// longer than a second.
    pub async fn fleet(&self) -> Option<Fleet> {
        Fleet::look(&self.endpoints).await
    }

    /// The same as [`HealthBoard::json`], with the other nodes as they are now.
    pub async fn fresh_json(&self) -> String {
        // What it reads is remembered.
        let _ = self.fleet().await;
        self.json()
    }

    /// The health of every endpoint in this process, and the worst light of them, as JSON. Of other nodes it tells what was last
    /// read.
    #[must_use]
    pub fn json(&self) -> String {
        let endpoints: Vec<_> = self.endpoints.iter().map(Endpoint::health).collect();
        let light = endpoints.iter().map(|health| health.light).max().unwrap_or(Light::Green);
        let ready = self.is_ready();
        // Texts and numbers only: there is nothing in it that cannot be written.
        let fleet = Fleet::seen(&self.endpoints);
        serde_json::to_string(&Shown { light, ready, endpoints, fleet }).unwrap_or_default()
    }
}
