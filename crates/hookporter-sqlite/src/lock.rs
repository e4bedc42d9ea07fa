//! One process has an inbox, no two.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;

use crate::OpenError;
use crate::file::beside;

/// The right to write to an inbox, as long as it lives. The system gives it back when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    /// Whether an inbox had been here before.
    pub(crate) known: bool,
}

impl Lock {
    /// Locks the file beside `path` that is there for nothing else. The database itself stays free for readers.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let beside = beside(path, ".lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&beside);
        let file = file.map_err(|error| OpenError::failed("making its lock file", error))?;
        match file.try_lock() {
            Ok(()) => {
                let length = file.metadata().map_err(|error| OpenError::failed("reading its lock file", error))?.len();
                Ok(Self { file, known: length > 0 })
            }
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(OpenError::failed("locking its lock file", error)),
        }
    }

    /// Notes that an inbox is here: a file that could not be opened as one leaves a lock file, too.
    pub(crate) fn mark(&mut self) -> Result<(), OpenError> {
        if !self.known {
            let marked = self.file.write_all(b"inbox\n").and_then(|()| self.file.sync_all());
            marked.map_err(|error| OpenError::failed("marking its lock file", error))?;
            self.known = true;
        }
        Ok(())
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
        let path = std::env::temp_dir().join(format!("hookporter-lock-{}", std::process::id()));
        let lock = Lock::take(&path).unwrap();
        let copy = lock.file.try_clone().unwrap();
        assert!(matches!(Lock::take(&path), Err(OpenError::InUse { .. })));
        drop(lock);
        assert!(Lock::take(&path).is_ok());
        drop(copy);
        std::fs::remove_file(beside(&path, ".lock")).unwrap();
    }
}
