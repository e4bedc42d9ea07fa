//! What an endpoint demands of its store, and what it does with a weaker one.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use hookporter_core::{ConfigError, Reason, Secret};
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::health::{Alarm, Light};
use hookporter_pipeline::inbox::Durability::{self, Memory, Synced, Written};
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Level, Metadata, Subscriber, span};

use crate::kit::{Door, SECRET, Store, TAKEN, push};

fn github(store: &Store) -> Endpoint {
    Endpoint::github(Secret::new(SECRET)).unwrap().inbox(store)
}

fn promising(durability: Durability) -> Store {
    let store = Store::new();
    store.turns(durability);
    store
}

fn problem<T: fmt::Debug>(built: Result<T, ConfigError>) -> String {
    match built {
        Err(ConfigError::Setting { setting: "durability", problem }) => problem,
        other => panic!("{other:?}"),
    }
}

const ALL: [Durability; 3] = [Memory, Written, Synced];

#[test]
fn an_endpoint_does_not_build_on_a_store_that_promises_less() {
    for (is, demanded) in ALL.into_iter().flat_map(|is| ALL.map(|demanded| (is, demanded))) {
        let store = promising(is);
        let built = github(&store).durability(demanded);
        // Which of the two is said first makes no difference to an adapter.
        let said_first = Endpoint::github(Secret::new(SECRET)).unwrap().durability(demanded).unwrap().inbox(&store);
        if is >= demanded {
            assert_eq!(built.unwrap().check_inbox().map_err(|error| error.to_string()), Ok(()));
            assert_eq!(said_first.check_inbox().map_err(|error| error.to_string()), Ok(()));
        } else {
            let problem = [problem(built), problem(said_first.check_inbox())];
            for part in [
                format!("it promises `{is}`"),
                format!("demands `{demanded}`"),
                format!("`.durability(Durability::{is:?})`"),
            ] {
                assert!(problem.iter().all(|problem| problem.contains(&part)), "{part} in {problem:?}");
            }
        }
    }
    assert!(Memory < Written && Written < Synced);
    assert!(problem(github(&promising(Written)).check_inbox()).contains("when its machine loses power"));
    assert!(problem(github(&promising(Memory)).check_inbox()).contains("when its process dies"));
}

#[tokio::test]
async fn an_endpoint_with_lanes_does_without_a_store_that_works_in_no_order() {
    let store = Store::new();
    let door = Door::new(github(&store).in_order_by(|_| Some("one".to_owned())));
    assert_eq!((door.endpoint().check_inbox().is_ok(), door.send(&push(SECRET, "1")).await), (true, TAKEN));
    store.loses_order();
    let refused = door.endpoint().check_inbox().unwrap_err();
    assert!(matches!(refused, ConfigError::Setting { setting: "in_order_by", .. }), "{refused:?}");
    assert_eq!(door.send(&push(SECRET, "2")).await, (503, Some(Reason::HandoffFailed)));
    // Whoever asks for no order is served.
    let plain = Door::new(github(&store).named("plain"));
    assert_eq!((plain.endpoint().check_inbox().is_ok(), plain.send(&push(SECRET, "3")).await), (true, TAKEN));
    assert_eq!(store.records().len(), 2);
}

#[tokio::test]
async fn without_a_word_it_demands_synced_and_a_weaker_store_gets_nothing() {
    let store = promising(Written);
    let door = Door::new(github(&store));
    // Red before anything has come.
    let health = door.endpoint().health();
    assert_eq!((health.light, health.durability), (Light::Red, Some(Written)));
    assert_eq!(health.alarms, [Alarm::WeakInbox { is: Written, demanded: Synced }]);
    assert_eq!(door.send(&push(SECRET, "1")).await, (503, Some(Reason::HandoffFailed)));
    assert!(store.records().is_empty());
    // A server that was mended is served again.
    store.turns(Synced);
    assert_eq!(door.send(&push(SECRET, "1")).await, TAKEN);
    let health = door.endpoint().health();
    assert_eq!((health.light, health.durability), (Light::Green, Some(Synced)));
    // One without an inbox promises nothing, and nothing is demanded of it.
    let bare = Endpoint::github(Secret::new(SECRET)).unwrap();
    assert_eq!((bare.health().durability, bare.check_inbox().is_ok()), (None, true));
}

#[tokio::test]
async fn a_store_that_turns_weaker_acknowledges_nothing_more_not_even_what_it_is_taking() {
    let store = Store::stuck();
    let door = Door::new(github(&store).budget(Duration::from_secs(60)));
    let taking = tokio::spawn({
        let door = door.clone();
        async move { door.send(&push(SECRET, "1")).await }
    });
    store.asked().await;
    store.turns(Memory);
    store.commits.add_permits(10);
    assert_eq!(taking.await.unwrap(), (503, Some(Reason::HandoffFailed)));
    // It was kept, and the next try says so.
    assert_eq!(store.records().len(), 1);
    assert_eq!(door.send(&push(SECRET, "2")).await, (503, Some(Reason::HandoffFailed)));
    assert_eq!(store.records().len(), 1);
    store.turns(Synced);
    assert_eq!(door.send(&push(SECRET, "1")).await, TAKEN);
    assert_eq!(store.records().len(), 1);
}

#[test]
fn a_weaker_store_that_was_allowed_is_named_in_the_log_once() {
    let said = Said::first();
    tracing::subscriber::with_default(said.clone(), || {
        for is in [Memory, Written] {
            let endpoint = github(&promising(is)).durability(is).unwrap();
            // However often it is mounted.
            endpoint.check_inbox().unwrap();
            endpoint.clone().check_inbox().unwrap();
            assert_eq!((endpoint.health().light, endpoint.health().durability), (Light::Green, Some(is)));
        }
        // A strong one is no news, whatever is demanded.
        github(&promising(Synced)).durability(Memory).unwrap().check_inbox().unwrap();
    });
    let said = said.0.lock().unwrap().clone();
    let [memory, written] = &said[..] else { panic!("{said:?}") };
    let part = "the inbox loses what was acknowledged when its process dies, as this endpoint allows";
    assert!(memory.starts_with("WARN") && memory.contains(part) && memory.contains("github"), "{memory}");
    assert!(written.starts_with("WARN") && written.contains("when its machine loses power"), "{written}");
}

#[test]
fn a_store_that_is_refused_is_an_error_in_the_log() {
    let said = Said::first();
    tracing::subscriber::with_default(said.clone(), || github(&promising(Memory)).check_inbox().unwrap_err());
    let said = said.0.lock().unwrap().clone();
    assert!(matches!(&said[..], [only] if only.starts_with("ERROR") && only.contains("demands `synced`")), "{said:?}");
}

/// What was said in the log.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<String>>>);

impl Said {
    /// A new one. While it is the only subscriber of the process, a line is for nobody if another test's thread comes to it first,
    /// and stays so; so there is one more.
    fn first() -> Self {
        static OTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Said::default()));
        LazyLock::force(&OTHER);
        Self::default()
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push_str(&format!(" {}={value:?}", field.name()));
    }
}

impl Subscriber for Said {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut text = Text(event.metadata().level().to_string());
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}
