//! The settings of an inbox; each says its default.

use std::time::Duration;

use async_nats::{Client, ConnectOptions};
use hookporter_pipeline::inbox::store::Sealing;

use crate::{Inbox, OpenError, opening};

/// How an inbox is to be opened.
///
/// ```
/// # async fn example() -> Result<(), hookporter_nats::OpenError> {
/// let inbox = hookporter_nats::Settings::new()
///     .stream("webhooks")
///     .replicas(3)
///     .server_syncs_always()
///     .connect("nats://nats.internal:4222")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Settings {
    pub(crate) stream: String,
    pub(crate) waiting: usize,
    pub(crate) waiting_bytes: usize,
    pub(crate) events: Duration,
    pub(crate) replicas: usize,
    pub(crate) most_bytes: Option<i64>,
    pub(crate) syncs: bool,
    pub(crate) memory: bool,
    pub(crate) sealing: Sealing,
}

impl Settings {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            stream: "hookporter".to_owned(),
            waiting: 10_000,
            waiting_bytes: 32 * 1024 * 1024,
            events: Duration::from_secs(45 * 24 * 3600),
            replicas: 1,
            most_bytes: None,
            syncs: false,
            memory: false,
            sealing: Sealing::default(),
        }
    }

    /// The name of the stream that events are in; those of dead letters and of parked events begin with it, and so do all
    /// subjects. Streams that are not there are made. At most 60 letters, digits, `_` and `-`. Default: `hookporter`.
    pub fn stream(self, name: &str) -> Self {
        Self { stream: name.to_owned(), ..self }
    }

    /// How many deliveries, and how many bytes of them, may be on their way to the stream from this process; one more is told
    /// 503. Default: 10,000 and 32 MiB.
    pub fn queue(self, deliveries: usize, bytes: usize) -> Self {
        Self { waiting: deliveries.max(1), waiting_bytes: bytes, ..self }
    }

    /// How long an event that is done is kept, so that a further delivery of it is a duplicate. Its contents go with it, not
    /// earlier: the message itself is what tells a duplicate. Events that are not done stay. Default: 45 days.
    pub fn remember_events(self, age: Duration) -> Self {
        Self { events: age, ..self }
    }

    /// How many servers of a cluster have each message, for streams that are made now: 1, 3 or 5. Default: 1.
    pub fn replicas(self, servers: usize) -> Self {
        Self { replicas: servers, ..self }
    }

    /// How many bytes the stream of events may have, if it is made now; senders are told 503 when it is full. A server
    /// older than 2.10 forgets old messages there, so that the inbox does not open with this on one. Default: what the server or the
    /// account allows.
    pub fn most_bytes(self, bytes: u64) -> Self {
        Self { most_bytes: Some(i64::try_from(bytes).unwrap_or(i64::MAX)), ..self }
    }

    /// Says that every server of this stream has `sync_interval: always` in its `jetstream` block, which makes the inbox
    /// [`Synced`](hookporter_pipeline::inbox::Durability::Synced).
    ///
    /// On its default a server syncs every two minutes, and a loss of power takes what it had confirmed since. Clients cannot ask
    /// for this setting, so you vouch for it: look for `"sync_always": true` at `/varz` of each server's monitoring port. A
    /// server older than 2.10 does not have the setting, and is refused. Default: not said, and the inbox is
    /// [`Written`](hookporter_pipeline::inbox::Durability::Written) at the most.
    pub fn server_syncs_always(self) -> Self {
        Self { syncs: true, ..self }
    }

    /// Makes streams that are not there in the server's memory: all of their events are gone when it ends. Default: in files.
    pub fn in_memory(self) -> Self {
        Self { memory: true, ..self }
    }

    /// Encrypts body, payload, headers, target and peer of every event from now on, and opens what these keys have sealed; see
    /// [`SealingKeys`](hookporter_pipeline::inbox::SealingKeys) for what stays readable. Every node needs the keys. Default:
    /// nothing is encrypted.
    #[cfg(feature = "seal")]
    pub fn seal(self, keys: hookporter_pipeline::inbox::SealingKeys) -> Self {
        Self { sealing: Sealing::with(keys), ..self }
    }

    /// Opens the inbox on this server, or on several ones of a cluster with commas between, and makes the streams that are not
    /// there. User and password may stand in the URL.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong.
    pub async fn connect(self, url: &str) -> Result<Inbox, OpenError> {
        self.connect_with(ConnectOptions::new(), url).await
    }

    /// The same, with options of yours, for credentials and TLS (the features `nkeys` of `async-nats` and `tls` of this crate; where a
    /// server encrypts and the program has installed no provider of cryptography, ring is installed). How often a lost
    /// connection is looked after, and how soon it is made anew, is set by the inbox, for it to be back within two seconds of the
    /// server's return.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong.
    pub async fn connect_with(self, options: ConnectOptions, url: &str) -> Result<Inbox, OpenError> {
        let client = opening::connect(options, url).await?;
        opening::open(self, client).await
    }

    /// Opens the inbox with a client of yours. How soon it is back after an outage is then as your client was told: by default
    /// the client waits up to four seconds between its tries, and takes two minutes to notice a server that only hangs.
    ///
    /// # Errors
    /// [`OpenError`], which says what is wrong.
    pub async fn with_client(self, client: Client) -> Result<Inbox, OpenError> {
        opening::open(self, client).await
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}
