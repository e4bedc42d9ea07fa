//! How many rows the journal has: the oldest go when more come.

use rusqlite::Connection;

/// How many rows go for each that comes, at the most, so that one that has become too long becomes shorter.
const FOR_EACH: usize = 2;

/// Whether a request was accepted: what strangers can send is bounded by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Accepted,
    Other,
}

impl Kind {
    pub(super) const ALL: [Self; 2] = [Self::Accepted, Self::Other];

    const fn rows(self) -> &'static str {
        match self {
            Self::Accepted => "requests WHERE outcome = 'accepted'",
            Self::Other => "requests INDEXED BY requests_others WHERE outcome <> 'accepted'",
        }
    }
}

/// The rows of one kind.
#[derive(Debug)]
pub(super) struct Bound {
    kind: Kind,
    most: i64,
    /// The place of the last one.
    last: i64,
    /// No row of the kind that is to go has a number up to this.
    from: i64,
}

impl Bound {
    /// How things stand in a file: looks past rows of the other kind, of which there may be as many as its bound.
    pub(super) fn of(connection: &Connection, kind: Kind, most: usize) -> rusqlite::Result<Self> {
        let sql =
            format!("SELECT coalesce(max(place), 0) FROM (SELECT place FROM {} ORDER BY id DESC LIMIT 1)", kind.rows());
        let last = connection.query_row(&sql, [], |row| row.get(0))?;
        Ok(Self { kind, most: i64::try_from(most).unwrap_or(i64::MAX), last, from: 0 })
    }

    /// The place of one more.
    pub(super) const fn next(&mut self) -> i64 {
        self.last = self.last.saturating_add(1);
        self.last
    }

    /// Deletes the oldest that are over the bound, a few for each of these that came.
    pub(super) fn hold(&mut self, connection: &Connection, came: usize) -> rusqlite::Result<()> {
        let over = self.last.saturating_sub(self.most);
        if over <= 0 || came == 0 {
            return Ok(());
        }
        let sql = format!("SELECT id, place FROM {} AND id > ?1 ORDER BY id LIMIT ?2", self.kind.rows());
        let mut statement = connection.prepare_cached(&sql)?;
        let most = i64::try_from(came.saturating_mul(FOR_EACH)).unwrap_or(i64::MAX);
        let mut rows = statement.query([self.from, most])?;
        let mut last = self.from;
        while let Some(row) = rows.next()? {
            if row.get::<_, i64>(1)? > over {
                break;
            }
            last = row.get(0)?;
        }
        drop(rows);
        if last > self.from {
            let sql = format!("DELETE FROM {} AND id > ?1 AND id <= ?2", self.kind.rows());
            connection.prepare_cached(&sql)?.execute([self.from, last])?;
            self.from = last;
        }
        Ok(())
    }
}
