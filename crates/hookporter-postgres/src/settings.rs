//! The settings of an inbox; each says its default.

use std::time::Duration;

use hookporter_core::Clock;
use hookporter_pipeline::inbox::store::{Sealing, Times};
use hookporter_pipeline::journal::Keeping;
use hookporter_pipeline::quarantine::Bounds;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::connect::Demand;
use crate::opening::Tables;
use crate::{Desk, Inbox, OpenError, opening};

/// How an inbox is to be opened.
///
/// ```
/// use std::time::Duration;
///
/// # async fn example() -> Result<(), hookporter_postgres::OpenError> {
/// let inbox = hookporter_postgres::Settings::new()
///     .schema("webhooks")
///     .keep_bodies(Duration::from_secs(7 * 24 * 3600))
///     .connect("postgres://shop@db.internal/shop")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Settings {
    pub(crate) schema: String,
    pub(crate) waiting: usize,
    pub(crate) waiting_bytes: usize,
    pub(crate) bodies: Duration,
    pub(crate) events: Duration,
    pub(crate) unworked: Option<Duration>,
    pub(crate) connections: u32,
    pub(crate) times: Times,
    pub(crate) demand: Demand,
    pub(crate) sealing: Sealing,
    /// `None`: no journal.
    pub(crate) journal: Option<Keeping>,
    pub(crate) quarantine: Bounds,
    pub(crate) refused: Duration,
    pub(crate) node: Option<String>,
    pub(crate) report_every: Duration,
}

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Settings {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            schema: "hookporter".to_owned(),
            waiting: 10_000,
            waiting_bytes: 32 * 1024 * 1024,
            bodies: DAY.saturating_mul(30),
            events: DAY.saturating_mul(45),
            unworked: None,
            connections: 4,
            times: Times::default(),
            demand: Demand::Durable,
            sealing: Sealing::default(),
            journal: Some(Keeping {
                waiting: 4096,
                age: DAY.saturating_mul(30),
                rows: 1_000_000,
                digests: false,
                sealed: false,
            }),
            quarantine: Bounds { requests: 1000, bytes: 64 * 1024 * 1024 },
            refused: DAY.saturating_mul(30),
            node: None,
            report_every: Duration::from_secs(3),
        }
    }

    /// The schema that the inbox's tables are in; it is made if it is not there. Inboxes of different schemas have nothing to do
    /// with each other. At most 40 lower-case letters, digits and underscores, no digit first. A program keeps the statements
    /// for each name to its end: give it few of them. Default: `hookporter`.
    pub fn schema(self, name: &str) -> Self {
        Self { schema: name.to_owned(), ..self }
    }

    /// How many deliveries, and how many bytes of them, may wait for their commit in this process; one more is told 503.
    /// Default: 10,000 and 32 MiB.
    pub fn queue(self, deliveries: usize, bytes: usize) -> Self {
        Self { waiting: deliveries.max(1), waiting_bytes: bytes, ..self }
    }

    /// How many connections the workers of this process may have; each is made when it is needed. There is one more for what
    /// comes in, and one that listens once there are workers. A look at how much waits takes one of them every few seconds. Effects have theirs from your pool. Default: 4.
    pub fn worker_connections(self, most: u32) -> Self {
        Self { connections: most.max(1), ..self }
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

    /// How long dead letters and parked events are kept: those that are older go, body and all, though nobody has worked
    /// them, and a further delivery is a new event. Default: for ever.
    pub fn keep_unworked(self, age: Duration) -> Self {
        Self { unworked: Some(age), ..self }
    }

    /// How long the journal tells of a request. Default: 30 days.
    pub fn keep_requests(self, age: Duration) -> Self {
        self.with_journal(|journal| Keeping { age, ..journal })
    }

    /// How many requests of all nodes the journal tells of; the oldest go when more come. A tenth of them may be others than
    /// accepted ones, as anybody can send them: these push out their like only. Say the same on every node. Default: 1,000,000,
    /// which take some 500 MB.
    pub fn most_requests(self, requests: usize) -> Self {
        self.with_journal(|journal| Keeping { rows: requests, ..journal })
    }

    /// Notes the SHA-256 of every proven body in the journal, too: hashing one takes about as long as its proof. Default: off.
    pub fn digest_requests(self) -> Self {
        self.with_journal(|journal| Keeping { digests: true, ..journal })
    }

    /// Writes no journal: requests of this process leave no row of their own. Default: every request of an endpoint with this
    /// inbox leaves one.
    pub fn no_journal(self) -> Self {
        Self { journal: None, ..self }
    }

    fn with_journal(self, change: impl FnOnce(Keeping) -> Keeping) -> Self {
        Self { journal: self.journal.map(change), ..self }
    }

    /// How the journal is kept.
    pub(crate) fn keeping(&self) -> Option<Keeping> {
        self.journal.map(|journal| Keeping { sealed: self.sealing.is_on(), ..journal })
    }

    /// How many refused requests of all nodes, and how many bytes of them, are kept for endpoints that have a
    /// [`quarantine`](hookporter_pipeline::Endpoint::quarantine): so many of those whose proof was judged, and as many of those
    /// that did not come as far. The oldest go first, of the endpoint that has the most; one that has more than an eighth of the
    /// bytes by itself is not kept. Say the same on every node. Default: 1,000 requests and 64 MiB.
    pub fn quarantine(self, requests: usize, bytes: usize) -> Self {
        Self { quarantine: Bounds { requests, bytes }, ..self }
    }

    /// How long refused requests are kept. Default: 30 days.
    pub fn keep_refused(self, age: Duration) -> Self {
        Self { refused: age, ..self }
    }

    /// Replaces the database's clock by this one, and by what endpoints and workers say of moments: for tests. All nodes need
    /// the same one. Default: the database's clock, and of moments that nodes tell only their distance from the node's own
    /// present counts, so that a node whose clock is wrong takes no event from another.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { times: Times::of(clock), ..self }
    }

    /// Takes a server that may lose what it has committed: one with `synchronous_commit` or `fsync` off, as test servers often
    /// have them. What a sender was told 2xx for may be gone after a crash of the server or a loss of power. The inbox declares itself to be of
    /// [`Durability::Memory`](hookporter_pipeline::inbox::Durability::Memory) then, whatever the server does: endpoints need
    /// [`Endpoint::durability`](hookporter_pipeline::Endpoint::durability) to take it. Default: such a server is refused.
    pub fn dangerously_accept_loss(self) -> Self {
        Self { demand: Demand::Waived, ..self }
    }

    /// What this node is called where all of them are shown; 100 letters count. Default: the host's name and the process's number,
    /// `web-1/4711`.
    pub fn node_name(self, name: &str) -> Self {
        Self { node: Some(name.to_owned()), ..self }
    }

    /// How often this node writes down how its endpoints fare. Others show it as gone once it has missed three of these, and
    /// three seconds more; ten minutes later they forget it. Default: 3 s, at least 100 ms.
    pub fn report_every(self, interval: Duration) -> Self {
        Self { report_every: interval.clamp(Duration::from_millis(100), Duration::from_secs(3600)), ..self }
    }

    /// Encrypts body, payload, headers, target and peer of every event from now on, and opens what these keys have sealed; see
    /// [`SealingKeys`](hookporter_pipeline::inbox::SealingKeys) for what stays readable. Every node needs the keys. So it is with
    /// refused requests; the journal, which is not encrypted, has no headers and no paths then. Default: nothing is encrypted.
    #[cfg(feature = "seal")]
    pub fn seal(self, keys: hookporter_pipeline::inbox::SealingKeys) -> Self {
        Self { sealing: Sealing::with(keys), ..self }
    }

    /// Opens the inbox in this database, with a pool of its own for effects, and makes the tables if they are not there.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong.
    pub async fn connect(self, url: &str) -> Result<Inbox, OpenError> {
        self.with_pool(PgPoolOptions::new().connect_lazy_with(options(url)?)).await
    }

    /// A desk on the inbox in this database, for a program beside its nodes. It makes no tables; of these settings those of schema,
    /// clock, durability and keys count, and the node's name, by which others see who said what is said for all of them.
    ///
    /// # Errors
    /// [`OpenError`] if there is no inbox, or its tables are not of this release's version.
    pub async fn desk(self, url: &str) -> Result<Desk, OpenError> {
        opening::desk(self, options(url)?, Tables::Demanded).await
    }

    /// As [`Settings::desk`], and makes the tables if they are not there: for a program that fills an inbox before its nodes start.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong.
    pub async fn make_desk(self, url: &str) -> Result<Desk, OpenError> {
        opening::desk(self, options(url)?, Tables::Made).await
    }

    /// Opens the inbox in the database of this pool of yours, and makes the tables if they are not there.
    ///
    /// Effects run on the pool's own connections. The inbox's other work has a few connections beside it, made by the pool's
    /// options, so that handlers which hold every connection of the pool keep no sender waiting.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong.
    pub async fn with_pool(self, pool: PgPool) -> Result<Inbox, OpenError> {
        opening::open(self, pool).await
    }
}

fn options(url: &str) -> Result<PgConnectOptions, OpenError> {
    let options: PgConnectOptions = url.parse().map_err(OpenError::Unreachable)?;
    Ok(options.application_name("hookporter"))
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}
