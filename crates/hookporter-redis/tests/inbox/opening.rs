//! What opens, what is refused, and what an endpoint says to it.

use std::time::Duration;

use hookporter_core::{Clock, Secret, SystemClock};
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Durability, Settled, WorkingSide};
use hookporter_redis::{Inbox, OpenError, Settings};
use hookporter_testkit::inbox::{Stopwatch, sample_record};
use tokio::time::{Instant, sleep};

use crate::server::{DURABLE, Server};

/// Tries until it is accepted, or refused; the last answer.
async fn until(inbox: &Inbox, accepted: bool) -> Result<Vec<Accepted>, String> {
    let began = Instant::now();
    loop {
        let told = inbox
            .accept(vec![sample_record("evt_again")])
            .await
            .map_err(|error| std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default());
        if told.is_ok() == accepted || began.elapsed() > Duration::from_secs(30) {
            return told;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

fn github() -> Endpoint {
    Endpoint::github(Secret::new("It's a Secret to Everybody")).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn default_settings_are_refused_by_an_endpoint_that_does_not_put_up_with_them() {
    let Some(server) = Server::with(&[]) else { return };
    let inbox = server.inbox("default").await;
    assert_eq!(inbox.durability(), Durability::Memory);
    let refused = github().inbox(&inbox).check_inbox().unwrap_err().to_string();
    assert!(refused.contains("durability") && refused.contains("memory"), "{refused}");
    assert!(github().inbox(&inbox).durability(Durability::Written).is_err());
    let waived = github().inbox(&inbox).durability(Durability::Memory).unwrap();
    waived.check_inbox().unwrap();
    drop(waived);
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);

    for (settings, durability) in [
        (vec!["appendonly", "yes"], Durability::Memory),
        (vec!["appendfsync", "no"], Durability::Written),
        (vec!["appendfsync", "always"], Durability::Synced),
        (vec!["no-appendfsync-on-rewrite", "yes"], Durability::Memory),
    ] {
        server.set(settings[0], settings[1]);
        let inbox = server.inbox("default").await;
        assert_eq!(inbox.durability(), durability, "{settings:?}");
        let demanding = github().inbox(&inbox);
        assert_eq!(demanding.check_inbox().is_ok(), durability == Durability::Synced, "{settings:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_made_weaker_is_refused_until_it_is_mended() {
    let Some(server) = Server::start() else { return };
    let inbox = server.inbox("weaker").await;
    assert_eq!(inbox.durability(), Durability::Synced);
    assert_eq!(until(&inbox, true).await.unwrap(), [Accepted::New]);
    server.set("appendfsync", "everysec");
    let why = until(&inbox, false).await.unwrap_err();
    assert!(why.contains("memory and not synced"), "{why}");
    server.set("appendfsync", "always");
    assert_eq!(until(&inbox, true).await.unwrap(), [Accepted::Duplicate]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_drops_what_it_was_given_is_refused_and_a_full_one_loses_nothing() {
    let Some(server) = Server::start() else { return };
    let (inbox, look) = (server.inbox("full").await, server.look().await);
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    server.set("maxmemory", "1");
    let refused = until(&inbox, false).await.unwrap_err();
    assert!(refused.contains("OOM"), "{refused}");
    // All of a request or none, and nobody waits.
    let began = Stopwatch::start();
    assert!(inbox.accept(vec![sample_record("evt_2"), sample_record("evt_3")]).await.is_err());
    assert!(began.elapsed() < Duration::from_secs(1));
    server.set("maxmemory", "1gb");
    assert_eq!(look.undone("full").await, 1);
    let both = vec![sample_record("evt_2"), sample_record("evt_1")];
    assert_eq!(inbox.accept(both).await.unwrap(), [Accepted::New, Accepted::Duplicate]);

    server.set("maxmemory-policy", "allkeys-lru");
    let why = until(&inbox, false).await.unwrap_err();
    assert!(why.contains("allkeys-lru"), "{why}");
    let refused = Inbox::connect(&server.url()).await.unwrap_err();
    assert!(matches!(&refused, OpenError::Evicts { policy } if policy == "allkeys-lru"), "{refused}");
    let waived = Settings::new().name("full").dangerously_accept_eviction().connect(&server.url()).await.unwrap();
    assert_eq!(waived.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Duplicate]);
    server.set("maxmemory", "0");
    assert!(server.inbox("full").await.accept(vec![sample_record("evt_9")]).await.is_ok(), "nothing is dropped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_needs_what_is_said_and_where_it_may_not_ask_the_user_says() {
    let Some(server) = Server::start() else { return };
    let said = "+@read +@write +@scripting +@connection +info +time +config|get +wait +publish +subscribe ~{hookporter}:* &{hookporter}:*";
    let role = |name: &str, may: &str| {
        let words = ["acl", "setuser", name, "reset", "on", ">pw"].into_iter().chain(may.split(' '));
        assert_eq!(server.asked(&words.collect::<Vec<_>>()), "OK");
        server.url().replace("redis://", &format!("redis://{name}:pw@"))
    };
    let inbox = Inbox::connect(&role("shop", said)).await.unwrap();
    assert_eq!(inbox.durability(), Durability::Synced);
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(9), most: 10, attempts: 5 };
    let lease = inbox.claim(claim).await.unwrap().leases.remove(0);
    assert_eq!(inbox.complete(lease.id, SystemClock.now()).await.unwrap(), Settled::Done);

    let managed = role("managed", &said.replace("+config|get ", ""));
    let refused = Inbox::connect(&managed).await.unwrap_err();
    assert!(matches!(refused, OpenError::DurabilityUnknown), "{refused}");
    for durability in [Durability::Synced, Durability::Memory] {
        let inbox = Settings::new().declare(durability).connect(&managed).await.unwrap();
        assert_eq!(inbox.durability(), durability);
        assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Duplicate]);
    }
    let wrong = server.url().replace("redis://", "redis://shop:wrong@");
    assert!(matches!(Inbox::connect(&wrong).await.unwrap_err(), OpenError::Unreachable(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_is_said_at_once() {
    for name in ["", "a b", "a}b", "{a}", "ä", &"x".repeat(61)] {
        let refused = Settings::new().name(name).connect("redis://127.0.0.1:1").await.unwrap_err();
        assert!(matches!(refused, OpenError::Name(_)), "{name}: {refused}");
    }
    let began = Stopwatch::start();
    for url in ["redis://127.0.0.1:1", "http://127.0.0.1:1", "nothing"] {
        assert!(matches!(Inbox::connect(url).await.unwrap_err(), OpenError::Unreachable(_)), "{url}");
    }
    assert!(began.elapsed() < Duration::from_secs(5));
    let Some(master) = Server::with(&DURABLE) else { return };
    let replica = Server::with(&["--replicaof", &master.host(), &master.port()]).unwrap();
    assert!(matches!(Inbox::connect(&replica.url()).await.unwrap_err(), OpenError::ReadOnly));
}
