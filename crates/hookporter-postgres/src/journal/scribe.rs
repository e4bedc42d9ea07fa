//! Writes notes down, beside the acceptances.

use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::inbox::store::NowAndThen;
use hookporter_pipeline::journal::{Brought, Findings, Found, Note, Notes, Row};
use sqlx::{Connection, PgConnection, Row as _};
use tokio::time::{Instant, timeout};

use super::row;
use crate::fault::{Remedy, remedy};
use crate::inbox::LATE;
use crate::sql::Sql;

/// How many rows one transaction writes: more than come meanwhile, so that it keeps up.
const MOST: usize = 2048;
/// A note waits no longer than this, unless the database cannot be written.
const LATEST: Duration = Duration::from_millis(500);
/// An accepted request may have a row for every ninth of ten, another one for the tenth.
const OF_OTHERS: usize = 10;
/// How many rows go for each that comes, at the most, so that a journal that has become too long becomes shorter.
const FOR_EACH: usize = 2;

/// What writes the journal of this process.
pub(crate) struct Scribe {
    notes: Arc<Notes>,
    sql: &'static Sql,
    due: Instant,
    findings: Findings,
    /// No row of either kind that is to go has a number up to this.
    accepted_from: i64,
    others_from: i64,
    /// How many lost ones the database knows of.
    known: u64,
    /// That requests are missing.
    said: NowAndThen,
    /// The transaction's end was asked for: whether it is written down is open.
    is_committing: bool,
}

/// How many requests are lost, as far as the database knows.
pub(crate) async fn lost(connection: &mut PgConnection, sql: &'static Sql) -> sqlx::Result<u64> {
    let lost: i64 = sqlx::query(sql.journal.lost).fetch_one(connection).await?.try_get(0)?;
    Ok(u64::try_from(lost).unwrap_or(0))
}

impl Scribe {
    /// `known` are the lost ones that the database knows of; the notes count them already.
    pub(crate) fn new(notes: Arc<Notes>, sql: &'static Sql, known: u64) -> Self {
        Self {
            notes,
            sql,
            due: Instant::now(),
            findings: Findings::default(),
            accepted_from: 0,
            others_from: 0,
            known,
            said: NowAndThen::default(),
            is_committing: false,
        }
    }

    /// How long until the next look.
    pub(crate) fn patience(&self) -> Duration {
        match self.notes.count() {
            _ if !self.notes.is_in_use() => LATEST,
            Notes::ENOUGH.. => Duration::ZERO,
            _ => self.due.saturating_duration_since(Instant::now()),
        }
    }

    /// Whether there is something to be written now.
    pub(crate) fn is_due(&self) -> bool {
        self.notes.is_in_use() && self.patience().is_zero() && (self.has_work() || self.findings.are_any())
    }

    /// Whether something waits to be written, beside findings that have found no row yet.
    pub(crate) fn has_work(&self) -> bool {
        self.notes.count() > 0 || self.notes.lost() != self.known
    }

    /// Writes the oldest notes down, in a transaction of their own. What could not be written waits for the next one.
    pub(crate) async fn write(&mut self, connection: &mut PgConnection) -> Result<(), Remedy> {
        let now = Instant::now();
        self.due = now.checked_add(LATEST).unwrap_or(now);
        let (taken, found) = self.notes.take(MOST);
        self.findings.join(found);
        let brought = self.notes.take_brought(&taken);
        let notes = self.notes.clone();
        let all = taken.iter().zip(&brought);
        let rows: Vec<Row<'_>> = all.map(|(note, brought)| note.row(*brought, notes.keeping())).collect();
        self.is_committing = false;
        let written = timeout(LATE, self.transaction(connection, &rows)).await;
        let Err(error) = written.unwrap_or(Err(sqlx::Error::PoolTimedOut)) else {
            drop(rows);
            self.notes.spend(taken);
            return Ok(());
        };
        drop(rows);
        let remedy = remedy(&error);
        if self.is_committing || remedy == Remedy::OneByOne {
            self.lose(taken.len(), &error.to_string());
        } else {
            self.put_back(taken, &brought);
        }
        Err(remedy)
    }

    fn put_back(&self, notes: Vec<Note>, brought: &[Option<Brought>]) {
        for (note, brought) in notes.iter().zip(brought) {
            if let Some(brought) = brought {
                self.notes.brought(note.trace(), *brought);
            }
        }
        self.notes.put_back(notes, Vec::<Found>::new());
    }

    fn lose(&mut self, count: usize, why: &str) {
        self.notes.lose(u64::try_from(count).unwrap_or(u64::MAX));
        if count > 0 {
            self.tell(why);
        }
    }

    /// Says now and then that requests are missing.
    fn tell(&mut self, why: &str) {
        if self.said.is_time() {
            tracing::warn!(target: "hookporter", lost = self.notes.lost(), "requests are missing in the journal: {why}");
        }
    }

    async fn transaction(&mut self, connection: &mut PgConnection, rows: &[Row<'_>]) -> sqlx::Result<()> {
        let sql = &self.sql.journal;
        let mut transaction = connection.begin().await?;
        sqlx::query(sql.unsynced).execute(&mut *transaction).await?;
        let (mut accepted_from, mut others_from) = (self.accepted_from, self.others_from);
        if !rows.is_empty() {
            row::bind(sqlx::query(sql.note), rows).execute(&mut *transaction).await?;
            let accepted = rows.iter().filter(|row| row.outcome == "accepted").count();
            let most = self.notes.keeping().rows;
            let others = most.div_ceil(OF_OTHERS);
            let bound = (most.saturating_sub(others), accepted);
            hold(&mut transaction, sql.hold_accepted, &mut accepted_from, bound).await?;
            let bound = (others, rows.len().saturating_sub(accepted));
            hold(&mut transaction, sql.hold_others, &mut others_from, bound).await?;
        }
        let explained = self.explain(&mut transaction).await?;
        let lost = self.notes.lost();
        let total = match lost.saturating_sub(self.known) {
            0 => self.known,
            more => {
                let more = i64::try_from(more).unwrap_or(i64::MAX);
                let row = sqlx::query(sql.lose).bind(more).fetch_one(&mut *transaction).await?;
                u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(lost)
            }
        };
        self.is_committing = true;
        transaction.commit().await?;
        (self.accepted_from, self.others_from) = (accepted_from, others_from);
        self.findings.written(|trace| explained.contains(&trace));
        if lost != self.known {
            // What other nodes have lost, too.
            self.notes.lose(total.saturating_sub(lost));
            self.known = total.max(lost);
            self.tell("more came than could be written down");
        }
        Ok(())
    }

    /// Writes findings to their rows; which of them have one.
    async fn explain(&self, connection: &mut PgConnection) -> sqlx::Result<Vec<i64>> {
        if !self.findings.are_any() {
            return Ok(Vec::new());
        }
        let (mut traces, mut causes, mut proven, mut messages) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (trace, cause, is_proven, message) in self.findings.rows(self.notes.keeping().sealed) {
            traces.push(trace);
            causes.push(crate::text::kept(cause));
            proven.push(is_proven);
            messages.push(crate::text::kept(message));
        }
        let query = sqlx::query(self.sql.journal.explain).bind(traces).bind(causes).bind(proven).bind(messages);
        query.fetch_all(connection).await?.iter().map(|row| row.try_get(0)).collect()
    }
}

/// Deletes the oldest rows of a kind that are over the bound, a few for each of these that came.
async fn hold(
    connection: &mut PgConnection,
    sql: &'static str,
    from: &mut i64,
    (most, came): (usize, usize),
) -> sqlx::Result<()> {
    if came == 0 {
        return Ok(());
    }
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let few = number(came.saturating_mul(FOR_EACH));
    let row = sqlx::query(sql).bind(*from).bind(number(most)).bind(few).fetch_one(connection).await?;
    *from = row.try_get::<Option<i64>, _>(0)?.unwrap_or(*from);
    Ok(())
}
