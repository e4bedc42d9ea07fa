//! The settings of an inbox; each says its default.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{Clock, SystemClock};

use crate::journal::Keeping;
use crate::refused::Bounds;
use crate::role::Role;
use crate::sealing::Sealing;
use crate::{Inbox, OpenError, file, opening};

/// How an inbox is to be opened.
///
/// ```
/// use std::time::Duration;
///
/// # async fn example(directory: &std::path::Path) -> Result<(), hookporter_sqlite::OpenError> {
/// let inbox = hookporter_sqlite::Settings::new()
///     .keep_bodies(Duration::from_secs(7 * 24 * 3600))
///     .open(directory.join("hooks.db"))
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Settings {
    pub(crate) waiting: usize,
    pub(crate) waiting_bytes: usize,
    pub(crate) bodies: Duration,
    pub(crate) events: Duration,
    pub(crate) unworked: Option<Duration>,
    pub(crate) bytes: Option<u64>,
    pub(crate) file_limit: Option<u64>,
    pub(crate) log: u64,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) set_aside: bool,
    pub(crate) sealing: Sealing,
    pub(crate) effect: Duration,
    /// `None`: no journal.
    pub(crate) journal: Option<Keeping>,
    pub(crate) quarantine: Bounds,
    pub(crate) refused: Duration,
}

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Settings {
    /// The defaults.
    pub fn new() -> Self {
        Self {
            waiting: 10_000,
            waiting_bytes: 32 * 1024 * 1024,
            bodies: DAY.saturating_mul(30),
            events: DAY.saturating_mul(45),
            unworked: None,
            bytes: None,
            file_limit: None,
            log: file::LOG,
            clock: Arc::new(SystemClock),
            set_aside: true,
            sealing: Sealing::default(),
            effect: Duration::from_millis(250),
            journal: Some(Keeping {
                waiting: 4096,
                age: DAY.saturating_mul(30),
                rows: 1_000_000,
                digests: false,
                sealed: false,
            }),
            quarantine: Bounds { requests: 1000, bytes: 64 * 1024 * 1024 },
            refused: DAY.saturating_mul(30),
        }
    }

    /// How many deliveries, and how many bytes of them, may wait for their commit; one more is told 503. Default: 10,000
    /// and 32 MiB.
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

    /// How long dead letters and parked events are kept: those that are older go, body and all, though nobody has worked
    /// them, and a further delivery is a new event. Default: for ever.
    pub fn keep_unworked(self, age: Duration) -> Self {
        Self { unworked: Some(age), ..self }
    }

    /// Above this size, in bytes, the oldest bodies of events that are done go early. It is looked at every few seconds and
    /// counts what the file uses, without free pages and the log. Events that are not done keep their bodies. Default: no
    /// bound, or nine tenths of [`Settings::file_limit`].
    pub fn keep_bytes(self, bytes: u64) -> Self {
        Self { bytes: Some(bytes), ..self }
    }

    /// Above this size, in bytes, nothing more is accepted, and senders are told 503. Workers go on, and what they have done
    /// makes room; so does the sweep. It counts what the file uses, without free pages, and what its log has beyond
    /// [`Settings::log`], as it may while another program reads the file in a long transaction. Work that goes on needs some room above it.
    /// Default: no bound but the disk.
    pub fn file_limit(self, bytes: u64) -> Self {
        Self { file_limit: Some(bytes), ..self }
    }

    /// How long the log beside the file gets, in bytes; from half of it on it is written back into the file while events come in. A
    /// longer one is less work, since pages that change again and again are written back once. It may be longer while another program
    /// reads the file in a long transaction. Default: 64 MiB.
    pub fn log(self, bytes: u64) -> Self {
        Self { log: bytes, ..self }
    }

    /// How long the journal tells of a request. Default: 30 days.
    pub fn keep_requests(self, age: Duration) -> Self {
        self.with_journal(|journal| Keeping { age, ..journal })
    }

    /// How many requests the journal tells of; the oldest go when more come. A tenth of them may be others than accepted ones, as
    /// anybody can send them: these push out their like only. Where the file is bounded, by [`Settings::keep_bytes`] or
    /// [`Settings::file_limit`], there are no more than one for each 8 KiB of it. Default: 1,000,000, which take some 300 MB.
    pub fn most_requests(self, requests: usize) -> Self {
        self.with_journal(|journal| Keeping { rows: requests, ..journal })
    }

    /// Notes the SHA-256 of every proven body in the journal, too: hashing one takes about as long as its proof. Default: off.
    pub fn digest_requests(self) -> Self {
        self.with_journal(|journal| Keeping { digests: true, ..journal })
    }

    /// Writes no journal: requests leave no row of their own, and what is kept of them are the events. Default: every request
    /// of an endpoint with this inbox leaves one.
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

    /// How much of refused requests is kept.
    pub(crate) fn bounds(&self) -> Bounds {
        let share = self.size().and_then(|size| usize::try_from(size.div_euclid(8)).ok());
        let bytes = share.map_or(self.quarantine.bytes, |share| self.quarantine.bytes.min(share));
        Bounds { bytes, ..self.quarantine }
    }

    /// Above which size bodies go early.
    pub(crate) fn size(&self) -> Option<u64> {
        self.bytes.or_else(|| self.file_limit.map(|limit| limit.saturating_sub(limit.div_ceil(10))))
    }

    /// Replaces the clock that the sweep goes by. Default: the system's.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// How long the SQL of one [`Inbox::transactional_worker`]'s function may take before it is stopped: senders wait as long.
    /// Default: 250 ms.
    pub fn longest_effect(self, longest: Duration) -> Self {
        Self { effect: longest.max(Duration::from_millis(1)), ..self }
    }

    /// How many refused requests, and how many bytes of them, are kept for endpoints that have a
    /// [`quarantine`](hookporter_pipeline::Endpoint::quarantine): so many of those whose proof was judged, and as many of those
    /// that did not come as far. The oldest go first, of the endpoint that has the most; one that has more than an eighth of the
    /// bytes by itself is not kept. Default: 1,000 requests and 64 MiB, and of either kind no more than an eighth of
    /// [`Settings::keep_bytes`] or [`Settings::file_limit`]: strangers are not to fill the file.
    pub fn quarantine(self, requests: usize, bytes: usize) -> Self {
        Self { quarantine: Bounds { requests, bytes }, ..self }
    }

    /// How long refused requests are kept. Default: 30 days.
    pub fn keep_refused(self, age: Duration) -> Self {
        Self { refused: age, ..self }
    }

    /// Leaves a damaged file where it is, and does not open it. Default: it is set aside, whole and under another name, an
    /// error is logged, and a new file takes its place, so that events of now are not lost for those of yesterday; see
    /// [`Inbox::set_aside`]. So it is with one that turns out to be damaged while it is open, once it cannot be written, or
    /// not even the list of its events can be read.
    pub fn refuse_damaged(self) -> Self {
        Self { set_aside: false, ..self }
    }

    /// Encrypts body, payload, headers, target and peer of every event from now on, and opens what these keys have sealed; see
    /// [`SealingKeys`](hookporter_pipeline::inbox::SealingKeys) for what stays readable. Events that were accepted before stay
    /// as they are: those that are done until they are swept, dead letters and parked ones until somebody ends them. The journal,
    /// which is not encrypted, has no headers and no paths then. Default: nothing is encrypted.
    #[cfg(feature = "seal")]
    pub fn seal(self, keys: hookporter_pipeline::inbox::SealingKeys) -> Self {
        Self { sealing: Sealing { keys: Some(keys) }, ..self }
    }

    /// Opens the inbox in this file, and makes the file if it is not there.
    ///
    /// # Errors
    /// [`OpenError`], which says who has it open or what is wrong with it.
    pub async fn open(self, path: impl AsRef<Path>) -> Result<Inbox, OpenError> {
        let path: PathBuf = path.as_ref().to_owned();
        opening::open(self, Role::Both, path).await
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}
