//! Opening an inbox: the server is looked at, the tables are made, the tasks begin.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hookporter_pipeline::inbox::EndpointNames;
use hookporter_pipeline::inbox::store::{DepthSeen, Queue, Telling};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::sync::watch;

use crate::aside::Aside;
use crate::connect::{self, Demand, Plans};
use crate::inbox::Shared;
use crate::nodes::Nodes;
use crate::sweep::Sweep;
use crate::writer::Writer;
use crate::{Desk, Inbox, OpenError, Settings, depth, schema, sql};

/// How long workers wait for a connection.
const ACQUIRE: Duration = Duration::from_secs(2);

pub(crate) async fn open(settings: Settings, pool: PgPool) -> Result<Inbox, OpenError> {
    if !is_name(&settings.schema) {
        return Err(OpenError::SchemaName(settings.schema));
    }
    let sql = sql::of(&settings.schema);
    let options = PgConnectOptions::clone(&pool.connect_options());
    let mut connection = connect::connect(&options, settings.demand, connect::PATIENT).await?;
    schema::migrate(&mut connection, sql).await?;
    let (task, task_ended) = watch::channel(());
    let nodes = Nodes::new(&settings, sql, task_ended);
    // Before the first request: it may be paused, and its key revoked.
    nodes.look(&mut connection).await.map_err(OpenError::Unreachable)?;

    let (aside, beside) =
        Aside::new(&settings, options.clone(), sql, &mut connection).await.map_err(OpenError::Tables)?;
    let queue = Arc::new(Queue::new(settings.waiting, settings.waiting_bytes));
    let changed = Arc::new(watch::Sender::new(()));
    let (ended, end) = watch::channel(());
    let workers = workers(&options, settings.demand, settings.connections);
    let writer = Writer {
        queue: queue.clone(),
        options: options.clone(),
        demand: settings.demand,
        sql,
        times: settings.times.clone(),
        changed: changed.clone(),
        connection: Some(connection),
        tries: 0,
        telling: Telling::new(),
        notes: beside.notes.clone(),
        _ended: ended,
    };
    tokio::spawn(writer.run());
    tokio::spawn(aside.run(end.clone()));
    tokio::spawn(Sweep::new(&settings, sql, workers.clone()).run(end.clone()));
    let depth = DepthSeen::default();
    tokio::spawn(depth::run(depth.clone(), workers.clone(), sql, settings.times.clone(), end.clone()));
    nodes.begin(options, settings.demand, task, end.clone());
    Ok(Inbox::new(Shared {
        queue,
        changed,
        sql,
        times: settings.times,
        sealing: settings.sealing,
        pool,
        workers,
        names: EndpointNames::new(),
        depth,
        durability: settings.demand.durability(),
        completions: OnceLock::new(),
        listens: AtomicBool::new(false),
        beside,
        nodes,
        end,
    }))
}

/// What becomes of tables that are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tables {
    Demanded,
    Made,
}

/// A desk on an inbox, of which nothing runs by itself.
pub(crate) async fn desk(settings: Settings, options: PgConnectOptions, tables: Tables) -> Result<Desk, OpenError> {
    if !is_name(&settings.schema) {
        return Err(OpenError::SchemaName(settings.schema));
    }
    let sql = sql::of(&settings.schema);
    let mut connection = connect::connect(&options, settings.demand, connect::PATIENT).await?;
    match tables {
        Tables::Demanded => schema::demand_present(&mut connection, sql).await?,
        Tables::Made => schema::migrate(&mut connection, sql).await?,
    }
    // What others have lost is known from here on; the task itself has nothing to write.
    let (_, beside) = Aside::new(&settings, options.clone(), sql, &mut connection).await.map_err(OpenError::Tables)?;
    let nodes = Nodes::new(&settings, sql, watch::channel(()).1);
    drop(connection);
    // Nobody writes, so nothing is taken.
    let queue = Arc::new(Queue::new(1, 0));
    queue.close();
    Ok(Desk::of(Inbox::new(Shared {
        queue,
        changed: Arc::new(watch::Sender::new(())),
        sql,
        times: settings.times,
        sealing: settings.sealing,
        workers: workers(&options, settings.demand, settings.connections),
        pool: PgPoolOptions::new().connect_lazy_with(options),
        names: EndpointNames::new(),
        depth: DepthSeen::default(),
        durability: settings.demand.durability(),
        completions: OnceLock::new(),
        listens: AtomicBool::new(true),
        beside,
        nodes,
        end: watch::channel(()).1,
    })))
}

/// The pool of the inbox's own workers.
fn workers(options: &PgConnectOptions, demand: Demand, most: u32) -> PgPool {
    PgPoolOptions::new()
        // One that listens.
        .max_connections(most.saturating_add(1))
        .acquire_timeout(ACQUIRE)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                let prepared = connect::prepare(connection, demand, Plans::Fresh).await;
                prepared.map_err(|error| sqlx::Error::Configuration(error.into()))
            })
        })
        .connect_lazy_with(options.clone())
}

/// Whether it can be a schema's name and a channel's, in quotes or not.
fn is_name(name: &str) -> bool {
    let fits = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
    let first = name.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    // Longer ones would be cut by the server, or not serve as a channel.
    first && name.len() <= 40 && name.bytes().all(fits) && !name.starts_with("pg_")
}
