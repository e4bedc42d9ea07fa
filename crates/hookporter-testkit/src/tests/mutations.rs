use hookporter_core::{Header, Json, Reason, Scheme, Verifier};

use super::{NOW, Receiver, presets};

fn names(maker: &crate::RequestMaker) -> Vec<&'static str> {
    maker.mutations().iter().map(|mutation| mutation.name).collect()
}

#[test]
fn every_preset_takes_what_the_kit_makes_and_refuses_every_forgery_for_its_reason() {
    let presets = presets();
    assert!(presets.len() >= 8, "{}", presets.len());
    for (name, _, maker, receiver) in presets {
        receiver.holds_against(&maker, name);
        receiver.holds_against(&maker.clone().event("thing.changed").event_id("77"), name);
    }
}

#[test]
fn twilio_takes_json_with_its_hash_and_both_kinds_over_a_url_with_a_query() {
    let receiver = Receiver::of("twilio", "an auth token");
    let url = "https://public.example:8443/sms?tenant=a";
    for maker in [crate::twilio("an auth token"), crate::twilio_json("an auth token")] {
        receiver.holds_against(&maker, "twilio");
        receiver.holds_against(&maker.clone().url(url), "twilio with a query");
        let request = maker.url(url).at(NOW).build();
        let elsewhere = request.clone().with_target(&request.target().replace("tenant=a", "tenant=b"));
        assert_eq!(receiver.check(&elsewhere).map_err(|r| r.kind()).unwrap_err(), Reason::InvalidSignature);
    }
    let json = crate::twilio("an auth token").json(&serde_json::json!({"a": 1})).at(NOW).build();
    assert!(json.target().contains("?bodySHA256="), "{}", json.target());
    assert!(receiver.check(&json).is_ok());
}

#[test]
fn the_list_is_whole_where_everything_is_signed_and_claims_nothing_that_is_not() {
    let all = [
        "tampered-body",
        "stale-timestamp",
        "future-timestamp",
        "moved-timestamp",
        "wrong-key",
        "tampered-signature",
        "truncated-signature",
        "repeated-signature",
        "missing-signature",
    ];
    assert_eq!(names(&crate::stripe("x").at(NOW)), all);
    assert_eq!(names(&crate::github("x")).len(), all.len() - 3);
    assert!(!names(&crate::hubla("x")).contains(&"tampered-body"));
}

#[test]
fn custom_schemes_are_forged_by_what_their_signing_shows() {
    let header = || Header::new("x-acme-signature");
    let time = || Header::new("x-acme-time");
    let schemes = [
        ("hex", Scheme::hmac_sha256().signature(header().prefix("sha256=").hex()), true),
        ("base64url", Scheme::hmac_sha256().signature(header().base64url()), true),
        ("base64url of 20", Scheme::hmac_sha1().signature(header().base64url()), true),
        ("base64url of 64", Scheme::hmac_sha512().signature(header().base64url()), true),
        (
            "list",
            Scheme::hmac_sha256()
                .signed("{timestamp}.{method}.{path}.{body}")
                .signature(header().list(';').item("sig").base64())
                .timestamp(header().list(';').item("time").rfc3339()),
            true,
        ),
        (
            "body last and first",
            Scheme::hmac_sha512()
                .signed("{body}:{timestamp}")
                .signature(header().hex())
                .timestamp(time().unix_millis()),
            true,
        ),
        ("url", Scheme::hmac_sha256().signed("{url}{body}").signature(header().hex()), true),
        ("header", Scheme::hmac_sha256().signed("{header:content-type}{body}").signature(header().hex()), true),
        (
            "date in the body",
            Scheme::hmac_sha256().signature(header().hex()).timestamp(Json::pointer("/at").unix_millis()),
            true,
        ),
        (
            "date deep in the body",
            Scheme::hmac_sha256()
                .signed("{method}{body}")
                .signature(header().hex())
                .timestamp(Json::pointer("/data/at").rfc3339()),
            true,
        ),
        ("algorithm", Scheme::hmac_sha512().signature(header().algorithm("sha512").base64()), true),
        ("one of two headers", Scheme::hmac_sha256().signature(header().or("x-acme-second").hex()), true),
        ("numbered headers", Scheme::hmac_sha256().signature(Header::numbered("x-acme-").prefix("v1:").hex()), true),
        (
            "fixed headers",
            Scheme::hmac_sha256()
                .signature(header().hex())
                .fixed_header("x-acme-version", "2")
                .algorithm_header("x-acme-algorithm", "hs256"),
            true,
        ),
        ("fields", Scheme::hmac_sha256().signed("{field:/id}").signature(header().hex()), false),
        ("static", Scheme::static_token("x-acme-token"), false),
    ];
    for (name, scheme, covers_body) in schemes {
        let receiver = Receiver::new(Verifier::new(scheme.clone()).unwrap(), &["a secret of the test"]);
        let maker = crate::custom(scheme, "a secret of the test").at(NOW);
        receiver.holds_against(&maker, name);
        assert_eq!(names(&maker).contains(&"tampered-body"), covers_body, "{name}");
    }
}

#[test]
fn a_proof_in_the_body_is_put_there_and_forged_there() {
    use hookporter_core::{Encoding, SignedBytes, SignedMessage};
    use serde_json::{Value, json};
    let read = |body: &[u8]| serde_json::from_slice::<Value>(body).map_err(|_| Reason::MalformedBody);
    let text = |body: &Value, name: &str| {
        let found = body[name].as_str().map(str::to_owned);
        found.ok_or_else(|| hookporter_core::Rejection::new(Reason::MalformedBody))
    };
    let scheme = Scheme::hmac_sha256()
        .proof_found_by(move |input| {
            let body = read(input.body)?;
            if input.body.windows(5).filter(|part| part == br#""sig""#).count() != 1 {
                return Err(Reason::MalformedBody.into());
            }
            let (id, time) = (text(&body, "id")?, text(&body, "time")?);
            let message = SignedMessage::new(format!("{time}.{id}").into());
            let message = message.signatures([text(&body, "sig")?.as_bytes()], Encoding::Base64)?;
            Ok(SignedBytes::new().and(message).covering_fields().sent(time.into()))
        })
        .body_timestamp(hookporter_core::TimeUnit::Millis)
        .event_id(hookporter_core::Json::pointer("/id"))
        .proof_written_by(|draft| {
            let mut body: Value = serde_json::from_slice(draft.body).unwrap();
            let time = draft.timestamp.unwrap_or_default();
            let message = format!("{time}.{}", body["id"].as_str().unwrap_or_default());
            body["time"] = json!(time);
            body["sig"] = json!(draft.sign(message.as_bytes(), Encoding::Base64)?);
            Ok(body.to_string().into_bytes())
        });
    let receiver = Receiver::new(Verifier::new(scheme.clone()).unwrap(), &["a secret of the test"]);
    let maker = crate::custom(scheme, "a secret of the test").at(NOW);
    receiver.holds_against(&maker, "custom");
    let names = names(&maker);
    assert!(names.contains(&"moved-timestamp") && !names.contains(&"tampered-body"), "{names:?}");
    assert_eq!(maker.build().signature_header(), None);
}

#[cfg(feature = "jwt")]
#[test]
fn tokens_are_forged_in_a_header_and_in_the_body() {
    use hookporter_core::Encoding;
    use hookporter_core::jwt::{ClaimsPolicy, TokenScheme};
    let policy = || ClaimsPolicy::new().issuer("acme");
    let schemes = [
        ("bearer", TokenScheme::hs256().claims(policy()), false),
        ("hash", TokenScheme::hs256().in_header(Header::new("x-jws")).body_hash("sha256", Encoding::Hex), true),
        ("body", TokenScheme::hs256().in_body("a_long_name_of_a_member").claims(policy()), true),
    ];
    for (name, token, covers_body) in schemes {
        let scheme = Scheme::token(token);
        let receiver = Receiver::new(Verifier::new(scheme.clone()).unwrap(), &["a secret of the test"]);
        let maker = crate::custom(scheme, "a secret of the test").at(NOW);
        receiver.holds_against(&maker, name);
        assert_eq!(names(&maker).contains(&"tampered-body"), covers_body, "{name}");
    }
}

#[cfg(feature = "http-signatures")]
#[test]
fn message_signatures_of_ones_own_are_forged_with_a_body_and_without() {
    use hookporter_core::message_signature::MessageScheme;
    let message = MessageScheme::hmac_sha256;
    let schemes = [
        ("default", message(), true),
        ("labelled", message().label("acme").tag("shop").demand_key_id(), true),
        ("query", message().with_required(["@query-param;name=\"a\"", "content-type", "content-digest"]), true),
        ("no body", message().with_required(["@method", "@target-uri", "content-type"]), false),
    ];
    for (name, message, covers_body) in schemes {
        let scheme = Scheme::message_signature(message);
        let receiver = Receiver::new(Verifier::new(scheme.clone()).unwrap(), &["a secret of the test"]);
        let maker = crate::custom(scheme, "a secret of the test").target("/hook?a=b%20c&d=e").at(NOW);
        receiver.holds_against(&maker, name);
        assert_eq!(names(&maker).contains(&"tampered-body"), covers_body, "{name}");
        assert!(names(&maker).contains(&"moved-timestamp"), "{name}");
    }
}

#[cfg(feature = "ed25519")]
#[test]
fn an_asymmetric_scheme_of_ones_own_is_forged_with_another_private_key() {
    let keys = crate::discord_keys();
    let scheme = Scheme::new(hookporter_core::Algorithm::Ed25519).signature(Header::new("x-acme-signature").base64());
    let receiver = Receiver::new(Verifier::new(scheme.clone()).unwrap(), &[keys.receiver]);
    receiver.holds_against(&crate::custom(scheme, keys.sender), "ed25519");
}

#[test]
fn a_scheme_that_contradicts_itself_and_a_key_that_cannot_sign_are_said() {
    let scheme = Scheme::hmac_sha256().signed("{timestamp}.{body}").signature(Header::new("x").hex());
    assert!(crate::custom(scheme, "a secret").try_build().is_err());
    assert!(crate::standard_webhooks("whsec_!").try_build().is_err());
    assert!(crate::standard_webhooks("whsec_!").try_mutations().is_err());
    assert!(crate::provider("nobody", "a secret").is_err());
    assert!(crate::keys("nobody").is_err());
    // A wrong key that is right would make a forgery that is none.
    let wrong = crate::keys("stripe").unwrap().wrong;
    assert!(crate::stripe(wrong).try_mutations().is_err());
    assert!(crate::stripe("x").also_signed_with(wrong).try_mutations().is_err());
    assert!(crate::stripe(wrong).wrong_secret("another").try_mutations().is_ok());
}
