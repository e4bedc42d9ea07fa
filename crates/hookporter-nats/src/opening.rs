//! Opening an inbox: the server is asked, the streams are made, the tasks begin.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::context::Context;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use async_nats::{Client, ConnectOptions, ServerAddr};
use hookporter_pipeline::BoxError;
use hookporter_pipeline::inbox::Durability;
use hookporter_pipeline::inbox::store::DepthSeen;
use tokio::sync::{Mutex, watch};

use crate::common::{Common, workers};
use crate::leases::Leases;
use crate::link::{LATE, Link};
use crate::names::{CONSUMER, Names};
use crate::room::Room;
use crate::wake::Wake;
use crate::{Inbox, OpenError, Settings, depth, encryption, marker, sweep};

/// How long a connection may take to be made, and the pause between two tries.
const CONNECT: Duration = Duration::from_millis(1500);
const AGAIN: Duration = Duration::from_millis(200);
/// How often a connection is looked at; after two looks without an answer it is given up.
const PING: Duration = Duration::from_secs(1);
/// The lease that the consumer is made with; the first claim of a worker says its own.
const LEASE: Duration = Duration::from_secs(30);
/// A body of the usual limit, and what is around it.
const USUAL: usize = 1024 * 1024 + 64 * 1024;

/// A client that is back soon after its server is.
pub(crate) async fn connect(options: ConnectOptions, url: &str) -> Result<Client, OpenError> {
    let parse = |url: &str| url.trim().parse::<ServerAddr>();
    let servers = url.split(',').map(parse).collect::<Result<Vec<_>, _>>();
    let servers = servers.map_err(|error| OpenError::Unreachable(error.into()))?;
    encryption::prepare(&servers).await?;
    let options = options
        .name("hookporter")
        .connection_timeout(CONNECT)
        .ping_interval(PING)
        .max_reconnects(None)
        .reconnect_delay_callback(|_| AGAIN);
    options.connect(servers).await.map_err(|error| OpenError::Unreachable(error.into()))
}

pub(crate) async fn open(settings: Settings, client: Client) -> Result<Inbox, OpenError> {
    if !Names::is_name(&settings.stream) {
        return Err(OpenError::StreamName(settings.stream));
    }
    if settings.syncs && !client.is_server_compatible(2, 10, 0) {
        return Err(OpenError::CannotSync(client.server_info().version));
    }
    let room = client.max_payload();
    if room < USUAL {
        tracing::warn!(target: "hookporter", max_payload = room, "an event that is larger than the server's `max_payload` cannot be kept");
    }
    let mut jetstream = jetstream::new(client.clone());
    jetstream.set_timeout(LATE);
    let names = Names::new(&settings.stream);
    let events = stream(&jetstream, &settings, &names.events, names.event("*")).await?;
    let dead = stream(&jetstream, &settings, &names.dead, names.dead("*")).await?;
    let parked = stream(&jetstream, &settings, &names.parked, names.parked("*")).await?;
    await_workers(&events, &names.events).await?;

    let durability = durability(&settings, [&events, &dead, &parked]);
    let (open, end) = watch::channel(());
    let core = Arc::new(Common {
        link: Link::new(client.clone(), end.clone()),
        wake: Wake::new(client, names.wake(), end.clone()),
        jetstream,
        names,
        events,
        dead,
        parked,
        leases: Leases::default(),
        sealing: settings.sealing,
        consumer: Mutex::new(None),
        end,
    });
    marker::put(&core).await;
    let depth = DepthSeen::default();
    tokio::spawn(depth::run(depth.clone(), core.clone()));
    tokio::spawn(sweep::run(core.clone(), settings.events));
    Ok(Inbox::new(core, Room::new(settings.waiting, settings.waiting_bytes), depth, durability, open))
}

/// The stream of this name, made if it is not there.
async fn stream(jetstream: &Context, settings: &Settings, name: &str, subjects: String) -> Result<Stream, OpenError> {
    // An older one compares with less than a message takes, and makes room for the rest.
    let counts_bytes = jetstream.client().is_server_compatible(2, 10, 0);
    let refused = |source: BoxError| OpenError::Stream { name: name.to_owned(), source };
    let config = Config {
        name: name.to_owned(),
        subjects: vec![subjects],
        retention: RetentionPolicy::Limits,
        // What is full refuses, and forgets nothing.
        discard: DiscardPolicy::New,
        max_messages: -1,
        max_bytes: settings.most_bytes.filter(|_| name == settings.stream).unwrap_or(-1),
        // An event that is written anew takes the place of its message.
        max_messages_per_subject: 1,
        max_consumers: -1,
        storage: if settings.memory { StorageType::Memory } else { StorageType::File },
        num_replicas: settings.replicas,
        allow_direct: true,
        description: Some("an inbox of Hookporter".to_owned()),
        ..Config::default()
    };
    let unfit = |problem| OpenError::Unfit { name: name.to_owned(), problem };
    if let Some(problem) = problem(&config, counts_bytes) {
        return Err(unfit(problem));
    }
    let found = match jetstream.get_stream(name).await {
        Ok(found) => found,
        // Of two that make it at the same time one is told that it is there.
        Err(_) => match jetstream.create_stream(config).await {
            Ok(made) => made,
            Err(error) => jetstream.get_stream(name).await.map_err(|_| refused(error.into()))?,
        },
    };
    match problem(&found.cached_info().config, counts_bytes) {
        Some(problem) => Err(unfit(problem)),
        None => Ok(found),
    }
}

/// What is wrong with a stream that somebody else has made or changed, or that is to be made on an older server.
fn problem(config: &Config, counts_bytes: bool) -> Option<&'static str> {
    let problems = [
        (
            config.retention != RetentionPolicy::Limits,
            "its retention is not `limits`: what is worked would be new once more",
        ),
        (config.discard != DiscardPolicy::New, "it discards old messages when it is full, and not new ones"),
        (!config.max_age.is_zero(), "it has a `max_age`: events that nobody has worked yet would go"),
        (
            config.max_bytes > 0 && !counts_bytes,
            "it has `max_bytes`, and a server older than 2.10 forgets old messages where it should refuse new ones",
        ),
        (config.max_messages_per_subject != 1, "its `max_msgs_per_subject` is not 1"),
        (config.discard_new_per_subject, "it has `discard_new_per_subject`: no event could be written anew"),
        (config.no_ack, "it confirms nothing"),
        (!config.allow_direct, "it does not allow direct access"),
        (config.sealed || config.deny_delete || config.deny_purge, "nothing can be deleted from it"),
    ];
    problems.into_iter().find(|(is_so, _)| *is_so).map(|(_, problem)| problem)
}

/// Makes the workers' consumer if it is not there, whoever works: what is done is known by it.
async fn await_workers(events: &Stream, name: &str) -> Result<(), OpenError> {
    if events.get_consumer::<async_nats::jetstream::consumer::pull::Config>(CONSUMER).await.is_ok() {
        return Ok(());
    }
    if events.cached_info().state.messages > 0 {
        tracing::warn!(target: "hookporter", stream = name, "its consumer is gone: every event that is still kept will be worked again");
    }
    let made: Result<PullConsumer, _> = events.create_consumer(workers(LEASE)).await;
    made.map(|_| ()).map_err(|error| OpenError::Stream { name: name.to_owned(), source: error.into() })
}

/// What all streams together promise.
fn durability(settings: &Settings, streams: [&Stream; 3]) -> Durability {
    let in_memory = |stream: &Stream| stream.cached_info().config.storage == StorageType::Memory;
    match (streams.into_iter().any(in_memory), settings.syncs) {
        (true, _) => Durability::Memory,
        (false, true) => Durability::Synced,
        (false, false) => Durability::Written,
    }
}
