//! What senders are told where their documentation demands something of its own, over real sockets.

use std::sync::Arc;
use std::time::Duration;

use hookporter::{ConfigError, Endpoint, Header, Json, Outcome, Reason, Scheme, Secret};
use hookporter_testkit::RequestMaker;

use crate::sender::send;
use crate::server::{Adapter, AsyncHandler, BOTH, PATH, Server};
use crate::wire::Answer;

fn endpoint(id: &str) -> Endpoint {
    Endpoint::provider(id, Secret::new(hookporter_testkit::keys(id).unwrap().receiver)).unwrap()
}

fn sender(id: &str) -> RequestMaker {
    hookporter_testkit::provider(id, hookporter_testkit::keys(id).unwrap().sender).unwrap().target(PATH)
}

/// The answers to a good request, to one with a wrong signature, and to one that is too large.
fn answers(adapter: Adapter, id: &str) -> [Answer; 3] {
    let server = Server::start(adapter, endpoint(id).body_limit(100_000));
    let good = sender(id).build();
    let large = good.clone().with_body("x".repeat(100_001));
    [good.clone(), good.tampered_signature(), large].map(|request| send(&server, &request))
}

#[test]
fn each_sender_is_told_success_and_refusal_in_its_own_words() {
    for adapter in BOTH {
        for (id, accepted, body, refused) in [
            // A phrase that must be in the body.
            ("dropbox-sign", 200, "Hello API Event Received", 401),
            // *498 Token Invalid* for a wrong signature.
            ("gocardless", 200, "", 498),
            // Empty bodies, and exactly these statuses.
            ("xero", 200, "", 401),
            ("shipmondo", 200, "", 401),
            ("hubla", 200, "", 401),
            ("stripe", 200, "", 401),
        ] {
            let [good, wrong, _] = answers(adapter, id);
            assert_eq!(
                (good.status, String::from_utf8_lossy(&good.body).as_ref()),
                (accepted, body),
                "{adapter:?} {id}"
            );
            assert_eq!((wrong.status, wrong.body.len()), (refused, 0), "{adapter:?} {id}");
        }
    }
}

#[test]
fn an_endpoint_may_say_its_own_refusal_and_change_its_presets_scheme() {
    let stripe = hookporter_testkit::keys("stripe").unwrap();
    let changed = |scheme: Scheme| scheme.signature(Header::new("x-renamed").list(',').item("v1").hex());
    let contradiction = Endpoint::provider_with("stripe", Secret::new(stripe.receiver), changed);
    // The timestamp stands in the list of the other header.
    assert!(matches!(contradiction, Err(ConfigError::Scheme { .. })));
    for status in [200, 302, 404, 410, 500] {
        assert!(matches!(endpoint("stripe").refusal_status(status), Err(ConfigError::Setting { .. })), "{status}");
    }
    for adapter in BOTH {
        let by_object = Endpoint::provider_with("stripe", Secret::new(stripe.receiver), |scheme| {
            scheme.event_type(Json::pointer("/object"))
        });
        let server = Server::start(adapter, by_object.unwrap().refusal_status(403).unwrap());
        let good = sender("stripe").build();
        assert_eq!(send(&server, &good.clone().tampered_signature()).status, 403);
        assert_eq!(send(&server, &good).status, 200);
        let events = server.handed_off();
        assert_eq!(events.iter().map(|event| event.event_type()).collect::<Vec<_>>(), [Some("event")]);
    }
}

/// Slack stops trying where an answer says so. A wrong signature may be our own wrong secret, which somebody mends.
#[test]
fn slack_is_told_not_to_come_again_where_that_cannot_help() {
    for adapter in BOTH {
        let said = |answer: &Answer| answer.header("x-slack-no-retry").map(str::to_owned);
        let [good, wrong, large] = answers(adapter, "slack");
        assert_eq!((good.status, said(&good)), (200, None), "{adapter:?}");
        assert_eq!((wrong.status, said(&wrong)), (401, None), "{adapter:?}");
        assert_eq!((large.status, said(&large)), (413, Some("1".to_owned())), "{adapter:?}");
        let [.., large] = answers(adapter, "stripe");
        assert_eq!((large.status, said(&large)), (413, None), "{adapter:?}");
    }
}

/// Sentry waits a second. A handler that hangs is not waited for so long.
#[test]
fn a_hurried_sender_is_answered_before_it_gives_up() {
    for adapter in BOTH {
        let hang: AsyncHandler = Arc::new(|_| Box::pin(std::future::pending()));
        let server = Server::with_async_handler(adapter, endpoint("sentry"), hang);
        let is_in_time = |at: usize| {
            server.forget();
            let begun = std::time::Instant::now();
            let answer = send(&server, &sender("sentry").body(format!(r#"{{"try":{at}}}"#)).build());
            let took = begun.elapsed();
            assert_eq!(answer.status, 503);
            let after: u32 = answer.header("retry-after").unwrap().parse().unwrap();
            // Zendesk, for one, tries again only for less than a minute.
            assert!((1..60).contains(&after), "{after}");
            assert_eq!(server.only_outcome(), (Outcome::Unavailable, Some(Reason::HandoffTimeout)));
            took < Duration::from_secs(1)
        };
        // A busy machine may need another try.
        assert!((0..5).any(is_in_time), "{adapter:?}: told too late, five times");
    }
}
