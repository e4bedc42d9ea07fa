//! Section C, over time: keys from a source that changes, fails, hangs or lies while the endpoint runs.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookporter::jwt::TokenScheme;
use hookporter::{BoxError, Endpoint, Keyring, Keys, Reason, Scheme, Secret, UnixTime};

use super::{BOTH, CANARY, Expect, NOW, Server, TARGET, at_now, case, run_case};
use crate::server::Adapter;

const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);
const DEAD: Expect = Expect::Refused(401, Reason::NoLiveKey);
const MISSING: Expect = Expect::Refused(401, Reason::MissingHeader);
const UNKNOWN: Expect = Expect::Refused(401, Reason::UnknownTenant);
const NO_KEYS: Expect = Expect::Refused(503, Reason::KeySourceUnavailable);
const PANICKED: Expect = Expect::Refused(503, Reason::HandlerPanicked);

const OTHER: &str = "another-0123456789-abcdef-ABCDEF-key";

/// What the source of a test does when it is asked.
#[derive(Debug, Clone, Copy)]
enum Answer {
    Keys(&'static [&'static str]),
    Nobody,
    Fails,
    Hangs,
    Panics,
}

/// An endpoint whose source a test commands.
struct Commanded {
    adapter: Adapter,
    server: Server,
    answer: Arc<Mutex<Answer>>,
    sent: u32,
}

impl Commanded {
    fn start(adapter: Adapter, first: Answer) -> Self {
        let answer = Arc::new(Mutex::new(first));
        let asked = answer.clone();
        let keys = Keys::resolve(move |_| {
            let now = *asked.lock().unwrap();
            // Outside the future, as a careless source would.
            assert!(!matches!(now, Answer::Panics), "a source that panics, on purpose");
            answered(now)
        });
        let endpoint = at_now(Endpoint::github(keys).unwrap()).budget(Duration::from_millis(300));
        Self { adapter, server: Server::start(adapter, endpoint), answer, sent: 0 }
    }

    /// Commands another answer, and waits until no cached one counts any more.
    fn switch_to(&self, answer: Answer) {
        self.at_once(answer);
        std::thread::sleep(Duration::from_millis(1050));
    }

    fn at_once(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// What the source has said counts for a second, whatever becomes of the source. On a busy machine the second may be over.
    fn is_cached_for_a_while(&mut self) {
        for _ in 0..10 {
            self.switch_to(Answer::Keys(&[CANARY]));
            let asked = Instant::now();
            self.send("C13", "reachable, not cached any more", CANARY, Expect::Ack);
            self.at_once(Answer::Fails);
            self.sent += 1;
            let status = crate::sender::told(&self.server, &push(CANARY, self.sent));
            if asked.elapsed() < Duration::from_secs(1) {
                assert_eq!(status, 200, "{:?}: unreachable, still cached", self.adapter);
                return;
            }
        }
        panic!("{:?}: this machine is too slow", self.adapter);
    }

    /// Sends an event of its own, signed with `key`.
    fn send(&mut self, id: &'static str, what: &str, key: &str, expect: Expect) {
        self.sent += 1;
        let request = push(key, self.sent);
        run_case(self.adapter, &self.server, &case(id, what, &request, expect));
    }
}

async fn answered(answer: Answer) -> Result<Option<Keyring>, BoxError> {
    match answer {
        Answer::Keys(keys) => {
            let named = |key: &&str| Secret::new(key).named(if *key == OTHER { "other" } else { "canary" });
            Ok(Some(keys.iter().map(named).collect::<Vec<_>>().into()))
        }
        Answer::Nobody => Ok(None),
        Answer::Fails => Err("the vault is sealed".into()),
        Answer::Hangs | Answer::Panics => std::future::pending().await,
    }
}

fn push(key: &str, number: u32) -> hookporter_testkit::SignedRequest {
    let body = format!(r#"{{"number":{number}}}"#);
    hookporter_testkit::github(key).at(UnixTime::from_secs(NOW)).target(TARGET).body(body).build()
}

#[test]
fn c11_a_revoked_key_is_dead_within_a_second() {
    for adapter in BOTH {
        let mut hook = Commanded::start(adapter, Answer::Keys(&[CANARY, OTHER]));
        hook.send("C11", "before", CANARY, Expect::Ack);
        hook.switch_to(Answer::Keys(&[OTHER]));
        hook.send("C11", "one of two revoked", CANARY, WRONG);
        hook.send("C11", "the other one lives", OTHER, Expect::Ack);
        // No key is left: that is an answer, and no broken one.
        hook.switch_to(Answer::Keys(&[]));
        hook.send("C11", "all revoked", OTHER, DEAD);
        hook.send("C11", "all revoked, asked again", OTHER, DEAD);
        hook.switch_to(Answer::Nobody);
        hook.send("C11", "the tenant is gone", OTHER, UNKNOWN);
        hook.switch_to(Answer::Keys(&[CANARY]));
        hook.send("C11", "back without a restart", CANARY, Expect::Ack);
    }
}

#[test]
fn c13_while_the_source_fails_the_sender_is_to_come_again() {
    for adapter in BOTH {
        let mut hook = Commanded::start(adapter, Answer::Fails);
        hook.send("C13", "never reachable", CANARY, NO_KEYS);
        hook.at_once(Answer::Hangs);
        hook.send("C13", "does not answer within the budget", CANARY, NO_KEYS);
        hook.at_once(Answer::Panics);
        hook.send("C13", "panics", CANARY, PANICKED);
        hook.at_once(Answer::Keys(&[""]));
        hook.send("C13", "an empty secret from the start", CANARY, NO_KEYS);
        hook.at_once(Answer::Keys(&["https://vault.test/the-address-of-the-key"]));
        hook.send("C13", "a URL from the start", CANARY, NO_KEYS);
        // What is no delivery does not reach the source, whatever its state.
        hook.at_once(Answer::Fails);
        let bare = push(CANARY, 0).without_signature();
        run_case(adapter, &hook.server, &case("C13", "without a signature", &bare, MISSING));
        hook.at_once(Answer::Keys(&[CANARY]));
        hook.send("C13", "reachable", CANARY, Expect::Ack);
        hook.is_cached_for_a_while();
        hook.switch_to(Answer::Fails);
        hook.send("C13", "unreachable past the cache", CANARY, NO_KEYS);
        hook.send("C13", "a forgery meanwhile is not judged", OTHER, NO_KEYS);
        hook.at_once(Answer::Keys(&[CANARY]));
        hook.send("C13", "reachable again", CANARY, Expect::Ack);
        // As gathered, an empty secret gives 503. Where good keys were known they stay instead (fault 28: "old keys
        // stay live"): a slip in a vault is no reason to turn real deliveries away. Never is "" a key.
        hook.switch_to(Answer::Keys(&[""]));
        hook.send("C13", "an empty secret after good ones", CANARY, Expect::Ack);
        hook.send("C13", "signed with the empty key", "\0", WRONG);
        hook.switch_to(Answer::Keys(&[OTHER]));
        hook.send("C13", "mended", OTHER, Expect::Ack);
        hook.send("C13", "mended, the old key", CANARY, WRONG);
    }
}

/// Whatever can be judged without a key is, before the source is asked.
#[test]
fn c13_what_is_no_delivery_does_not_reach_the_source() {
    let keys = || Keys::resolve(|_| async { Err::<Option<Keyring>, BoxError>("it was asked".into()) });
    let none = "Bearer eyJhbGciOiJub25lIn0.e30.AAAA";
    let steps = [
        ("no token", None, MISSING),
        ("no prefix", Some("eyJhbGciOiJIUzI1NiJ9.e30.AAAA"), Expect::Refused(401, Reason::MalformedHeader)),
        ("another algorithm", Some(none), Expect::Refused(401, Reason::UnsupportedAlgorithm)),
        ("a token by its looks", Some("Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA"), NO_KEYS),
    ];
    for adapter in BOTH {
        let scheme = Scheme::token(TokenScheme::hs256());
        let server = Server::start(adapter, at_now(Endpoint::custom("tokens", scheme, keys()).unwrap()));
        for (what, token, expect) in steps {
            let mut request = push(CANARY, 0).without_signature();
            if let Some(token) = token {
                request = request.with_header("authorization", token);
            }
            run_case(adapter, &server, &case("C13", what, &request, expect));
        }
    }
}

#[test]
fn c12_a_tenants_key_opens_no_other_tenants_door() {
    for adapter in BOTH {
        let keys = Keys::resolve(|tenant: String| async move {
            Ok::<_, BoxError>(match tenant.as_str() {
                "a" => Some(Secret::new(CANARY).named("key-of-a")),
                "b" => Some(Secret::new(OTHER).named("key-of-b")),
                _ => None,
            })
        });
        let endpoint = at_now(Endpoint::github(keys).unwrap()).tenant_from_header("x-tenant");
        let server = Server::start(adapter, endpoint);
        let of = |tenant: &str, key| push(key, 1).with_header("x-tenant", tenant);
        let steps = [
            (of("a", CANARY), Expect::Ack),
            (of("b", CANARY), WRONG),
            (of("b", OTHER), Expect::Ack),
            (of("a", OTHER), WRONG),
            (of("c", CANARY), UNKNOWN),
            (push(CANARY, 1), UNKNOWN),
            (of("b", CANARY).with_added_header("x-tenant", "a"), UNKNOWN),
        ];
        for (number, (request, expect)) in steps.into_iter().enumerate() {
            run_case(adapter, &server, &case("C12", format!("tenants, step {number}"), &request, expect));
        }
    }
}

#[test]
fn c11_c13_key_files_are_read_anew() {
    for adapter in BOTH {
        let path = std::env::temp_dir().join(format!("hookporter-{}-{adapter:?}.key", std::process::id()));
        let endpoint = at_now(Endpoint::github(Keys::files([path.clone()])).unwrap());
        let watched = endpoint.clone();
        let is_amber = || watched.health().alarms.iter().any(|alarm| alarm.as_str() == "broken-keys");
        let server = Server::start(adapter, endpoint);
        let mut number = 0;
        let mut send = |what: &str, key: &str, expect| {
            number += 1;
            run_case(adapter, &server, &case("C13", format!("key file: {what}"), &push(key, number), expect));
        };
        let write = |text: &str| replace(&path, text);
        send("missing", CANARY, NO_KEYS);
        write("");
        send("empty", CANARY, NO_KEYS);
        write("\n");
        send("a line end alone", CANARY, NO_KEYS);
        write(&format!("{CANARY}\n"));
        send("one line", CANARY, Expect::Ack);
        let name = server.only_record().key_id.unwrap();
        assert_eq!(Some(name.as_str()), path.file_name().and_then(|name| name.to_str()));
        write(&format!("{OTHER}\r\n"));
        std::thread::sleep(Duration::from_millis(1050));
        send("replaced, the old key", CANARY, WRONG);
        send("replaced, the new key", OTHER, Expect::Ack);
        // Fault 28: rubbish replaces no working key, and health says so until it is mended.
        assert!(!is_amber());
        write(&format!("{CANARY}\n\n"));
        std::thread::sleep(Duration::from_millis(1050));
        send("rubbish", OTHER, Expect::Ack);
        assert!(is_amber(), "{:?}", watched.health());
        write(&format!("{CANARY}\n"));
        std::thread::sleep(Duration::from_millis(1050));
        send("mended", CANARY, Expect::Ack);
        assert!(!is_amber());
        write(&format!("{OTHER}\n"));
        std::thread::sleep(Duration::from_millis(1050));
        std::fs::remove_file(&path).unwrap();
        std::thread::sleep(Duration::from_millis(1050));
        send("removed", OTHER, NO_KEYS);
    }
}

/// Replaces a file at once, as a mounted secret is.
fn replace(path: &Path, text: &str) {
    let next = path.with_extension("next");
    std::fs::write(&next, text).unwrap();
    std::fs::rename(next, path).unwrap();
}
