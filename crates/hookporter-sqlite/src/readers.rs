//! Connections that only read, for people: never the writer's, so that no sender waits behind a page.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_pipeline::inbox::InboxError;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::file::{self, Writes};
use crate::{OpenError, patience};

/// How many read at a time. They have a runtime's blocking threads as long, and its other users need those, too.
const MOST: usize = 3;
/// How long one look may take, and how long it may wait for its turn.
const LONGEST: Duration = Duration::from_secs(5);

/// Some connections, opened when they are first needed.
pub(crate) struct Readers {
    path: PathBuf,
    longest: Duration,
    /// Those that nobody uses.
    free: Mutex<Vec<Beside<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(path: &Path) -> Arc<Self> {
        Self::patient(path, LONGEST)
    }

    /// Such as may take so long.
    pub(crate) fn patient(path: &Path, longest: Duration) -> Arc<Self> {
        Arc::new(Self {
            path: path.to_owned(),
            longest,
            free: Mutex::new(Vec::new()),
            turns: Arc::new(Semaphore::new(MOST)),
        })
    }

    /// Closes those that nobody uses.
    pub(crate) fn close(&self) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Looks at something, on a thread that may wait for a disk.
    pub(crate) async fn look<T: Send + 'static>(
        self: Arc<Self>,
        function: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, InboxError> {
        let turn = tokio::time::timeout(self.longest, self.turns.clone().acquire_owned()).await;
        // It is never closed.
        let Ok(Ok(turn)) = turn else { return Err(InboxError::new("too many look at the inbox at the same time")) };
        blocking(move || {
            let _turn = turn;
            self.run(function)
        })
        .await
    }

    fn run<T>(&self, function: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, InboxError> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reading = match free.filter(|reading| reading.is_at(&self.path)) {
            Some(reading) => reading,
            None => Beside::open(&self.path, open).map_err(InboxError::new)?,
        };
        let found = patience::within(self.longest, || function(&reading.opened))?;
        // One that has failed is not used again.
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(reading);
        Ok(found)
    }
}

fn open(path: &Path) -> Result<Connection, OpenError> {
    let mut connection = file::open_beside(path, Writes::No)?;
    patience::ready(&mut connection);
    Ok(connection)
}

/// Runs what waits for a disk.
pub(crate) async fn blocking<T: Send + 'static>(
    function: impl FnOnce() -> Result<T, InboxError> + Send + 'static,
) -> Result<T, InboxError> {
    tokio::task::spawn_blocking(function).await.unwrap_or_else(|error| Err(InboxError::new(error)))
}

/// Something opened on a file that its server may set aside: another one has its name then.
pub(crate) struct Beside<T> {
    pub(crate) opened: T,
    file: Option<Identity>,
}

/// What tells a file from another one of the same name. Elsewhere a file that is open cannot be given another name.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = ();

impl<T> Beside<T> {
    pub(crate) fn open(path: &Path, open: impl FnOnce(&Path) -> Result<T, OpenError>) -> Result<Self, OpenError> {
        // Asked before: one that comes in between is found by the next look.
        let file = identity(path);
        Ok(Self { opened: open(path)?, file })
    }

    pub(crate) fn is_at(&self, path: &Path) -> bool {
        self.file.is_some() && self.file == identity(path)
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    path.exists().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Directory;

    const FOR_EVER: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    fn for_ever(connection: &Connection) -> rusqlite::Result<i64> {
        connection.query_row(FOR_EVER, [], |row| row.get(0))
    }

    fn said(error: &InboxError) -> String {
        std::error::Error::source(error).map(ToString::to_string).unwrap_or_default()
    }

    async fn readers(longest: Duration) -> (Directory, Arc<Readers>) {
        let directory = Directory::new();
        let path = directory.file();
        crate::Inbox::open(&path).await.unwrap().close().await;
        let readers = Readers::new(&path);
        let turns = readers.turns.clone();
        (directory, Arc::new(Readers { longest, path, free: Mutex::new(Vec::new()), turns }))
    }

    #[tokio::test]
    async fn a_look_without_an_end_is_stopped_and_the_next_one_is_not() {
        let (_directory, readers) = readers(Duration::from_millis(100)).await;
        let begun = tokio::time::Instant::now();
        let error = readers.clone().look(for_ever).await.unwrap_err();
        assert!(said(&error).contains("was stopped"), "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        let count = |connection: &Connection| {
            connection.query_row::<i64, _, _>("SELECT count(*) FROM events", [], |row| row.get(0))
        };
        assert_eq!(readers.clone().look(count).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn so_many_look_at_a_time_and_the_others_wait_without_a_thread() {
        let (_directory, readers) = readers(Duration::from_secs(60)).await;
        let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
        let goes_on = Arc::new(Mutex::new(goes_on));
        let look = |_| {
            let goes_on = goes_on.clone();
            tokio::spawn(readers.clone().look(move |_| Ok(goes_on.lock().is_ok_and(|goes_on| goes_on.recv().is_ok()))))
        };
        let looks: Vec<_> = (0..MOST).map(look).collect();
        let begun = tokio::time::Instant::now();
        while readers.turns.available_permits() > 0 {
            assert!(begun.elapsed() < Duration::from_secs(20), "nobody takes a turn");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut late = Box::pin(readers.clone().look(|_| Ok(())));
        assert!(tokio::time::timeout(Duration::from_millis(200), &mut late).await.is_err(), "there is no turn for it");
        (0..MOST).for_each(|_| go_on.send(()).unwrap());
        late.await.unwrap();
        for look in looks {
            assert!(look.await.unwrap().unwrap(), "it looked until it was told to go on");
        }
    }

    #[tokio::test]
    async fn readers_write_nothing() {
        let (_directory, readers) = readers(LONGEST).await;
        let deleting = |connection: &Connection| connection.execute("DELETE FROM events", []);
        assert!(said(&readers.clone().look(deleting).await.unwrap_err()).contains("readonly"));
    }
}
