//! Section C: keys. What cannot be a key builds no endpoint; what is no key any more opens none.

use hookporter::{ConfigError, Endpoint, Keys, Reason, Secret, UnixTime};
use hookporter_testkit::{ManualClock, RequestMaker, keys, provider};

use super::{BOTH, CANARY, Case, Expect, Group, NOW, Server, TARGET, at_now, case, run_case};

const WRONG: Expect = Expect::Refused(401, Reason::InvalidSignature);
const DEAD: Expect = Expect::Refused(401, Reason::NoLiveKey);
const MALFORMED: Expect = Expect::Refused(401, Reason::MalformedHeader);

/// The presets whose key is a shared secret, with a word that a right one is described by.
const SHARED: [(&str, &str); 9] = [
    ("github", "the webhook's secret"),
    ("hubla", "the token that Hubla shows"),
    ("shipmondo", "at least 32 characters"),
    ("shopify", "the app's client secret"),
    ("slack", "signing secret, 32 hexadecimal digits"),
    ("standard-webhooks", "`whsec_` and base64"),
    ("stripe", "signing secret, `whsec_…`"),
    ("superoffice", "the secret that the webhook was registered with"),
    ("twilio", "auth token, 32 hexadecimal digits"),
];

/// The presets whose key is a public one.
const PUBLIC: [(&str, &str); 2] =
    [("discord", "64 hexadecimal digits"), ("standard-webhooks-v1a", "`whpk_` and base64")];

/// A preset of each way to check a proof: a running MAC, a static token, a token, a public key.
const EACH_WAY: [&str; 4] = ["github", "hubla", "shipmondo", "discord"];

fn build(id: &str, keys: impl Into<Keys>) -> Result<Endpoint, ConfigError> {
    Endpoint::provider_at(id, keys, "https://hooks.test/hook")
}

/// Builds with a key that cannot be right; the error names the key, what is wrong, and what a right one looks like.
#[track_caller]
fn refused(id: &str, key: Secret, text: &str, problem: &str, expected: &str) {
    let error = build(id, key.named("of-the-test")).err().unwrap_or_else(|| panic!("{id} builds with {text:?}"));
    let ConfigError::Key { id: name, problem: seen, expected: shape } = &error else { panic!("{id}: {error}") };
    assert_eq!((name.as_str(), seen.as_str()), ("of-the-test", problem), "{id}");
    assert!(shape.contains(expected), "{id}: {shape}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(CANARY) && (text.trim().len() < 8 || !shown.contains(text)), "{id}: the key shows");
}

#[test]
fn c1_c2_nothing_and_blanks_are_no_key() {
    for (id, expected) in SHARED.into_iter().chain(PUBLIC) {
        for text in ["", " ", "\n", "\r\n", " \t \n"] {
            refused(id, Secret::new(text), text, "is empty", expected);
            refused(id, Secret::weak(text), text, "is empty", expected);
        }
    }
}

#[test]
fn c3_a_prefix_alone_is_no_key_not_even_by_name() {
    let prefixes = [("standard-webhooks", "whsec_"), ("stripe", "whsec_"), ("standard-webhooks-v1a", "whpk_")];
    for (id, prefix) in prefixes {
        refused(id, Secret::new(prefix), prefix, "is empty behind its prefix", prefix);
        refused(id, Secret::weak(prefix), prefix, "is empty behind its prefix", prefix);
    }
}

#[test]
fn c4_a_key_of_another_kind_is_told_by_its_looks() {
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END";
    let others = [
        (format!("sk_live_{CANARY}"), "is an API key (`sk_live_…`)"),
        (format!("sk_test_{CANARY}"), "is an API key (`sk_test_…`)"),
        (format!("rk_live_{CANARY}"), "is a restricted API key (`rk_live_…`)"),
        (format!("xoxb-{CANARY}"), "is a bot token (`xoxb-…`)"),
        (format!("shpat_{CANARY}"), "is an Admin API access token (`shpat_…`)"),
        (format!("ghp_{CANARY}"), "is a personal access token (`ghp_…`)"),
        (format!("https://hooks.test/{CANARY}"), "is a URL"),
        (pem.to_owned(), "is a PEM file"),
    ];
    for (id, expected) in SHARED {
        for (text, problem) in &others {
            refused(id, Secret::new(text), text, problem, expected);
        }
    }
    let private = format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n");
    let problem = "is a private key; a receiver needs the public one";
    for (id, expected) in PUBLIC {
        refused(id, Secret::new(&private), &private, problem, expected);
    }
    let private = keys("standard-webhooks-v1a").unwrap().sender;
    refused("standard-webhooks-v1a", Secret::new(private), private, problem, "`whpk_`");
}

#[test]
fn c5_a_line_end_copied_with_the_key_is_named() {
    for (id, expected) in SHARED {
        let good = keys(id).unwrap().receiver;
        for end in ["\n", "\r\n", "\n\n"] {
            let text = format!("{good}{end}");
            refused(id, Secret::new(&text), &text, "ends in a newline", expected);
        }
        let text = format!(" {good}");
        refused(id, Secret::new(&text), &text, "has blanks around it", expected);
    }
}

#[test]
fn c6_base64_that_is_none_is_not_taken_as_text() {
    for text in [
        "whsec_not*base64*at*all*but*long*enough",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZI o2LaLaSw",
        "whsec_whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La",
    ] {
        refused("standard-webhooks", Secret::new(text), text, "is not base64 behind its prefix", "`whsec_` and base64");
    }
}

#[test]
fn c7_a_short_key_builds_only_by_name() {
    for (id, minimum) in [("github", 8), ("superoffice", 8), ("stripe", 16), ("slack", 16), ("shipmondo", 16)] {
        let (short, enough) = ("k".repeat(minimum - 1), "k".repeat(minimum));
        let expected = SHARED.iter().find(|(known, _)| *known == id).unwrap().1;
        let problem = format!("is {} bytes long, shorter than {minimum}", short.len());
        refused(id, Secret::new(&short), &short, &problem, expected);
        assert!(build(id, Secret::new(&enough)).is_ok(), "{id}");
        assert!(build(id, Secret::weak(&short)).is_ok() && build(id, Secret::new(&short).allow_weak()).is_ok(), "{id}");
    }
    // Decoded bytes count, not letters.
    let short = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=";
    refused("standard-webhooks", Secret::new(short), short, "is 23 bytes long, shorter than 24", "24 to 64 bytes");
    assert!(build("standard-webhooks", Secret::weak(short)).is_ok());
}

#[test]
fn c14_a_point_that_anybody_can_sign_for_is_no_key() {
    let weak = "is a weak key (of small order): anybody could sign for it";
    let zero = "0".repeat(64);
    let one = format!("01{}", "0".repeat(62));
    let minus_one = format!("ec{}7f", "f".repeat(60));
    let order_eight = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    let other_eight = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    for key in [&zero, &one, &minus_one, order_eight, other_eight] {
        refused("discord", Secret::new(key), key, weak, "64 hexadecimal digits");
    }
    let base64 = format!("whpk_{}=", "A".repeat(43));
    refused("standard-webhooks-v1a", Secret::new(&base64), &base64, weak, "`whpk_`");
    let good = keys("discord").unwrap().receiver;
    let lengths =
        [(good.split_at(2).1, "is 31 bytes long, not 32"), (&format!("{good}00"), "is 33 bytes long, not 32")];
    for (key, problem) in lengths {
        refused("discord", Secret::new(key), key, problem, "64 hexadecimal digits");
        // By no name: what is no key cannot be a short one.
        refused("discord", Secret::weak(key), key, problem, "64 hexadecimal digits");
    }
}

fn of(id: &str, key: &str) -> RequestMaker {
    provider(id, key).unwrap().at(UnixTime::from_secs(NOW)).target(TARGET).url("https://hooks.test/hook")
}

pub(super) fn groups() -> Vec<Group> {
    let mut groups: Vec<_> = SHARED
        .iter()
        .map(|(id, _)| group(id, Secret::new(keys(id).unwrap().receiver), signed_with_nothing(id)))
        .collect();
    for id in EACH_WAY {
        let published = keys(id).unwrap();
        let good = Secret::new(published.receiver);
        let at = UnixTime::from_secs;
        let signed =
            |what: &str, expect| vec![case("C10", format!("{id}: {what}"), &of(id, published.sender).build(), expect)];
        groups.push(group(id, good.clone().expires_at(at(NOW)), signed("expired this second", DEAD)));
        groups.push(group(id, good.clone().expires_at(at(NOW + 1)), signed("a second to live", Expect::Ack)));
        let other = Secret::new(another(id)).named("other");
        groups.push(group(id, [good.clone().expires_at(at(NOW)), other], signed("expired beside another", WRONG)));
        let foreign =
            vec![case("C12", format!("{id}: the key of another endpoint"), &of(id, published.wrong).build(), WRONG)];
        groups.push(group(id, good, foreign));
    }
    groups
}

fn group(id: &str, keys: impl Into<Keys>, cases: Vec<Case>) -> Group {
    Group { endpoint: at_now(build(id, keys).unwrap()), cases }
}

/// A right key that nobody here signs with.
fn another(id: &str) -> &'static str {
    match id {
        "discord" => "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        _ => CANARY,
    }
}

/// HMAC fills a key up with zeroes, so one zero byte signs as the empty key does.
fn signed_with_nothing(id: &str) -> Vec<Case> {
    let empty = match id {
        // The token is the secret itself, so there is nothing to sign.
        "hubla" => {
            let request = of(id, CANARY).build().with_header("x-hubla-token", "");
            return vec![case("C8", "hubla: an empty token", &request, MALFORMED)];
        }
        "standard-webhooks" => "whsec_AA==",
        _ => "\0",
    };
    vec![case("C8", format!("{id}: the empty key"), &of(id, empty).build(), WRONG)]
}

/// A rotation: both keys fit, the record says which, and the older one is dead from its very millisecond on.
#[test]
fn c9_c10_the_older_key_fits_until_it_expires() {
    let end = NOW * 1000 + 100_000;
    for id in EACH_WAY {
        let published = keys(id).unwrap();
        let (older, newer) = if id == "discord" {
            // The seed that belongs to the test kit's wrong key is RFC 8032's second.
            ((published.sender, published.receiver), (published.wrong, another(id)))
        } else {
            ((published.sender, published.receiver), (CANARY, CANARY))
        };
        for adapter in BOTH {
            let clock = ManualClock::at(UnixTime::from_secs(NOW));
            let old = Secret::new(older.1).named("2025").expires_at(UnixTime::from_millis(end));
            let keys = [Secret::new(newer.1).named("2026"), old];
            let server = Server::start(adapter, build(id, keys).unwrap().clock(clock.clone()));
            let step = |millis, key: &str, name: &'static str, expect| {
                clock.set(UnixTime::from_millis(millis));
                let request =
                    of(id, key).event_id(&format!("evt_{name}_{millis}")).body(format!(r#"{{"at":{millis}}}"#));
                let what = format!("{id}: signed with {name}");
                run_case(adapter, &server, &case("C9", what, &request.build(), expect));
                let fitted = server.only_record().key_id;
                let wanted = matches!(expect, Expect::Ack).then_some(name);
                assert_eq!(fitted.as_ref().map(|key| key.as_str()), wanted, "{adapter:?} {id}");
            };
            step(NOW * 1000, newer.0, "2026", Expect::Ack);
            step(NOW * 1000 + 1, older.0, "2025", Expect::Ack);
            step(end - 1, older.0, "2025", Expect::Ack);
            step(end, older.0, "2025", WRONG);
            step(end + 1, newer.0, "2026", Expect::Ack);
        }
    }
}
