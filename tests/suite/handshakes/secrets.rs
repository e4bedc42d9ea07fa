//! Secrets that a handshake hands over, and secrets in a query: where they go, and where they never show.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter::{Endpoint, HandshakeSecret, Keys, Outcome, Reason, Secret};
use hookporter_testkit::SignedRequest;

use super::{ANSWERED, Ask, endpoint, expect, refused};
use crate::attacks::{CANARY, at_now};
use crate::sender::{now, send};
use crate::server::{BOTH, Server};

fn handed_over() -> [(&'static str, Ask); 2] {
    [
        ("asana", Ask::post("{}").header("x-hook-secret", CANARY)),
        ("notion", Ask::post(&format!(r#"{{"verification_token":"{CANARY}"}}"#))),
    ]
}

#[test]
fn without_a_hook_no_secret_is_taken() {
    for adapter in BOTH {
        for (id, ask) in handed_over() {
            let server = Server::start(adapter, endpoint(id));
            let answer = expect(adapter, &server, &ask, 401, refused(Reason::HandshakeRefused));
            assert_eq!(answer.header("x-hook-secret"), None, "{adapter:?} {id}");
            let detail = server.only_record().detail.unwrap();
            assert!(detail.contains("nobody keeps the secret"), "{detail}");
        }
    }
}

/// A receiver that has no key before the sender hands one over, and judges with it from then on.
#[test]
fn a_hook_keeps_the_secret_and_it_becomes_the_key() {
    for adapter in BOTH {
        for (id, ask) in handed_over() {
            let kept: Arc<Mutex<Option<Secret>>> = Arc::default();
            let known = kept.clone();
            let keys = Keys::resolve(move |_| {
                let known = known.lock().unwrap().clone();
                std::future::ready(Ok::<_, std::convert::Infallible>(known))
            });
            let slot = kept.clone();
            let built = Endpoint::provider(id, keys).unwrap().on_handshake_secret(move |secret: HandshakeSecret| {
                assert!(!format!("{secret:?}").contains(CANARY));
                assert_eq!((secret.expose(), secret.endpoint(), secret.tenant()), (CANARY, id, None));
                *slot.lock().unwrap() = Some(secret.to_secret());
                async { Ok::<_, std::convert::Infallible>(()) }
            });
            let server = Server::start(adapter, at_now(built));
            let answer = expect(adapter, &server, &ask, 200, ANSWERED);
            assert_eq!(answer.header("x-hook-secret"), (id == "asana").then_some(CANARY), "{adapter:?}");
            let shown = format!("{:?}{:?}", server.records(), server.endpoint);
            assert!(!shown.contains(CANARY), "{adapter:?} {id}: the secret shows");
            server.forget();
            // Nobody was found a second ago.
            std::thread::sleep(Duration::from_millis(1100));
            let signed = now(hookporter_testkit::provider(id, CANARY).unwrap()).build();
            assert_eq!(send(&server, &signed).status, 200, "{adapter:?} {id}");
            assert_eq!(server.only_outcome(), (Outcome::Accepted, None), "{adapter:?} {id}");
        }
    }
}

#[test]
fn a_hook_that_fails_panics_or_hangs_is_told_503_and_nothing_is_answered() {
    type Kept = std::pin::Pin<Box<dyn Future<Output = Result<(), &'static str>> + Send>>;
    let hooks: [(Reason, fn() -> Kept); 3] = [
        (Reason::HandoffFailed, || Box::pin(async { Err("the store is down") })),
        (Reason::HandlerPanicked, || Box::pin(async { panic!("a panic of the test's") })),
        (Reason::HandoffTimeout, || Box::pin(std::future::pending())),
    ];
    for adapter in BOTH {
        for (id, ask) in handed_over() {
            for (reason, hook) in &hooks {
                let hook = *hook;
                let built = endpoint(id).budget(Duration::from_millis(50)).on_handshake_secret(move |_| hook());
                let server = Server::start(adapter, built);
                let answer = expect(adapter, &server, &ask, 503, (Outcome::Unavailable, Some(*reason)));
                assert!(answer.header("retry-after").is_some() && answer.header("x-hook-secret").is_none());
            }
        }
    }
}

/// A secret in the query proves, and stays out of the event, the record and the log.
#[test]
fn a_secret_in_the_query_is_kept_nowhere() {
    for adapter in BOTH {
        let built = at_now(Endpoint::azure_event_grid(Secret::new(CANARY)).unwrap());
        let server = Server::start(adapter, built);
        let request: SignedRequest =
            now(hookporter_testkit::azure_event_grid(CANARY)).target(&format!("{}?a=b", crate::server::PATH)).build();
        assert!(request.target().contains(CANARY));
        assert_eq!(send(&server, &request).status, 200, "{adapter:?}");
        let event = &server.handed_off()[0];
        assert_eq!(event.target(), format!("{}?a=b", crate::server::PATH), "{adapter:?}");
        let shown = format!("{:?}{event:?}{:?}", server.records(), server.endpoint);
        assert!(!shown.contains(CANARY), "{adapter:?}: the secret shows");
    }
}
