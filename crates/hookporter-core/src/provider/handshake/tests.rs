use bytes::Bytes;

use super::known::{BRAINTREE, CLOUDEVENTS, MICROSOFT_GRAPH, MONDAY};
use super::{Handshake, HandshakeRule, ProofDemand, Source, When};
use crate::provider::Provider;
use crate::scheme::KeyDecoding;
use crate::{
    Head, Header, KeyRule, Keyring, PreparedKeyring, Reason, Refused, Rejection, Scheme, Secret, UnixTime, Verifier,
};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

type Lines = Vec<(&'static str, String)>;

/// A sender with these challenges, whose proof is a MAC of the body.
struct Receiver {
    provider: Provider,
    verifier: Verifier,
    keys: PreparedKeyring,
}

impl Receiver {
    fn new(handshakes: &'static [HandshakeRule]) -> Self {
        let provider = Provider { handshakes, scheme, ..Provider::BASE };
        let secrets = [Secret::weak("public_key:private_key").named("new"), Secret::weak("b:old").named("old")];
        Self::with(provider, &Keyring::from(secrets))
    }

    fn with(provider: Provider, keyring: &Keyring) -> Self {
        let verifier = provider.verifier().unwrap();
        let keys = verifier.prepare(keyring).unwrap();
        Self { provider, verifier, keys }
    }

    /// The answer without a proof.
    fn asks(&self, method: &str, target: &str, headers: &Lines, body: &str) -> Result<Option<Handshake>, Reason> {
        let head = Head::new(method, target, headers);
        let challenge = self.provider.challenge(&self.verifier, &head, body.as_bytes()).map_err(|r| r.kind())?;
        let answer = challenge.map(|challenge| challenge.answer(&head, Some(&self.keys), None, NOW));
        answer.transpose().map_err(|rejection| rejection.kind())
    }

    /// The answer once the proof held.
    fn proves(&self, headers: &Lines, body: &str) -> Result<Option<Handshake>, Rejection> {
        let head = Head::new("POST", "/hook", headers);
        let mut check = self.verifier.begin(&head, &self.keys, NOW)?;
        check.push(Bytes::copy_from_slice(body.as_bytes()))?;
        let delivery = check.finish().map_err(Refused::into_rejection)?;
        self.provider.handshake(&delivery, &head, Some(&self.keys))
    }
}

fn scheme() -> Scheme {
    let rule = KeyRule::decoded(KeyDecoding::Function(private_part), 1, "two parts").public_part(public_part);
    Scheme::hmac_sha1().signature(Header::new("x-sig").hex()).key_rule(rule)
}

fn public_part(text: &[u8]) -> Option<String> {
    std::str::from_utf8(text).ok()?.split_once(':').map(|(public, _)| public.to_owned())
}

/// Braintree's key is the hash of the private one.
fn private_part(text: &[u8]) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    use sha1::{Digest, Sha1};
    let (_, private) = std::str::from_utf8(text).ok()?.split_once(':')?;
    Some(zeroize::Zeroizing::new(Sha1::digest(private).to_vec()))
}

fn none() -> Lines {
    Vec::new()
}

fn said(answer: Result<Option<Handshake>, Reason>) -> Result<Option<String>, Reason> {
    answer.map(|answer| answer.map(|answer| String::from_utf8(answer.body.to_vec()).unwrap()))
}

#[test]
fn braintree_signs_hexadecimal_and_nothing_else() {
    let secret = Secret::weak("integration_public_key:integration_private_key");
    let provider = Provider { handshakes: &[BRAINTREE], scheme, ..Provider::BASE };
    let receiver = Receiver::with(provider, &Keyring::from(secret));
    let ask = |challenge: &str| said(receiver.asks("GET", &format!("/hook?bt_challenge={challenge}"), &none(), ""));
    // The vector of Braintree's own libraries.
    let answer = "integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4";
    assert_eq!(ask("20f9f8ed05f77439fe955c977e4c8a53"), Ok(Some(answer.to_owned())));
    let long = "a".repeat(33);
    for bad in
        ["20F9F8ED05F77439FE955C977E4C8A53", "20f9f8ed05f77439fe9", "PD94bWw%2BCjw=", "v0:1700000000:{}", "", &long]
    {
        assert_eq!(ask(bad), Err(Reason::HandshakeRefused), "{bad}");
    }
    assert_eq!(said(receiver.asks("GET", "/hook", &none(), "")), Ok(None));
    assert_eq!(
        said(receiver.asks("POST", "/hook?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53", &none(), "")),
        Ok(None)
    );
}

#[test]
fn monday_gets_its_challenge_back_unless_its_token_is_wrong() {
    let receiver = Receiver::new(&[MONDAY]);
    let body = r#"{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}"#;
    assert_eq!(said(receiver.asks("POST", "/hook", &none(), body)), Ok(Some(body.to_owned())));
    let offered = vec![("x-sig", "00".repeat(20))];
    assert_eq!(said(receiver.asks("POST", "/hook", &offered, body)), Ok(None), "judged like any other");
    assert_eq!(receiver.proves(&offered, body).map_err(|r| r.kind()), Err(Reason::InvalidSignature));
    for bad in
        [r#"{"challenge":"v0:1:{}"}"#, r#"{"challenge":"a\r\nb"}"#, r#"{"challenge":"<b>"}"#, r#"{"challenge":""}"#]
    {
        assert_eq!(said(receiver.asks("POST", "/hook", &none(), bad)), Err(Reason::HandshakeRefused), "{bad}");
    }
    for other in [
        r#"{"event":{"type":"x"},"challenge":"a"}"#,
        r#"{"challenge":{"a":1}}"#,
        r#"{"challenge":"a","challenge":"b"}"#,
        "[]",
    ] {
        assert_eq!(said(receiver.asks("POST", "/hook", &none(), other)), Ok(None), "{other}");
    }
}

#[test]
fn microsoft_graph_gets_the_decoded_text() {
    let receiver = Receiver::new(&[MICROSOFT_GRAPH]);
    let ask = |token: &str| receiver.asks("POST", &format!("/hook?validationToken={token}"), &none(), "");
    let answer = ask("Validation%3A+Testing+client+application+reachability%26x").unwrap().unwrap();
    assert_eq!(answer.body, "Validation: Testing client application reachability&x");
    assert_eq!(answer.content_type, Some("text/plain"));
    let long = "a".repeat(513);
    for bad in ["%3Cscript%3E", "a%0D%0Ab", "%7B%22a%22%3A1%7D", "a&validationToken=b", "", &long] {
        assert_eq!(said(ask(bad)), Err(Reason::HandshakeRefused), "{bad}");
    }
}

#[test]
fn cloudevents_allows_the_origin_at_the_rate_that_it_asks_for() {
    let receiver = Receiver::new(&[CLOUDEVENTS]);
    let ask = |headers: &Lines| receiver.asks("OPTIONS", "/hook", headers, "");
    let origin = |origin: &str| ("WebHook-Request-Origin", origin.to_owned());
    let rate = |rate: &str| ("WebHook-Request-Rate", rate.to_owned());
    let asked =
        vec![origin("eventemitter.example.com"), rate("120"), ("WebHook-Request-Callback", "https://x".to_owned())];
    let answer = ask(&asked).unwrap().unwrap();
    let headers: Vec<_> = answer.headers.iter().collect();
    let expected =
        [("webhook-allowed-origin", "eventemitter.example.com"), ("webhook-allowed-rate", "120"), ("allow", "POST")];
    assert_eq!((answer.status, headers.as_slice(), answer.body.len()), (200, expected.as_slice(), 0));
    let without_rate = ask(&vec![origin("a.example")]).unwrap().unwrap();
    assert!(without_rate.headers.iter().all(|(name, _)| name != "webhook-allowed-rate"));
    for bad in [
        vec![origin("a.example\r\nset-cookie: b=c")],
        vec![origin("<b>")],
        vec![origin("")],
        vec![origin("a.example"), origin("b.example")],
        vec![origin("a.example"), rate("many")],
        vec![origin("a.example"), rate("1"), rate("2")],
    ] {
        assert_eq!(ask(&bad).map(|_| ()), Err(Reason::HandshakeRefused), "{bad:?}");
    }
    assert_eq!(ask(&none()), Ok(None));
}

#[test]
fn a_proven_challenge_is_answered_with_the_key_that_fitted() {
    use super::{Answer, Piece};
    const RULE: HandshakeRule = HandshakeRule {
        when: &[When::There(Source::Json("/c"))],
        challenge: Some(Source::Json("/c")),
        answer: Answer::Text(&[Piece::PublicPart, Piece::Text("|"), Piece::Mac(crate::Encoding::Hex)]),
        ..HandshakeRule::BASE
    };
    let receiver = Receiver::new(&[RULE]);
    let body = r#"{"c":"abc"}"#;
    let signature = |name: &str| {
        let key = receiver.keys.live(NOW).find(|key| key.id.as_str() == name).unwrap();
        const_hex::encode(key.material.tag(&[body.as_bytes()]).unwrap().as_bytes())
    };
    for (name, public) in [("new", "public_key|"), ("old", "b|")] {
        let answer = receiver.proves(&vec![("x-sig", signature(name))], body).unwrap().unwrap();
        assert!(answer.body.starts_with(public.as_bytes()), "{name}");
    }
    assert_eq!(said(receiver.asks("POST", "/hook", &none(), body)), Ok(None), "never without a proof");
}

/// Whoever has a text signed as a challenge has a signature that fits the same text as a body.
#[test]
fn a_text_that_is_signed_as_a_challenge_is_never_a_delivery() {
    use super::{Answer, Piece};
    const RULE: HandshakeRule = HandshakeRule {
        method: "GET",
        proof: ProofDemand::Ignored,
        when: &[When::There(Source::Query("crc"))],
        challenge: Some(Source::Query("crc")),
        answer: Answer::Text(&[Piece::Mac(crate::Encoding::Hex)]),
        ..HandshakeRule::BASE
    };
    let receiver = Receiver::new(&[RULE]);
    for text in ["12345", "true", "OGFkMTBlNTEtNTc4Mi00YmI3LWFiOTItZDk1YmU0YTI4ZWQz", "a=="] {
        let signature = said(receiver.asks("GET", &format!("/hook?crc={text}"), &none(), "")).unwrap().unwrap();
        let refused = receiver.proves(&vec![("x-sig", signature)], text);
        assert_eq!(refused.map_err(|rejection| rejection.kind()), Err(Reason::HandshakeRefused), "{text}");
    }
    let signature = said(receiver.asks("GET", "/hook?crc=abc", &none(), "")).unwrap().unwrap();
    let other = receiver.proves(&vec![("x-sig", signature)], "{}");
    assert_eq!(other.map_err(|rejection| rejection.kind()), Err(Reason::InvalidSignature));
    for body in [r#"{"a":1}"#, "a=b&c=d", r#""a""#, "[1]"] {
        let target = format!("/hook?crc={}", form_urlencoded::byte_serialize(body.as_bytes()).collect::<String>());
        assert_eq!(said(receiver.asks("GET", &target, &none(), "")), Err(Reason::HandshakeRefused), "{body}");
    }
}

#[test]
fn an_expired_key_answers_nothing() {
    let provider = Provider { handshakes: &[BRAINTREE], scheme, ..Provider::BASE };
    let secret = |id: &str, ends: i64| {
        Secret::weak(format!("{id}:private")).named(id).expires_at(UnixTime::from_secs(NOW.as_secs() + ends))
    };
    let target = "/hook?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53";
    let receiver = Receiver::with(provider, &Keyring::from([secret("old", 0), secret("new", 1)]));
    let answer = said(receiver.asks("GET", target, &none(), "")).unwrap().unwrap();
    assert!(answer.starts_with("new|"), "{answer}");
    let receiver = Receiver::with(provider, &Keyring::from(secret("old", 0)));
    assert_eq!(said(receiver.asks("GET", target, &none(), "")), Err(Reason::NoLiveKey));
}

#[test]
fn a_secret_that_is_handed_over_is_answered_once_it_is_kept_and_shows_nowhere() {
    use super::{Answer, Piece};
    const RULE: HandshakeRule = HandshakeRule {
        proof: ProofDemand::Absent,
        when: &[When::There(Source::Header("x-hook-secret"))],
        challenge: Some(Source::Header("x-hook-secret")),
        hands_over_secret: true,
        answer: Answer::Headers(&[("x-hook-secret", Piece::Challenge)]),
        ..HandshakeRule::BASE
    };
    let receiver = Receiver::new(&[RULE]);
    let headers = vec![("x-hook-secret", "b537207f20cbfa02".to_owned())];
    let head = Head::new("POST", "/hook", &headers);
    assert_eq!(receiver.asks("POST", "/hook", &headers, "{}"), Err(Reason::HandshakeRefused));
    let challenge = receiver.provider.challenge(&receiver.verifier, &head, b"{}").unwrap().unwrap().kept();
    assert_eq!(challenge.secret(), Some("b537207f20cbfa02"));
    let answer = challenge.answer(&head, None, None, NOW).unwrap();
    assert_eq!(answer.headers.iter().next(), Some(("x-hook-secret", "b537207f20cbfa02")));
    let shown = format!("{challenge:?} {answer:?}");
    assert!(!shown.contains("b537207f"), "{shown}");
    let offered = vec![("x-hook-secret", "b537207f20cbfa02".to_owned()), ("x-sig", "00".repeat(20))];
    assert_eq!(receiver.asks("POST", "/hook", &offered, "{}"), Ok(None), "with a proof it is judged like any other");
}

#[test]
fn a_verify_token_is_demanded_and_compared() {
    use super::{Answer, ECHO};
    const RULE: HandshakeRule = HandshakeRule {
        method: "GET",
        proof: ProofDemand::Ignored,
        challenge: Some(Source::Query("c")),
        verify_token: Some(Source::Query("t")),
        answer: Answer::Text(ECHO),
        ..HandshakeRule::BASE
    };
    let receiver = Receiver::new(&[RULE]);
    let ask = |target: &str, token: Option<&str>| {
        let headers = none();
        let head = Head::new("GET", target, &headers);
        let challenge = receiver.provider.challenge(&receiver.verifier, &head, b"").unwrap().unwrap();
        let token = token.map(Secret::new);
        challenge.answer(&head, None, token.as_ref(), NOW).map(|_| ()).map_err(|rejection| rejection.kind())
    };
    assert_eq!(ask("/hook?c=1&t=meat", Some("meat")), Ok(()));
    for target in ["/hook?c=1&t=mea", "/hook?c=1&t=meatball", "/hook?c=1&t=", "/hook?c=1", "/hook?c=1&t=meat&t=meat"] {
        assert_eq!(ask(target, Some("meat")), Err(Reason::HandshakeRefused), "{target}");
    }
    assert_eq!(ask("/hook?c=1&t=", None), Err(Reason::HandshakeRefused));
}

#[test]
fn what_presets_state_can_be_sent() {
    for provider in Provider::all() {
        for rule in provider.handshakes {
            if let super::Answer::Headers(headers) = rule.answer {
                assert!(headers.iter().all(|(name, _)| *name == name.to_ascii_lowercase()), "{}", provider.id);
            }
            assert!(rule.guard.most <= 512 && rule.guard.least > 0, "{}", provider.id);
            assert!(!rule.to_string().is_empty());
        }
        let headers = provider.acknowledgement.headers;
        assert!(headers.iter().all(|(name, _)| *name == name.to_ascii_lowercase()), "{}", provider.id);
    }
}
