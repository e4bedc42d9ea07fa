//! A desk beside the inbox, for people: the operating side of the file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::UnixTime;
use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::store::{Bulk, Doing, Sealing};
use hookporter_pipeline::inbox::{EventRecord, InboxError};
use hookporter_pipeline::operating::{
    Attempted, Edited, Listed, OperatingSide, Original, Page, Replay, Replayed, Selection, Stats,
};
use rusqlite::Connection;

use crate::hand::{Hand, Progress, Tool};
use crate::readers::Readers;
use crate::{Inbox, OpenError, Reader, bulk, edit, log, replay};

/// What people see of an inbox and mend in it: for a console, in the server's process or in one beside it.
///
/// It reads by connections of its own, three at a time at the most, and each look is stopped after five seconds: whoever looks
/// holds up no sender, and ties nobody up. A file that its server has set aside is let go of, and the new one taken.
///
/// In the server ([`Inbox::desk`]) changes go through the inbox's own writer, workers learn of them at once, and what its keys
/// have sealed is shown; such a desk is a handle on the inbox, which is open as long as it lives. In a process beside it
/// ([`Desk::open`]) it is a [`Mender`](crate::Mender): the server takes up changes within a second.
///
/// ```no_run
/// use hookporter_pipeline::operating::{OperatingSide, Page, Selection, State};
/// use hookporter_sqlite::Desk;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let desk = Desk::open("hooks.db").await?;
/// for dead in desk.select(Selection::all().state(State::Dead), Page::Before(i64::MAX), 20).await? {
///     println!("{} {:?}", dead.number, dead.last_error);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Desk {
    path: PathBuf,
    readers: Arc<Readers>,
    hand: Hand,
    pub(crate) sealing: Sealing,
    /// How many requests were missing in the journal when it was opened, beside the server.
    lost: u64,
    progress: Progress,
}

fn nobody() -> Progress {
    Arc::new(|_| {})
}

impl Desk {
    /// A desk on the inbox in this file, whether its server runs or not.
    ///
    /// # Errors
    /// [`OpenError`] if there is no such file, it is no inbox, or its form is not the one of this release.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref().to_owned();
        let at = path.clone();
        let look = move || Reader::open(at)?.lost_requests().map_err(|error| OpenError::failed("looking at it", error));
        let looked = tokio::task::spawn_blocking(look).await;
        let lost = looked.map_err(|error| OpenError::failed("looking at it", error))??;
        Ok(Self {
            readers: Readers::new(&path),
            hand: Hand::Tool(Tool::at(path.clone())),
            path,
            sealing: Sealing::default(),
            lost,
            progress: nobody(),
        })
    }

    /// How long one look may take, and wait for its turn. Default: 5 s, after which it is stopped.
    #[must_use]
    pub fn longest_look(self, longest: Duration) -> Self {
        Self { readers: Readers::patient(&self.path, longest), ..self }
    }

    /// Tells a function after each step of a change to many events how many are changed so far; beside a server, where it takes
    /// as long as the server has the file. Default: nobody is told.
    #[must_use]
    pub fn on_progress(self, progress: impl Fn(usize) + Send + Sync + 'static) -> Self {
        Self { progress: Arc::new(progress), ..self }
    }

    /// Opens what these keys have sealed, to show it. Default: the keys of the inbox in its server, else none, and what is
    /// sealed is shown as such.
    #[cfg(feature = "seal")]
    #[must_use]
    pub fn with_keys(self, keys: hookporter_pipeline::inbox::SealingKeys) -> Self {
        Self { sealing: Sealing::with(keys), ..self }
    }

    /// How many requests the journal has no row of, as far as is known here.
    pub(crate) fn lost_requests(&self) -> u64 {
        if let Hand::Server(inbox) = &self.hand { inbox.lost_requests() } else { self.lost }
    }

    /// What changes are made by: the server's own writer, or a tool beside it.
    pub(crate) const fn hand(&self) -> &Hand {
        &self.hand
    }

    /// Looks at something.
    pub(crate) fn look<T: Send + 'static>(
        &self,
        function: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, InboxError>> {
        Box::pin(self.readers.clone().look(function))
    }

    /// Changes something in one transaction; the function says whether workers are to look, and may be run again.
    pub(crate) fn change<T: Send + 'static>(
        &self,
        function: impl FnMut(&Connection) -> rusqlite::Result<(T, bool)> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, InboxError>> {
        self.hand.change(function)
    }

    /// Changes these events, a few at a time.
    fn all(&self, which: Selection, doing: Doing) -> BoxFuture<'static, Result<Bulk, InboxError>> {
        self.hand.all(which, doing, &self.progress)
    }
}

/// The desk in the server.
impl Inbox {
    /// A desk on this inbox, for people; keep it, since it opens connections of its own.
    #[must_use]
    pub fn desk(&self) -> Desk {
        let (path, sealing) = (self.path().to_owned(), self.sealing().clone());
        Desk {
            readers: Readers::new(&path),
            path,
            hand: Hand::Server(self.clone()),
            sealing,
            lost: 0,
            progress: nobody(),
        }
    }
}

impl OperatingSide for Desk {
    fn select(&self, which: Selection, page: Page, most: usize) -> BoxFuture<'static, Result<Vec<Listed>, InboxError>> {
        self.look(move |connection| log::list(connection, &which, page, most))
    }

    fn count(&self, which: Selection) -> BoxFuture<'static, Result<u64, InboxError>> {
        self.look(move |connection| log::count(connection, &which))
    }

    fn inspect(&self, number: i64) -> BoxFuture<'static, Result<Option<(Listed, EventRecord)>, InboxError>> {
        let sealing = self.sealing.clone();
        self.look(move |connection| {
            let found = log::inspect(connection, number)?;
            Ok(found.map(|(listed, record)| (listed, sealing.open(record))))
        })
    }

    fn attempts(&self, number: i64) -> BoxFuture<'static, Result<Vec<Attempted>, InboxError>> {
        self.look(move |connection| log::attempts(connection, number))
    }

    fn original(&self, number: i64) -> BoxFuture<'static, Result<Option<Original>, InboxError>> {
        self.look(move |connection| edit::original(connection, number))
    }

    fn stats(&self) -> BoxFuture<'static, Result<Stats, InboxError>> {
        self.look(log::stats)
    }

    fn requeue(&self, which: Selection) -> BoxFuture<'static, Result<usize, InboxError>> {
        let all = self.all(which, Doing::Requeue);
        Box::pin(async move { Ok(all.await?.done()) })
    }

    fn release(&self, which: Selection) -> BoxFuture<'static, Result<usize, InboxError>> {
        let all = self.all(which, Doing::Release);
        Box::pin(async move { Ok(all.await?.done()) })
    }

    fn give_up(&self, which: Selection, now: UnixTime) -> BoxFuture<'static, Result<usize, InboxError>> {
        let all = self.all(which, Doing::GiveUp(now));
        Box::pin(async move { Ok(all.await?.done()) })
    }

    fn replay(
        &self,
        which: Selection,
        reason: Option<String>,
        now: UnixTime,
    ) -> BoxFuture<'static, Result<Option<i64>, InboxError>> {
        let all = self.all(which, Doing::replay(reason, now));
        Box::pin(async move { Ok(all.await?.run()) })
    }

    fn count_to_replay(&self, which: Selection) -> BoxFuture<'static, Result<u64, InboxError>> {
        self.look(move |connection| bulk::count(connection, &which, &Doing::replay(None, UnixTime::from_secs(0))))
    }

    fn replays(&self, most: usize) -> BoxFuture<'static, Result<Vec<Replay>, InboxError>> {
        self.look(move |connection| replay::list(connection, most))
    }

    fn verdicts(&self, run: i64, after: i64, most: usize) -> BoxFuture<'static, Result<Vec<Replayed>, InboxError>> {
        self.look(move |connection| replay::verdicts(connection, run, after, most))
    }

    fn edit(
        &self,
        number: i64,
        body: Bytes,
        reason: Option<String>,
        now: UnixTime,
    ) -> BoxFuture<'static, Result<Edited, InboxError>> {
        self.change(move |connection| Ok((edit::edit(connection, number, &body, reason.as_deref(), now)?, false)))
    }

    fn restore(&self, number: i64) -> BoxFuture<'static, Result<Edited, InboxError>> {
        self.change(move |connection| Ok((edit::restore(connection, number)?, false)))
    }

    fn erase(&self, number: i64) -> BoxFuture<'static, Result<bool, InboxError>> {
        self.hand.erase(number)
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("path", &self.path).finish_non_exhaustive()
    }
}
