//! The log, written back into the file beside the writer, which goes on meanwhile.
//!
//! What the writer adds while it runs is left over; runs follow on one another until little is left, and the writer writes that
//! back itself: only a log of which nothing is left begins anew.

use std::path::{Path, PathBuf};
use std::thread::{Builder, JoinHandle};

use rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
use rusqlite::{Connection, OpenFlags};

use crate::{file, sound};

/// In pages: so little is left to the writer.
const LITTLE: i64 = 1000;
/// So many runs follow on one another: a program that reads the file in a long transaction is in the way of every one of them.
const RUNS: u32 = 4;
/// So many commits of the writer's lie between two looks at the log.
const COMMITS: u32 = 8;

/// Runs of their own thread, one at a time, each on a connection of its own.
pub(crate) struct Backfill {
    path: PathBuf,
    is_sound: bool,
    /// The log is written back when so many pages of it are not in the file.
    begin: i64,
    run: Option<JoinHandle<rusqlite::Result<()>>>,
    /// Runs of this log so far.
    runs: u32,
    commits: u32,
    /// The log's length at the last look.
    seen: i64,
    /// Not before the log is so long: the runs before got no further.
    again: i64,
}

impl Backfill {
    pub(crate) fn new(path: &Path, log: u64) -> Self {
        let (path, is_sound, begin) = (path.to_owned(), sound::is_beside(), file::pages(log.div_euclid(2)));
        Self { path, is_sound, begin, run: None, runs: 0, commits: 0, seen: 0, again: 0 }
    }

    /// The writer has committed.
    pub(crate) fn committed(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if !self.is_sound || self.run.as_ref().is_some_and(|run| !run.is_finished()) {
            return Ok(());
        }
        self.commits = self.commits.saturating_add(1);
        if self.run.is_none() && self.commits < COMMITS {
            return Ok(());
        }
        self.commits = 0;
        self.finish()?;
        let log = Log::of(connection)?;
        if log.pages < self.seen {
            self.again = 0;
        }
        self.seen = log.pages;
        match self.runs {
            0 if log.left < self.begin || log.pages < self.again => {}
            0 => self.begin(),
            1..RUNS if log.left > self.little() => self.begin(),
            _ => self.conclude(connection)?,
        }
        Ok(())
    }

    /// Waits for a run that goes on.
    pub(crate) fn finish(&mut self) -> rusqlite::Result<()> {
        // One that panicked has done nothing, and the next one does it.
        self.run.take().map_or(Ok(()), |run| run.join().unwrap_or(Ok(())))
    }

    fn little(&self) -> i64 {
        LITTLE.min(self.begin.div_euclid(8))
    }

    fn begin(&mut self) {
        let path = self.path.clone();
        let run = Builder::new().name("hookporter-log".to_owned()).spawn(move || run(&path));
        // Without a thread the writer does it, once the log is as long as it may be.
        self.run = run.ok();
        self.runs = self.runs.saturating_add(1);
    }

    /// The writer writes back what is left.
    fn conclude(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.runs = 0;
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        let log = Log::of(connection)?;
        self.again = if log.left > self.little() { log.pages.saturating_add(self.begin) } else { 0 };
        Ok(())
    }
}

/// Nobody sets the file aside, or closes it for the last time, under a run.
impl Drop for Backfill {
    fn drop(&mut self) {
        // What failed is still in the log.
        let _ = self.finish();
    }
}

/// How long the log is, and how much of it is not in the file, in pages.
struct Log {
    pages: i64,
    left: i64,
}

impl Log {
    fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?;
        statement.query_row([], |row| {
            let (pages, done): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok(Self { pages, left: pages.saturating_sub(done) })
        })
    }
}

fn run(path: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.set_db_config(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // A log that begins anew must be in the file, and synced there.
    connection.pragma_update(None, "synchronous", file::SYNCHRONOUS)?;
    // Another process may be at it: then it is done.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Directory;

    /// In pages.
    const BEGIN: i64 = 8192;

    /// A file with a log that only a [`Backfill`] writes back.
    fn file() -> (Directory, PathBuf, Connection) {
        let directory = Directory::new();
        let path = directory.file();
        let connection = Connection::open(&path).unwrap();
        let _: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).unwrap();
        connection
            .execute_batch("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (b)")
            .unwrap();
        (directory, path, connection)
    }

    fn write(connection: &Connection, pages: i64) {
        let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
            INSERT INTO t SELECT zeroblob(4000) FROM n";
        connection.execute(sql, [pages]).unwrap();
    }

    fn wait(backfill: &Backfill) {
        while backfill.run.as_ref().is_some_and(|run| !run.is_finished()) {
            std::thread::yield_now();
        }
    }

    /// So many looks at the log, each after the run that the one before began.
    fn look(backfill: &mut Backfill, connection: &Connection, times: u32) {
        for _ in 0..times {
            wait(backfill);
            let commits = if backfill.run.is_some() { 1 } else { COMMITS };
            for _ in 0..commits {
                backfill.committed(connection).unwrap();
            }
        }
        wait(backfill);
    }

    #[test]
    fn a_long_log_is_written_back_and_begins_anew() {
        let (_directory, path, connection) = file();
        let mut backfill = Backfill::new(&path, file::LOG);
        write(&connection, BEGIN / 2);
        look(&mut backfill, &connection, 2);
        assert!(Log::of(&connection).unwrap().left >= BEGIN / 2, "not before there is much to do");
        write(&connection, BEGIN);
        look(&mut backfill, &connection, 1);
        assert_eq!(backfill.runs, 1);
        // What comes in meanwhile is another run's, and the rest the writer's.
        write(&connection, 2 * LITTLE);
        look(&mut backfill, &connection, 1);
        assert_eq!(backfill.runs, 2);
        write(&connection, LITTLE / 2);
        look(&mut backfill, &connection, 1);
        assert_eq!(Log::of(&connection).unwrap().left, 0);
        write(&connection, 1);
        assert!(Log::of(&connection).unwrap().pages < LITTLE, "it did not begin anew");
    }

    #[test]
    fn a_reader_in_the_way_is_not_run_against_all_the_time() {
        let (_directory, path, connection) = file();
        let mut backfill = Backfill::new(&path, file::LOG);
        let reader = Connection::open(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM t").unwrap();
        let _: i64 = reader.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        write(&connection, 2 * BEGIN);
        look(&mut backfill, &connection, RUNS + 1);
        let log = Log::of(&connection).unwrap();
        assert!(log.left > BEGIN && backfill.again > log.pages);
        look(&mut backfill, &connection, RUNS - 1);
        assert!(backfill.run.is_none() && backfill.runs == 0);
        drop(reader);
        write(&connection, 2 * BEGIN);
        look(&mut backfill, &connection, RUNS + 1);
        assert_eq!(Log::of(&connection).unwrap().left, 0);
    }

    #[test]
    fn a_file_that_is_gone_is_a_failure_of_the_run() {
        let (_directory, path, connection) = file();
        let mut backfill = Backfill::new(&path.with_file_name("elsewhere.db"), file::LOG);
        write(&connection, 2 * BEGIN);
        look(&mut backfill, &connection, 1);
        assert!(backfill.finish().is_err());
        assert!(!path.with_file_name("elsewhere.db").exists(), "nothing is made");
    }
}
