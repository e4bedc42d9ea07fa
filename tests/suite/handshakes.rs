//! Handshakes over HTTP: each as its sender documents it, none for another sender, none good for signing anything.
//!
//! The published ones are among the vectors. Here is what must not be answered, and what the endpoint must know.

mod guards;
mod routes;
mod secrets;
mod subscriptions;

use std::collections::BTreeSet;

use hookporter::{Endpoint, Outcome, Provider, Reason, Secret};

use crate::attacks::at_now;
use crate::sender::send_raw;
use crate::server::{Adapter, BOTH, PATH, Server};
use crate::wire::{self, Answer};

const KEY: &str = "test_secret_0123456789abcdef";
const VERIFY_TOKEN: &str = "verify-token-of-the-test";

/// What a stranger sends.
struct Ask {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Ask {
    fn get(query: &str) -> Self {
        Self { method: "GET", target: format!("{PATH}{query}"), headers: Vec::new(), body: String::new() }
    }

    fn post(body: &str) -> Self {
        Self { method: "POST", target: PATH.to_owned(), headers: Vec::new(), body: body.to_owned() }
    }

    fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn of(&self, server: &Server) -> Answer {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into_bytes())).collect();
        send_raw(server, &wire::request(self.method, &self.target, &headers, self.body.as_bytes())).unwrap()
    }
}

fn endpoint(id: &str) -> Endpoint {
    let built = Endpoint::provider_at(id, keys(id), &format!("https://hooks.example{PATH}"));
    at_now(built.unwrap_or_else(|error| panic!("{id}: {error}")))
}

fn keys(id: &str) -> Secret {
    Secret::weak(hookporter_testkit::keys(id).unwrap().receiver)
}

/// Asserts that the endpoint answers with this status, and writes down this outcome and reason, and nothing more.
fn expect(adapter: Adapter, server: &Server, ask: &Ask, status: u16, written: (Outcome, Option<Reason>)) -> Answer {
    server.forget();
    let answer = ask.of(server);
    let name = format!("{adapter:?} {} {} {:.80}", ask.method, ask.target, ask.body);
    assert_eq!(server.only_outcome(), written, "{name}: {:?}", server.only_record().detail);
    assert_eq!(answer.status, status, "{name}");
    assert!(server.handed_off().is_empty(), "{name}: handed off");
    assert!(status < 400 || answer.body.is_empty(), "{name}: a refusal has no body");
    answer
}

const ANSWERED: (Outcome, Option<Reason>) = (Outcome::Handshake, None);

const fn refused(reason: Reason) -> (Outcome, Option<Reason>) {
    (Outcome::Rejected, Some(reason))
}

/// One challenge of each sender whose challenges need no proof.
fn open_challenges() -> Vec<(&'static str, Ask)> {
    vec![
        ("asana", Ask::post("{}").header("x-hook-secret", "b537207f20cbfa02357cf448134da559")),
        ("braintree", Ask::get("?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53")),
        ("cloudevents", Ask::get("").method("OPTIONS").header("webhook-request-origin", "events.example.com")),
        ("dropbox", Ask::get("?challenge=abc")),
        ("intercom", Ask::get("").method("HEAD")),
        ("meta", Ask::get(&format!("?hub.mode=subscribe&hub.challenge=115&hub.verify_token={VERIFY_TOKEN}"))),
        ("microsoft-graph", Ask::get("?validationToken=Validation%3A+Testing+client").method("POST")),
        ("monday", Ask::post(r#"{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}"#)),
        ("notion", Ask::post(r#"{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}"#)),
        ("nylas", Ask::get("?challenge=abc")),
        ("okta", Ask::get("").header("x-okta-verification-challenge", "chal-1")),
        ("trello", Ask::get("").method("HEAD")),
        ("woocommerce", Ask::post("webhook_id=142")),
        ("x-twitter", Ask::get("?crc_token=abc")),
        ("zoom", Ask::post(r#"{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}"#)),
    ]
}

/// An endpoint that answers its sender's challenges.
fn willing(id: &str) -> Endpoint {
    let endpoint = endpoint(id).on_handshake_secret(|_| std::future::ready(Ok::<_, std::convert::Infallible>(())));
    match id {
        "meta" => endpoint.verify_token(Secret::new(VERIFY_TOKEN)).unwrap(),
        _ => endpoint,
    }
}

#[test]
fn every_sender_gets_its_own_challenge_answered_without_a_hand_off() {
    for adapter in BOTH {
        for (id, ask) in open_challenges() {
            let server = Server::start(adapter, willing(id));
            let answer = expect(adapter, &server, &ask, 200, ANSWERED);
            let typed = answer.header("content-type").is_some();
            assert_eq!(answer.header("x-content-type-options").is_some(), typed, "{adapter:?} {id}");
            // Again: a challenge is no event, so it has no duplicate.
            expect(adapter, &server, &ask, 200, ANSWERED);
        }
    }
    let asked: BTreeSet<_> = open_challenges().iter().map(|(id, _)| *id).collect();
    let open: BTreeSet<_> = Provider::all()
        .iter()
        .filter(|provider| provider.has_open_challenges())
        .map(|provider| provider.id())
        .collect();
    assert_eq!(asked, open, "every sender with open challenges is asked here");
}

/// A challenge of one sender's at the door of each other one: refused, and not for a reason of its text.
#[test]
fn no_sender_gets_another_ones_challenge_answered() {
    let same: &[&[&str]] = &[&["azure-event-grid", "cloudevents"], &["dropbox", "nylas"], &["intercom", "trello"]];
    for adapter in BOTH {
        for provider in Provider::all() {
            let server = Server::start(adapter, willing(provider.id()));
            for (id, ask) in open_challenges() {
                let alike =
                    id == provider.id() || same.iter().any(|ids| ids.contains(&id) && ids.contains(&provider.id()));
                // Trello asks with any `GET`.
                if alike || (provider.id() == "trello" && ask.method == "GET") {
                    continue;
                }
                server.forget();
                let answer = ask.of(&server);
                let (name, record) = (format!("{adapter:?}: {id}'s at {}", provider.id()), server.only_record());
                assert_eq!(record.outcome, Outcome::Rejected, "{name}");
                assert!(server.handed_off().is_empty() && answer.body.is_empty(), "{name}");
                if provider.methods().contains(&ask.method) {
                    assert_eq!(answer.status, provider.refusal_status(), "{name}");
                    let unproven = [Reason::MissingHeader, Reason::MalformedBody];
                    assert!(unproven.contains(&record.reason.unwrap()), "{name}: {:?}", record.reason);
                } else {
                    assert_eq!((answer.status, record.reason), (405, Some(Reason::MethodNotAllowed)), "{name}");
                    assert_eq!(answer.header("allow"), Some(&*provider.methods().join(", ")), "{name}");
                }
            }
        }
    }
}

/// A method that only challenges have is none of events, proof or no proof.
#[test]
fn a_method_of_challenges_is_for_nothing_else() {
    for adapter in BOTH {
        for (id, method) in [("okta", "GET"), ("x-twitter", "GET"), ("meta", "GET"), ("azure-event-grid", "OPTIONS")] {
            let server = Server::start(adapter, willing(id));
            let none = refused(Reason::MethodNotAllowed);
            let key = hookporter_testkit::keys(id).unwrap().receiver;
            for ask in [Ask::get(""), Ask::get(&format!("?code={key}")), Ask::get("").header("authorization", key)] {
                expect(adapter, &server, &ask.method(method), 405, none);
            }
        }
        let server = Server::start(adapter, willing("trello"));
        expect(adapter, &server, &Ask::get("").method("OPTIONS"), 405, refused(Reason::MethodNotAllowed));
        expect(adapter, &server, &Ask::get("").method("PUT"), 405, refused(Reason::MethodNotAllowed));
    }
}

#[test]
fn a_paused_endpoint_answers_no_challenge() {
    for adapter in BOTH {
        let server = Server::start(adapter, willing("x-twitter"));
        server.endpoint.pause();
        let paused = (Outcome::Unavailable, Some(Reason::EndpointPaused));
        expect(adapter, &server, &Ask::get("?crc_token=abc"), 503, paused);
    }
}

#[test]
fn report_only_passes_a_challenge_on_with_its_body() {
    for adapter in BOTH {
        for (id, ask) in open_challenges().into_iter().filter(|(_, ask)| ask.method != "HEAD") {
            let server = Server::start(adapter, willing(id).report_only());
            let answer = ask.of(&server);
            assert_eq!(answer.status, crate::server::UNPROVEN, "{adapter:?} {id}");
            assert_eq!(server.only_outcome(), ANSWERED, "{adapter:?} {id}");
        }
    }
}
