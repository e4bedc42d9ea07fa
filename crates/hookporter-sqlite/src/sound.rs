//! Whether two processes may write to a file with this SQLite.

use crate::OpenError;

/// Refuses a SQLite with which two processes that write could damage the file.
pub(crate) fn demand() -> Result<(), OpenError> {
    if is_sound(rusqlite::version_number()) {
        Ok(())
    } else {
        Err(OpenError::OldSqlite { version: rusqlite::version() })
    }
}

/// Whether the log may be written back beside the writer, and its length be asked for.
pub(crate) fn is_beside() -> bool {
    rusqlite::version_number() >= 3_051_003
}

/// Older ones, from 3.7.0 on, could take a part of a log for written back that was not, where one connection began the log anew
/// while another wrote it back ("the WAL-reset bug").
const fn is_sound(version: i32) -> bool {
    matches!(version, 3_044_006..3_045_000 | 3_050_007..3_051_000 | 3_051_003..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_processes_need_a_sqlite_that_has_the_repair() {
        for sound in [3_044_006, 3_050_007, 3_051_003, 3_052_000, 4_000_000] {
            assert!(is_sound(sound), "{sound}");
        }
        for unsound in [3_035_000, 3_044_005, 3_045_000, 3_050_006, 3_051_000, 3_051_002] {
            assert!(!is_sound(unsound), "{unsound}");
        }
    }
}
