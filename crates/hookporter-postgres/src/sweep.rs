//! The sweep: what was worked long ago makes room, a few rows at a time, one node at a time.

use std::time::Duration;

use hookporter_pipeline::inbox::store::{Moment, Times, until_closed};
use sqlx::{Connection, PgConnection, PgPool, Row};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::Settings;
use crate::sql::Sql;

/// How many rows one step looks at.
const ROWS: i64 = 1000;
/// The pause between two steps of one sweep.
const BETWEEN: Duration = Duration::from_millis(50);
/// The pause between two sweeps.
const EVERY: Duration = Duration::from_secs(600);
/// How often a step asks again while another node sweeps, and the pause before it: a node that has just gone may hold the lock
/// until its server has noticed.
const ASKS: u32 = 5;
const BUSY: Duration = Duration::from_secs(1);
/// How long a step may take.
const LATE: Duration = Duration::from_secs(10);
/// The first sweep and every so manieth, about one a day, looks at every row. The others end where nothing is old any more,
/// which rows that came in under a wrong clock can hide.
const WHOLE: u32 = 144;

/// What goes, and how long it is kept.
#[derive(Debug, Clone, Copy)]
enum What {
    Contents(Duration),
    Events(&'static str, Duration),
    /// Of the journal.
    Requests(Duration),
    /// Of the quarantine.
    Refused(Duration),
}

impl What {
    const fn age(self) -> Duration {
        match self {
            Self::Contents(age) | Self::Events(_, age) | Self::Requests(age) | Self::Refused(age) => age,
        }
    }

    /// The statement that finds the next rows.
    const fn range(self, sql: &'static Sql) -> &'static str {
        match self {
            Self::Contents(_) | Self::Events(..) => sql.range,
            Self::Requests(_) => sql.journal.range,
            Self::Refused(_) => sql.refused.range,
        }
    }
}

/// How far a step came.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// There is nothing old behind it.
    End,
    /// It looked at the rows up to this one.
    Upto(i64),
    /// Another node sweeps.
    Busy,
}

/// Forgets bodies, then whole events, once they are done for long enough. Dead letters and parked events stay unless it is told
/// how long: nobody has worked them.
pub(crate) struct Sweep {
    sql: &'static Sql,
    times: Times,
    pool: PgPool,
    what: Vec<What>,
    count: u32,
}

impl Sweep {
    pub(crate) fn new(settings: &Settings, sql: &'static Sql, pool: PgPool) -> Self {
        let mut what =
            vec![What::Contents(settings.bodies), What::Events("done", settings.events.max(settings.bodies))];
        what.extend(
            settings.unworked.into_iter().flat_map(|age| [What::Events("dead", age), What::Events("parked", age)]),
        );
        what.extend(settings.journal.map(|journal| What::Requests(journal.age)));
        what.push(What::Refused(settings.refused));
        Self { sql, times: settings.times.clone(), pool, what, count: 0 }
    }

    /// Sweeps, until the inbox is closed.
    pub(crate) async fn run(mut self, end: watch::Receiver<()>) {
        let sweeping = async {
            loop {
                if let Err(error) = self.sweep().await {
                    tracing::warn!(target: "hookporter", "the inbox could not be swept: {error}");
                }
                sleep(EVERY).await;
            }
        };
        until_closed(end, sweeping).await;
    }

    async fn sweep(&mut self) -> sqlx::Result<()> {
        let is_whole = self.count.is_multiple_of(WHOLE);
        self.count = self.count.wrapping_add(1);
        'kinds: for what in self.what.clone() {
            let (mut from, mut asks) = (0, ASKS);
            loop {
                match self.step(what, from, is_whole).await? {
                    Step::End => break,
                    Step::Busy if asks == 0 => break 'kinds,
                    Step::Busy => {
                        asks = asks.saturating_sub(1);
                        sleep(BUSY).await;
                    }
                    Step::Upto(last) => {
                        from = last;
                        sleep(BETWEEN).await;
                    }
                }
            }
        }
        let now = self.times.now();
        let mut connection = self.pool.acquire().await?;
        sqlx::query(self.sql.due_now).bind(now.now).bind(now.after).execute(&mut *connection).await?;
        Ok(())
    }

    /// Looks at the rows behind `from`.
    async fn step(&self, what: What, from: i64, is_whole: bool) -> sqlx::Result<Step> {
        let age = i64::try_from(what.age().as_millis()).unwrap_or(i64::MAX);
        let before = Moment { after: age.saturating_neg(), ..self.times.now() };
        let step = async {
            let mut connection = self.pool.acquire().await?;
            self.step_in(&mut connection, what, from, before, is_whole).await
        };
        timeout(LATE, step).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    async fn step_in(
        &self,
        connection: &mut PgConnection,
        what: What,
        from: i64,
        before: Moment,
        is_whole: bool,
    ) -> sqlx::Result<Step> {
        let mut transaction = connection.begin().await?;
        // One node sweeps at a time.
        let sql = "SELECT pg_try_advisory_xact_lock(hashtext($1), hashtext('hookporter sweep'))";
        let ours = sqlx::query(sql).bind(self.sql.schema).fetch_one(&mut *transaction).await?;
        if !ours.try_get::<bool, _>(0)? {
            return Ok(Step::Busy);
        }
        let row = sqlx::query(what.range(self.sql)).bind(from).bind(ROWS).fetch_one(&mut *transaction).await?;
        let (last, first): (Option<i64>, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
        let end: i64 = {
            let present = sqlx::query(self.sql.present).bind(before.now).bind(before.after);
            present.fetch_one(&mut *transaction).await?.try_get(0)?
        };
        // Later ones came in later, as a rule.
        let Some(last) = last.filter(|_| is_whole || first.is_some_and(|first| first < end)) else {
            return Ok(Step::End);
        };
        let query = |sql| sqlx::query(sql).bind(before.now).bind(before.after).bind(from).bind(last);
        let removed = match what {
            What::Contents(_) => query(self.sql.sweep_contents).execute(&mut *transaction).await?.rows_affected(),
            What::Requests(_) => query(self.sql.journal.sweep).execute(&mut *transaction).await?.rows_affected(),
            What::Refused(_) => query(self.sql.refused.sweep).execute(&mut *transaction).await?.rows_affected(),
            What::Events(state, _) => {
                u64::try_from(query(self.sql.sweep_events).bind(state).fetch_all(&mut *transaction).await?.len())
                    .unwrap_or(0)
            }
        };
        transaction.commit().await?;
        if removed > 0 && matches!(what, What::Events("dead" | "parked", _)) {
            tracing::warn!(target: "hookporter", events = removed, "the sweep forgets events that nobody worked");
        }
        Ok(Step::Upto(last))
    }
}
