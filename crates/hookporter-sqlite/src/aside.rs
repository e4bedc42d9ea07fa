//! Setting a damaged file aside, whole, for whoever can rescue what is in it.
//!
//! A database without its log is another database, so no crash may part them. Before anything is moved, a note beside the
//! file says where to; whoever opens the inbox next finishes what the note says. Moving is atomic for each file, and nothing
//! is ever moved over another one.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::OpenError;
use crate::file::{beside, sync_directory};

/// The log first: after a crash in between another program may open the database, and SQLite deletes a log that it finds beside
/// a database that is new.
const FILES: [&str; 2] = ["-wal", ""];
const NOTE: &str = ".aside";

/// Moves a damaged file and its log out of the way. A name is never used twice, however many are set aside in one second.
pub(crate) fn set_aside(path: &Path, now: i64) -> Result<PathBuf, OpenError> {
    let suffix = free_suffix(path, now);
    let noted = File::create(beside(path, NOTE)).and_then(|mut note| {
        note.write_all(format!("{suffix}\n").as_bytes())?;
        note.sync_all()
    });
    noted.map_err(failed)?;
    sync_directory(path)?;
    finish(path)?.ok_or_else(|| failed("the note of it is gone"))
}

/// Whether there is a note.
pub(crate) fn is_begun(path: &Path) -> bool {
    beside(path, NOTE).exists()
}

/// Does what the note says, if there is one; where the file was set aside then.
pub(crate) fn finish(path: &Path) -> Result<Option<PathBuf>, OpenError> {
    let note = beside(path, NOTE);
    let noted = match std::fs::read_to_string(&note) {
        Ok(noted) => noted,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let aside = noted.strip_suffix('\n').filter(|suffix| is_suffix(suffix)).map(|suffix| beside(path, suffix));
    if let Some(aside) = &aside {
        for file in FILES {
            move_away(&beside(path, file), &beside(aside, file)).map_err(failed)?;
        }
        // An index of the log that anybody can make again.
        remove(&beside(path, "-shm")).map_err(failed)?;
        sync_directory(path)?;
    }
    // A note that was cut short: nothing had been moved yet.
    remove(&note).map_err(failed)?;
    sync_directory(path)?;
    Ok(aside)
}

/// The end of a name under which nothing is yet.
fn free_suffix(path: &Path, now: i64) -> String {
    let is_free = |suffix: &String| {
        let aside = beside(path, suffix);
        FILES.iter().all(|file| beside(&aside, file).symlink_metadata().is_err())
    };
    let mut suffix = format!(".damaged-{now}");
    let mut count = 1_u64;
    while !is_free(&suffix) {
        count = count.saturating_add(1);
        suffix = format!(".damaged-{now}-{count}");
    }
    suffix
}

fn is_suffix(text: &str) -> bool {
    let number = text.strip_prefix(".damaged-");
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'))
}

/// Moves a file if it is still there. One that was moved already has its place.
fn move_away(from: &Path, to: &Path) -> io::Result<()> {
    if to.symlink_metadata().is_ok() {
        return Ok(());
    }
    match std::fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> OpenError {
    OpenError::failed("setting the damaged file aside", error)
}
