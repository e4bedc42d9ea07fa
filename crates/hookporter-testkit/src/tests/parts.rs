use std::time::Duration;

use hookporter_core::{Clock, Evidence, Keyring, Reason, Secret, SystemClock, UnixTime};

use super::{NOW, Receiver, presets};
use crate::ManualClock;

#[test]
fn the_signature_header_is_the_one_that_the_core_misses() {
    for (name, _, maker, receiver) in presets() {
        let request = maker.build();
        let Some(header) = request.signature_header().map(str::to_owned) else {
            let in_query = name == "azure-event-grid";
            let expected = if in_query { Reason::MissingHeader } else { Reason::MalformedBody };
            let rejection = receiver.check(&request.without_signature()).unwrap_err();
            assert_eq!(rejection.kind(), expected, "{name}");
            continue;
        };
        let rejection = receiver.check(&request.without_signature()).unwrap_err();
        assert_eq!(rejection.kind(), Reason::MissingHeader, "{name}");
        assert_eq!(rejection.evidence(), &Evidence::Header(header.as_str().into()), "{name}");
    }
}

#[test]
fn without_a_moment_a_request_is_made_now() {
    let now = SystemClock.now();
    let receiver = Receiver::of("slack", "a secret");
    let request = crate::slack("a secret").build();
    let delivery = request.check(&receiver.verifier, &receiver.keys, now).unwrap();
    assert!(delivery.sent_at().unwrap().since(now) < Duration::from_secs(60));
    let stale = crate::slack("a secret").stale(Duration::from_secs(400)).build();
    let rejection = stale.check(&receiver.verifier, &receiver.keys, SystemClock.now()).unwrap_err();
    assert_eq!(rejection.kind(), Reason::TimestampTooOld);
}

#[test]
fn a_request_converts_without_loss() {
    let request = crate::stripe("a secret").at(NOW).target("/hooks?x=1").build().with_added_header("x-two", "1");
    let doubled = request.clone().repeated_header("x-two");
    let http = doubled.clone().into_http();
    assert_eq!((http.method().as_str(), http.uri().to_string().as_str()), ("POST", "/hooks?x=1"));
    assert_eq!(http.headers().get_all("x-two").iter().count(), 2);
    assert_eq!(http.headers().len(), doubled.headers().len());
    assert_eq!(http.body(), request.body());
    assert_eq!(request.clone().into_http_with(|body| body.len()).body(), &request.body().len());

    let raw = String::from_utf8(request.to_http1("localhost")).unwrap();
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    assert_eq!(body.as_bytes(), request.body());
    assert!(head.contains(&format!("\r\ncontent-length: {}", body.len())));
    assert!(head.contains("\r\nstripe-signature: t=1700000000,v1="));
    let lying = String::from_utf8(request.with_header("content-length", "3").to_http1("h")).unwrap();
    assert_eq!(lying.matches("content-length: ").count(), 1);
    assert!(lying.contains("\r\ncontent-length: 3\r\n"));
}

#[test]
fn targets_and_urls_follow_each_other() {
    let maker = crate::twilio("a token");
    let by_url = maker.clone().url("https://public.example/a?b=c").build();
    assert_eq!((by_url.target(), by_url.url()), ("/a?b=c", "https://public.example/a?b=c"));
    let by_target = maker.clone().target("/t").build();
    assert_eq!((by_target.target(), by_target.url()), ("/t", "https://receiver.example/t"));
    let both = maker.url("https://public.example/outer/t").target("/t").build();
    assert_eq!((both.target(), both.url()), ("/t", "https://public.example/outer/t"));
}

#[test]
fn a_secret_converts_and_prints_as_nothing() {
    let secret = Secret::new("an unlikely secret");
    assert_eq!(crate::github(&secret).build(), crate::github("an unlikely secret").build());
    let printed = format!("{:?}", crate::github(String::from("an unlikely secret")));
    assert!(!printed.contains("unlikely"), "{printed}");
    let _ = Keyring::from(secret);
}

#[test]
fn a_manual_clock_is_shared_and_saturates() {
    let clock = ManualClock::at(NOW);
    let other = clock.clone();
    other.set(UnixTime::from_secs(5));
    clock.advance(Duration::from_millis(1500));
    assert_eq!(other.now(), UnixTime::from_millis(6500));
    clock.advance(Duration::MAX);
    assert_eq!(clock.now(), UnixTime::from_millis(i64::MAX));
}
