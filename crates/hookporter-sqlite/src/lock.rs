//! One process has an inbox, no two; and how the last one that had it ended.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::OpenError;
use crate::file::beside;

/// What the lock file says while an inbox is open, and what it says more once it was closed.
const OPEN: &[u8] = b"inbox\n";
const CLOSED: &[u8] = b"closed\n";

/// What is known of the file from before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Past {
    /// No inbox was ever here.
    None,
    /// The last process died, or its disk failed, or it met with damage.
    Unclean,
    /// The last process closed it, and nothing was wrong.
    Closed,
}

/// The right to write to an inbox, as long as it lives. The system gives it back when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    pub(crate) past: Past,
}

impl Lock {
    /// Locks the file beside `path` that is there for nothing else. The database itself stays free for readers.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let beside = beside(path, ".lock");
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&beside);
        let mut file = file.map_err(|error| OpenError::failed("making its lock file", error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(OpenError::failed("locking its lock file", error)),
        }
        let mut said = Vec::new();
        file.read_to_end(&mut said).map_err(|error| OpenError::failed("reading its lock file", error))?;
        let past = match &said[..] {
            [] => Past::None,
            said if said.ends_with(CLOSED) => Past::Closed,
            _ => Past::Unclean,
        };
        Ok(Self { file, past })
    }

    /// Notes that an inbox is here, and open: a file that could not be opened as one leaves a lock file, too.
    pub(crate) fn mark_open(&mut self) -> Result<(), OpenError> {
        self.write(OPEN)
            // Durable: after a loss of power it must not say that the inbox was closed.
            .and_then(|()| self.file.sync_all())
            .map_err(|error| OpenError::failed("marking its lock file", error))
    }

    /// Notes that the inbox was closed, and nothing was wrong with it.
    pub(crate) fn mark_closed(&mut self) {
        // Without the mark the next start looks the whole file through.
        let _ = self.write(&[OPEN, CLOSED].concat());
    }

    fn write(&mut self, mark: &[u8]) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(mark)
    }
}

/// Closing the file is not enough: a process that is just being started holds a copy of it until its own program runs.
impl Drop for Lock {
    fn drop(&mut self) {
        // What fails here ends with the process.
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_given_back_while_a_process_that_starts_holds_a_copy() {
        let directory = crate::directory::Directory::new();
        let path = directory.file();
        let lock = Lock::take(&path).unwrap();
        let copy = lock.file.try_clone().unwrap();
        assert!(matches!(Lock::take(&path), Err(OpenError::InUse { .. })));
        drop(lock);
        assert!(Lock::take(&path).is_ok());
        drop(copy);
    }
}
