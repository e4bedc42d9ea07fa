//! No challenge is a way to have something signed, said, or put into a header.

use hookporter::{Endpoint, Keys, Outcome, Reason, Secret, UnixTime};
use serde_json::json;

use super::{ANSWERED, Ask, KEY, VERIFY_TOKEN, endpoint, expect, refused, willing};
use crate::attacks::{NOW, at_now};
use crate::server::{BOTH, Server};

/// Texts that no challenge may have: signed messages, bodies, headers, pages.
fn bad_texts() -> Vec<String> {
    let texts = [
        "",
        "v0:1700000000:{}",
        r#"v0:1700000000:{"event":"meeting.started","payload":{}}"#,
        r#"{"for_user_id":"1","tweet_create_events":[]}"#,
        r#""a""#,
        "[1]",
        "a=b&c=d",
        "a=b",
        "a\r\nset-cookie: b=c",
        "a\nb",
        "<script>alert(1)</script>",
        "a b",
        "a\0b",
        "caf\u{e9}",
    ];
    texts.into_iter().map(str::to_owned).chain(["a".repeat(257), "a".repeat(3000)]).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn queries_with_another_text_than_a_senders_are_refused() {
    let cases = [
        ("x-twitter", "?crc_token="),
        ("dropbox", "?challenge="),
        ("nylas", "?challenge="),
        ("meta", "?hub.mode=subscribe&hub.verify_token=verify-token-of-the-test&hub.challenge="),
    ];
    for adapter in BOTH {
        for (id, query) in cases {
            let server = Server::start(adapter, willing(id));
            for text in bad_texts() {
                let ask = Ask::get(&format!("{query}{}", encoded(&text)));
                expect(adapter, &server, &ask, 401, refused(Reason::HandshakeRefused));
            }
            let twice = Ask::get(&format!("{query}a&{}a", query.rsplit(['?', '&']).next().unwrap()));
            expect(adapter, &server, &twice, 401, refused(Reason::HandshakeRefused));
        }
    }
}

#[test]
fn zooms_challenge_is_answered_under_the_guard_with_or_without_a_proof() {
    let body = |text: &str| json!({"event": "endpoint.url_validation", "payload": {"plainToken": text}}).to_string();
    let signed = |body: &str| {
        let request = hookporter_testkit::zoom(KEY).at(UnixTime::from_secs(NOW)).body(body.to_owned()).build();
        let ask = Ask::post(body);
        let header = |name| request.header(name).unwrap().to_owned();
        ask.header("x-zm-request-timestamp", &header("x-zm-request-timestamp"))
            .header("x-zm-signature", &header("x-zm-signature"))
    };
    for adapter in BOTH {
        let server = Server::start(adapter, at_now(Endpoint::zoom(Secret::new(KEY)).unwrap()));
        let good = body("qgg8vlvZRS6UYooatFL8Aw");
        let bare = expect(adapter, &server, &Ask::post(&good), 200, ANSWERED);
        let proven = expect(adapter, &server, &signed(&good), 200, ANSWERED);
        assert_eq!(bare.body, proven.body);
        let encrypted = "c8e422d28ccb010da6a114a2033a0ecc2ddd9c5f835d7bc664a2112b568d42a7";
        assert!(String::from_utf8_lossy(&bare.body).contains(encrypted), "{adapter:?}");

        let mut wrong = signed(&body("other"));
        wrong.body = good.clone();
        expect(adapter, &server, &wrong, 401, refused(Reason::InvalidSignature));
        for text in bad_texts() {
            expect(adapter, &server, &Ask::post(&body(&text)), 401, refused(Reason::HandshakeRefused));
            expect(adapter, &server, &signed(&body(&text)), 401, refused(Reason::HandshakeRefused));
        }
        // Longer than any challenge, and two of them: not looked at, and without a proof.
        for other in [body(&"a".repeat(1_000_000)), good.replace("{\"event\"", "{\"event\":\"x\",\"event\"")] {
            expect(adapter, &server, &Ask::post(&other), 401, refused(Reason::MissingHeader));
        }
        let event = Ask::post(r#"{"event":"meeting.started","payload":{"plainToken":"abc"}}"#);
        expect(adapter, &server, &event, 401, refused(Reason::MissingHeader));
    }
}

/// A signature that anybody can ask for is not taken for one of X's over a body.
#[test]
fn what_x_has_signed_as_a_challenge_is_no_delivery() {
    for adapter in BOTH {
        let server = Server::start(adapter, at_now(Endpoint::x_twitter(Secret::new(KEY)).unwrap()));
        for text in ["12345", "true", "null", "OGFkMTBlNTEtNTc4Mi00YmI3", "YQ=="] {
            let answer = expect(adapter, &server, &Ask::get(&format!("?crc_token={}", encoded(text))), 200, ANSWERED);
            let answer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            let signature = answer["response_token"].as_str().unwrap();
            let forged = Ask::post(text).header("x-twitter-webhooks-signature", signature);
            expect(adapter, &server, &forged, 401, refused(Reason::HandshakeRefused));
            let other = Ask::post("{}").header("x-twitter-webhooks-signature", signature);
            expect(adapter, &server, &other, 401, refused(Reason::InvalidSignature));
        }
    }
}

#[test]
fn headers_forms_and_members_have_their_guards_too() {
    let cases = [
        ("okta", Ask::get("").header("x-okta-verification-challenge", "<b>")),
        ("okta", Ask::get("").header("x-okta-verification-challenge", &"a".repeat(257))),
        (
            "okta",
            Ask::get("").header("x-okta-verification-challenge", "a").header("x-okta-verification-challenge", "b"),
        ),
        ("asana", Ask::post("{}").header("x-hook-secret", "short")),
        ("asana", Ask::post("{}").header("x-hook-secret", "0123456789abcdef, 0123456789abcdef")),
        ("notion", Ask::post(r#"{"verification_token":"short"}"#)),
        ("woocommerce", Ask::post("webhook_id=1a")),
        ("woocommerce", Ask::post("webhook_id=123456789012345678901")),
    ];
    for adapter in BOTH {
        for (id, ask) in &cases {
            let server = Server::start(adapter, willing(id));
            expect(adapter, &server, ask, 401, refused(Reason::HandshakeRefused));
        }
        let server = Server::start(adapter, willing("woocommerce"));
        for other in ["webhook_id=1&action=delete", "id=1", "{}", ""] {
            expect(adapter, &server, &Ask::post(other), 401, refused(Reason::MissingHeader));
        }
        // With a proof that does not hold, none is a challenge.
        let signed =
            Ask::post("webhook_id=1").header("x-wc-webhook-signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        expect(adapter, &server, &signed, 401, refused(Reason::InvalidSignature));
        let server = Server::start(adapter, willing("okta"));
        let wrong = Ask::get("").header("x-okta-verification-challenge", "a").header("authorization", "another");
        expect(adapter, &server, &wrong, 401, refused(Reason::InvalidSignature));
    }
}

/// A challenge that must be proven is not answered at the door.
#[test]
fn signed_challenges_are_answered_after_their_proof_only() {
    let event_grid = |target: &str| {
        let body = json!([{"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": "512d"}}]);
        Ask { target: format!("{}{target}", crate::server::PATH), ..Ask::post(&body.to_string()) }
    };
    for adapter in BOTH {
        let server = Server::start(adapter, endpoint("azure-event-grid"));
        let code = hookporter_testkit::keys("azure-event-grid").unwrap().receiver;
        let answer = expect(adapter, &server, &event_grid(&format!("?code={code}")), 200, ANSWERED);
        assert_eq!(answer.body, br#"{"validationResponse":"512d"}"#);
        expect(adapter, &server, &event_grid(""), 401, refused(Reason::MissingHeader));
        expect(adapter, &server, &event_grid("?code=another"), 401, refused(Reason::InvalidSignature));
        expect(
            adapter,
            &server,
            &event_grid(&format!("?code={code}&code={code}")),
            401,
            refused(Reason::RepeatedHeader),
        );
        let options = Ask::get("").method("OPTIONS").header("webhook-request-origin", "eventgrid.azure.net");
        expect(adapter, &server, &options, 401, refused(Reason::MissingHeader));

        let server = Server::start(adapter, endpoint("twitch"));
        let challenge = Ask::post(r#"{"challenge":"abc","subscription":{"type":"channel.follow"}}"#);
        expect(adapter, &server, &challenge, 401, refused(Reason::MissingHeader));
    }
}

#[test]
fn metas_verify_token_is_the_endpoints_or_nothing_is_answered() {
    let ask = |token: &str| Ask::get(&format!("?hub.mode=subscribe&hub.challenge=115&hub.verify_token={token}"));
    for adapter in BOTH {
        let server = Server::start(adapter, willing("meta"));
        let answer = expect(adapter, &server, &ask(VERIFY_TOKEN), 200, ANSWERED);
        assert_eq!((&*answer.body, answer.header("content-type")), (&b"115"[..], Some("text/plain")), "{adapter:?}");
        let cut = &VERIFY_TOKEN[..VERIFY_TOKEN.len() - 1];
        for wrong in [cut, "", "verify-token-of-the-testx", "VERIFY-TOKEN-OF-THE-TEST"] {
            expect(adapter, &server, &ask(wrong), 401, refused(Reason::HandshakeRefused));
        }
        let without = Ask::get("?hub.mode=subscribe&hub.challenge=115");
        expect(adapter, &server, &without, 401, refused(Reason::HandshakeRefused));
        let server = Server::start(adapter, endpoint("meta"));
        expect(adapter, &server, &ask(VERIFY_TOKEN), 401, refused(Reason::HandshakeRefused));
        expect(adapter, &server, &ask(""), 401, refused(Reason::HandshakeRefused));
    }
    assert!(endpoint("meta").verify_token(Secret::new(" ")).is_err());
    assert!(endpoint("zoom").verify_token(Secret::new("a token")).is_err());
}

#[test]
fn keys_that_are_not_there_answer_nothing() {
    let ask = Ask::get("?crc_token=abc");
    for adapter in BOTH {
        let expired = Secret::new(KEY).expires_at(UnixTime::from_secs(NOW));
        let server = Server::start(adapter, at_now(Endpoint::x_twitter(expired).unwrap()));
        expect(adapter, &server, &ask, 401, refused(Reason::NoLiveKey));

        let down = Keys::resolve(|_| std::future::ready(Err::<Option<Secret>, _>("the source is down")));
        let server = Server::start(adapter, at_now(Endpoint::x_twitter(down).unwrap()));
        expect(adapter, &server, &ask, 503, (Outcome::Unavailable, Some(Reason::KeySourceUnavailable)));

        let nobody = Keys::resolve(|_| std::future::ready(Ok::<Option<Secret>, std::convert::Infallible>(None)));
        let server = Server::start(adapter, at_now(Endpoint::x_twitter(nobody).unwrap()));
        expect(adapter, &server, &ask, 401, refused(Reason::UnknownTenant));
    }
}

#[test]
fn a_revoked_key_answers_nothing_and_the_next_one_does() {
    let ask = Ask::get("?crc_token=abc");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for adapter in BOTH {
        let keys = [Secret::new(KEY).named("old"), Secret::new("another secret that is long").named("new")];
        let server = Server::start(adapter, at_now(Endpoint::x_twitter(keys).unwrap()));
        let by_old = expect(adapter, &server, &ask, 200, ANSWERED).body;
        let revoke = |key| runtime.block_on(server.endpoint.revoke_key(None, key)).unwrap();
        revoke("old");
        let by_new = expect(adapter, &server, &ask, 200, ANSWERED).body;
        assert_ne!(by_old, by_new, "{adapter:?}");
        revoke("new");
        expect(adapter, &server, &ask, 401, refused(Reason::NoLiveKey));
        runtime.block_on(server.endpoint.restore_key(None, "old")).unwrap();
        assert_eq!(expect(adapter, &server, &ask, 200, ANSWERED).body, by_old, "{adapter:?}");
    }
}
