//! The settings of an inbox; each says its default.

use std::time::Duration;

use hookporter_core::Clock;
use hookporter_pipeline::inbox::Durability;
use hookporter_pipeline::inbox::store::{Sealing, Times};

use crate::judgement::{Eviction, Terms};
use crate::{Inbox, OpenError, opening};

/// How an inbox is to be opened.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn example() -> Result<(), hookporter_redis::OpenError> {
/// let inbox = hookporter_redis::Settings::new()
///     .name("webhooks")
///     .keep_bodies(Duration::from_secs(7 * 24 * 3600))
///     .connect("redis://redis.internal")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Settings {
    pub(crate) name: String,
    pub(crate) node: String,
    pub(crate) waiting: usize,
    pub(crate) waiting_bytes: usize,
    pub(crate) bodies: Duration,
    pub(crate) events: Duration,
    pub(crate) times: Times,
    pub(crate) terms: Terms,
    pub(crate) sealing: Sealing,
}

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Settings {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            name: "hookporter".to_owned(),
            node: "worker".to_owned(),
            waiting: 10_000,
            waiting_bytes: 32 * 1024 * 1024,
            bodies: DAY.saturating_mul(30),
            events: DAY.saturating_mul(45),
            times: Times::default(),
            terms: Terms::default(),
            sealing: Sealing::default(),
        }
    }

    /// The name of the inbox: the keys begin with it, in braces, so that a cluster has all of them in one slot. Inboxes of
    /// different names have nothing to do with each other. At most 60 letters, digits, `_`, `-` and `.`. Default: `hookporter`.
    pub fn name(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// What this node is called in the consumer group, for people: `XPENDING` then says which one has an event. The server keeps
    /// each name it has heard. Default: `worker`, on all nodes.
    pub fn node(self, name: &str) -> Self {
        Self { node: name.to_owned(), ..self }
    }

    /// How many deliveries, and how many bytes of them, may wait for the server in this process; one more is told 503.
    /// Default: 10,000 and 32 MiB.
    pub fn queue(self, deliveries: usize, bytes: usize) -> Self {
        Self { waiting: deliveries.max(1), waiting_bytes: bytes, ..self }
    }

    /// How long the body and headers of an event are kept that is done. Default: 30 days.
    pub fn keep_bodies(self, age: Duration) -> Self {
        Self { bodies: age, ..self }
    }

    /// How long an event that is done is remembered, so that a further delivery of it is a duplicate; no shorter than its
    /// body is kept. Senders try again for days, and people press "redeliver" after weeks. Default: 45 days.
    pub fn remember_events(self, age: Duration) -> Self {
        Self { events: age, ..self }
    }

    /// What you know of the server's durability, where `CONFIG GET` is forbidden and it cannot be asked, as on managed servers.
    /// Where it can be asked the weaker of the two counts. Default: such a server is refused.
    pub fn declare(self, durability: Durability) -> Self {
        Self { terms: Terms { declared: Some(durability), ..self.terms }, ..self }
    }

    /// Has every acknowledgement wait until so many replicas have the event, in their memory, and refuses a server that has
    /// fewer. Where they do not follow within a second and a half the sender is told 503, though the event is kept. A failover may
    /// lose it all the same: see the [crate](crate#what-it-does-not-promise). Default: none.
    pub fn replicas(self, count: u32) -> Self {
        Self { terms: Terms { replicas: count, ..self.terms }, ..self }
    }

    /// Takes a server that drops what it was given once its memory is full (`maxmemory-policy` is not `noeviction`): events that
    /// were acknowledged, or the markers that tell their copies. Default: such a server is refused.
    pub fn dangerously_accept_eviction(self) -> Self {
        Self { terms: Terms { eviction: Eviction::Accepted, ..self.terms }, ..self }
    }

    /// Replaces the server's clock by this one, and by what endpoints and workers say of moments: for tests. All nodes need
    /// the same one. Default: the server's clock, and of moments that nodes tell only their distance from the node's own
    /// present counts, so that a node whose clock is wrong takes no event from another.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { times: Times::of(clock), ..self }
    }

    /// Encrypts body, payload, headers, target and peer of every event from now on, and opens what these keys have sealed; see
    /// [`SealingKeys`](hookporter_pipeline::inbox::SealingKeys) for what stays readable. Every node needs the keys. Default:
    /// nothing is encrypted.
    #[cfg(feature = "seal")]
    pub fn seal(self, keys: hookporter_pipeline::inbox::SealingKeys) -> Self {
        Self { sealing: Sealing::with(keys), ..self }
    }

    /// Opens the inbox on the server of this URL: `redis://[[user]:password@]host[:port][/db]`, `rediss://` with the feature
    /// `tls-rustls`, or `unix:///path`. For `rediss://` ring is installed as the process's provider of cryptography where the program has
    /// installed none.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong. A server that is less durable than an endpoint demands opens, and is refused by
    /// the endpoint.
    pub async fn connect(self, url: &str) -> Result<Inbox, OpenError> {
        opening::open(self, url).await
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}
