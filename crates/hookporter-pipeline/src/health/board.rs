//! What a program shows of its endpoints' health over HTTP.

use serde::Serialize;

use crate::Endpoint;
use crate::health::{EndpointState, Health, Light};

/// The endpoints of a program, for its health pages. Adapters make routes of it.
///
/// - *live*: the process answers; restart it when it does not.
/// - *ready*: every endpoint takes requests. A red endpoint is ready: another instance would do no better, and a sender that
///   is told nothing at all learns less than one that is told 401.
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
}

impl HealthBoard {
    /// A board of these endpoints, clones of those that adapters have.
    pub fn new(endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        Self { endpoints: endpoints.into_iter().collect() }
    }

    /// Whether every endpoint takes requests.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.endpoints.iter().all(Endpoint::takes_requests)
    }

    /// The health of every endpoint, and the worst light of all, as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let endpoints: Vec<_> = self.endpoints.iter().map(Endpoint::health).collect();
        let light = endpoints.iter().map(|health| health.light).max().unwrap_or(Light::Green);
        let ready = endpoints.iter().all(|health| health.state != EndpointState::Stopped);
        // Texts and numbers only: there is nothing in it that cannot be written.
        serde_json::to_string(&Shown { light, ready, endpoints }).unwrap_or_default()
    }
}
