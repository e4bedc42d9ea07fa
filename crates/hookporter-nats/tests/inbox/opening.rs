//! What an inbox is opened with, and what it declares.

use hookporter_nats::async_nats::jetstream::stream::{Config, DiscardPolicy};
use hookporter_nats::{Inbox, OpenError, Settings};
use hookporter_pipeline::inbox::{AcceptingSide, Durability};

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_synced_only_where_somebody_says_so_and_it_can() {
    for server in [Server::start(), Server::syncing()].into_iter().flatten() {
        let url = server.url();
        let silent = Inbox::connect(&url).await.unwrap();
        assert_eq!(silent.durability(), Durability::Written, "on its default a server syncs every two minutes");
        let said = Settings::new().stream("said").server_syncs_always().connect(&url).await;
        match (server.can_sync(), said) {
            (true, said) => assert_eq!(said.unwrap().durability(), Durability::Synced),
            (false, Err(OpenError::CannotSync(version))) => assert!(version.starts_with("2."), "{version}"),
            (false, said) => panic!("{said:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_in_memory_are_called_so_by_whoever_opens_them() {
    let Some(server) = Server::start() else { return };
    let url = server.url();
    let memory = Settings::new().stream("memory").in_memory().connect(&url).await.unwrap();
    assert_eq!(memory.durability(), Durability::Memory);
    // What is there counts, not what is said.
    let memory = Settings::new().stream("memory").connect(&url).await.unwrap();
    assert_eq!(memory.durability(), Durability::Memory);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_would_lose_events_is_refused() {
    let Some(server) = Server::start() else { return };
    let streams = server.streams().await;
    let fit = |name: &str| Config {
        name: name.to_owned(),
        subjects: vec![format!("{name}.event.*")],
        discard: DiscardPolicy::New,
        max_messages_per_subject: 1,
        allow_direct: true,
        ..Config::default()
    };
    streams.create_stream(fit("fit")).await.unwrap();
    assert!(Settings::new().stream("fit").connect(&server.url()).await.is_ok());
    let hour = std::time::Duration::from_secs(3600);
    for (unfit, word) in [
        (Config { discard: DiscardPolicy::Old, ..fit("old") }, "discards"),
        (Config { max_age: hour, ..fit("age") }, "max_age"),
        (Config { max_messages_per_subject: -1, ..fit("many") }, "max_msgs_per_subject"),
        (Config { allow_direct: false, ..fit("indirect") }, "direct"),
    ] {
        let name = unfit.name.clone();
        streams.create_stream(unfit).await.unwrap();
        let error = Settings::new().stream(&name).connect(&server.url()).await.unwrap_err();
        assert!(matches!(error, OpenError::Unfit { .. }) && error.to_string().contains(word), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_opened_says_why() {
    let Some(mut server) = Server::start() else { return };
    let url = server.url();
    assert!(
        matches!(Settings::new().stream("a.b").connect(&url).await, Err(OpenError::StreamName(name)) if name == "a.b")
    );
    assert!(matches!(Inbox::connect("no server at all:x").await, Err(OpenError::Unreachable(_))));
    server.kill();
    assert!(matches!(Inbox::connect(&url).await, Err(OpenError::Unreachable(_))));
}
