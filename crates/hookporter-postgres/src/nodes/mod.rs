//! What nodes agree on, and what each says of itself.

mod name;
mod side;
mod sql;
mod task;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::nodes::{Agreed, Agreement, NodeSeen, Order, RevokedKey, Said};
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{PgConnection, Row};
use tokio::sync::{Mutex, Notify, watch};

pub(crate) use sql::Statements;

use crate::Settings;
use crate::connect::Demand;
use crate::sql::Sql;
use crate::text::{kept, told};

/// What is told on the inbox's channel when something was agreed on.
pub(crate) const AGREED: &str = "agreed";
/// A node that was silent for so long is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(600);

/// This node, among those that have the inbox.
#[derive(Clone)]
pub(crate) struct Nodes {
    agreement: Agreement,
    sql: &'static Sql,
    /// Of this process's inbox: another one of the same name is another node.
    id: i64,
    every: Duration,
    /// One looks at a time, so that no older look takes the place of a newer one.
    looking: Arc<Mutex<()>>,
    /// Somebody said that there is something new.
    hint: Arc<Notify>,
    /// Ends with the task.
    task: watch::Receiver<()>,
}

impl Nodes {
    /// `task` ends with the task; at once where there is to be none.
    pub(crate) fn new(settings: &Settings, sql: &'static Sql, task: watch::Receiver<()>) -> Self {
        Self {
            agreement: Agreement::new(&name::of(settings.node.as_deref())),
            sql,
            id: RandomState::new().hash_one(std::process::id()).cast_signed(),
            every: settings.report_every,
            looking: Arc::default(),
            hint: Arc::default(),
            task,
        }
    }

    /// Has a task look again and again, and tell how this node fares, until the inbox is closed.
    pub(crate) fn begin(
        &self,
        options: PgConnectOptions,
        demand: Demand,
        task: watch::Sender<()>,
        end: watch::Receiver<()>,
    ) {
        tokio::spawn(task::Task::new(self.clone(), options, demand, task).run(end));
    }

    /// Ends when this node has told the others that it leaves, or cannot.
    pub(crate) async fn left(&self) {
        let mut task = self.task.clone();
        // An error says that the task is gone.
        while task.changed().await.is_ok() {}
    }

    pub(crate) fn hint(&self) -> Arc<Notify> {
        self.hint.clone()
    }

    /// Looks at what is agreed on, and has this process go by it.
    pub(crate) async fn look(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let _turn = self.looking.lock().await;
        let mut agreed = Agreed::new();
        for row in sqlx::query(self.sql.nodes.agreed).fetch_all(connection).await? {
            match order(&row)? {
                Order::Pause(endpoint) => agreed.paused.insert(endpoint),
                Order::Revoke(key) => agreed.revoked.insert(key),
            };
        }
        self.agreement.apply(agreed);
        Ok(())
    }

    /// What is agreed on, with who said it and when.
    async fn said(&self, connection: &mut PgConnection) -> sqlx::Result<Vec<Said>> {
        let said = |row: PgRow| {
            let by = row.try_get::<Option<String>, _>(4)?.map(told);
            Ok(Said { order: order(&row)?, since: UnixTime::from_millis(row.try_get(3)?), by })
        };
        let rows = sqlx::query(self.sql.nodes.said).fetch_all(connection).await?;
        let mut all: Vec<Said> = rows.into_iter().map(said).collect::<sqlx::Result<_>>()?;
        all.sort_by(|one, other| one.order.cmp(&other.order));
        Ok(all)
    }

    /// Says how this node fares.
    async fn report(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let name = kept(self.agreement.node());
        let query = sqlx::query(self.sql.nodes.report).bind(self.id).bind(name).bind(millis(self.every));
        query.bind(self.agreement.report()).bind(millis(FORGOTTEN)).execute(connection).await?;
        Ok(())
    }

    async fn leave(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query(self.sql.nodes.leave).bind(self.id).execute(connection).await?;
        Ok(())
    }

    async fn seen(&self, connection: &mut PgConnection) -> sqlx::Result<Vec<NodeSeen>> {
        let seen = |row: PgRow| {
            let span = |at| row.try_get(at).map(|span: i64| Duration::from_millis(u64::try_from(span).unwrap_or(0)));
            Ok(NodeSeen {
                is_here: row.try_get(0)?,
                name: told(row.try_get(1)?),
                started_at: UnixTime::from_millis(row.try_get(2)?),
                last_seen: UnixTime::from_millis(row.try_get(3)?),
                silent_for: span(4)?,
                every: span(5)?,
                report: row.try_get(6)?,
            })
        };
        let query = sqlx::query(self.sql.nodes.seen).bind(self.id).bind(millis(FORGOTTEN));
        query.fetch_all(connection).await?.into_iter().map(seen).collect()
    }
}

/// A paused endpoint, which has no key, or a revoked key.
fn order(row: &PgRow) -> sqlx::Result<Order> {
    let endpoint = told(row.try_get(0)?);
    let Some(key) = row.try_get::<Option<String>, _>(2)? else { return Ok(Order::Pause(endpoint)) };
    let (key, tenant) = (RevokedKey::new(&endpoint, &told(key)), told(row.try_get(1)?));
    Ok(Order::Revoke(if tenant.is_empty() { key } else { key.of_tenant(&tenant) }))
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Debug for Nodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nodes").field("agreement", &self.agreement).finish_non_exhaustive()
    }
}
