//! Servers that are right, and servers that are wrong in one way each: the doctor says which.

use axum::http::StatusCode;
use axum::middleware::from_fn;
use hookporter::{Endpoint, Provider, Secret};
use serde_json::Value;

use crate::program::{Ended, Receiver, VAR, file, program, run};
use crate::servers::{always, app, made_pretty, serve, trimmed, written_anew};

const KEY: &str = "whsec_of_the_doctors_test";
const SIGNING: &str = "HOOKPORTER_SIGNING";

fn doctor(provider: &str, key: &str, more: &[&str]) -> Ended {
    let given = ["doctor", "--provider", provider, "--secret-env", VAR, "--json"];
    run(key, given.iter().chain(more))
}

fn stripe() -> Endpoint {
    Endpoint::stripe(Secret::new(KEY)).unwrap()
}

/// The level of a check, and what is said of it.
fn of(ended: &Ended, check: &str) -> (String, String) {
    let lines = ended.json();
    let line = lines.iter().find(|line| line["check"] == check).unwrap_or_else(|| panic!("{check}: {}", ended.stdout));
    (line["level"].as_str().unwrap().to_owned(), format!("{}; {}", line["message"], line["mend"]))
}

fn problems(ended: &Ended) -> Vec<Value> {
    ended.json().into_iter().filter(|line| line["level"] == "problem").map(|line| line["check"].clone()).collect()
}

#[test]
fn a_receiver_of_ours_is_well_with_every_sender() {
    for provider in Provider::all() {
        let (id, keys) = (provider.id(), hookporter_testkit::keys(provider.id()).unwrap());
        let receiver = Receiver::start(id, keys.receiver, &[]);
        let mut args = vec!["doctor", "--provider", id, "--secret-env", VAR, "--url", &receiver.url, "--json"];
        if keys.sender != keys.receiver {
            args.extend(["--signing-env", SIGNING]);
        }
        let look = || Ended::of(program(keys.receiver, &args).env(SIGNING, keys.sender).output().unwrap());
        let mut ended = look();
        // Where a busy machine holds an answer up for seconds, clocks that agree look apart; not time and again.
        for _ in 0..3 {
            if of(&ended, "clock").0 == "ok" {
                break;
            }
            ended = look();
        }
        assert_eq!((ended.status, problems(&ended)), (0, vec![]), "{id}: {} {}", ended.stdout, ended.stderr);
        for check in ["server", "clock", "wrong-key", "missing-signature", "tamper-signature"] {
            assert_eq!(of(&ended, check).0, "ok", "{id} {check}: {}", ended.stdout);
        }
        // Whose keys the test kit has, everybody has.
        assert_eq!(of(&ended, "secret").0, "warning", "{id}");
    }
}

#[test]
fn raw_bodies_are_looked_at_where_the_proof_covers_them() {
    let url = serve(app(stripe()));
    let ended = doctor("stripe", KEY, &["--url", &url]);
    for check in ["secret", "server", "raw-body", "numbers", "stale", "future", "repeated-signature", "tamper-body"] {
        assert_eq!(of(&ended, check).0, "ok", "{check}: {}", ended.stdout);
    }
    assert_eq!(ended.status, 0);
}

#[test]
fn a_body_that_is_written_anew_is_found() {
    let url = serve(app(stripe()).layer(from_fn(written_anew)));
    let ended = doctor("stripe", KEY, &["--url", &url]);
    assert_eq!((ended.status, problems(&ended)), (1, vec!["raw-body".into()]), "{}", ended.stdout);
    let said = of(&ended, "raw-body").1;
    assert!(said.contains("read as JSON and written again without blanks"), "{said}");
    let url = serve(app(stripe()).layer(from_fn(trimmed)));
    let said = of(&doctor("stripe", KEY, &["--url", &url]), "raw-body");
    assert!(said.0 == "problem" && said.1.contains("without the newline at its end"), "{said:?}");
}

#[test]
fn a_body_that_is_always_written_anew_is_found_though_nothing_is_accepted() {
    let url = serve(app(stripe()).layer(from_fn(made_pretty)));
    let ended = doctor("stripe", KEY, &["--url", &url]);
    assert_eq!((ended.status, problems(&ended)), (1, vec!["server".into(), "raw-body".into()]), "{}", ended.stdout);
    let said = of(&ended, "raw-body").1;
    assert!(said.contains("proven, it verifies the body read as JSON and written again over several lines"), "{said}");
}

#[test]
fn a_server_that_verifies_nothing_is_found() {
    let ended = doctor("stripe", KEY, &["--url", &always(StatusCode::OK)]);
    assert_eq!(ended.status, 1);
    for check in ["wrong-key", "missing-signature", "tamper-body", "stale", "future", "repeated-signature", "raw-body"]
    {
        assert_eq!(of(&ended, check).0, "problem", "{check}: {}", ended.stdout);
    }
    assert!(of(&ended, "wrong-key").1.contains("it verifies no signature"));
}

#[test]
fn a_server_without_freshness_is_found() {
    let ended = doctor("stripe", KEY, &["--url", &serve(app(stripe().no_freshness()))]);
    assert_eq!(problems(&ended), ["stale", "future"], "{}", ended.stdout);
}

#[test]
fn another_secret_is_found() {
    let url = serve(app(stripe()));
    let ended = doctor("stripe", "whsec_of_somebody_elses_test", &["--url", &url]);
    assert_eq!((ended.status, problems(&ended)), (1, vec!["server".into()]), "{}", ended.stdout);
    assert!(of(&ended, "server").1.contains("its secret is another one"));
    // Of two keys it has one.
    let keys = ["--secret-env", VAR, "--secret-env", "OLD"];
    let mut command = program(KEY, ["doctor", "--provider", "stripe", "--url", &url, "--json"].iter().chain(&keys));
    let ended = Ended::of(command.env("OLD", "whsec_of_somebody_elses_test").output().unwrap());
    let levels: Vec<_> =
        ended.json().into_iter().filter(|line| line["check"] == "server").map(|line| line["level"].clone()).collect();
    assert_eq!(levels, ["ok", "problem"], "{}", ended.stdout);
}

#[test]
fn the_url_that_a_server_verifies_for_is_found() {
    let key = "12345678901234567890123456789abc";
    let endpoint = || Secret::new(key);
    let url = serve(app(Endpoint::twilio(endpoint(), "http://hooks.example/in").unwrap()));
    let right = doctor("twilio", key, &["--url", &url, "--public-url", "http://hooks.example/in"]);
    assert_eq!((right.status, of(&right, "url").0), (0, "ok".to_owned()), "{}", right.stdout);
    for called in ["https://hooks.example/in", "https://hooks.example/in/"] {
        let ended = doctor("twilio", key, &["--url", &url, "--public-url", called]);
        let said = of(&ended, "url");
        assert_eq!(said.0, "problem", "{called}: {}", ended.stdout);
        assert!(said.1.contains(&format!("verifies for http://hooks.example/in, and not for {called}")), "{said:?}");
        assert_eq!(of(&ended, "wrong-key").0, "ok", "the rest is looked at with that URL: {}", ended.stdout);
    }
    let ended = doctor("twilio", key, &["--url", &url, "--public-url", "https://other.example/elsewhere"]);
    assert!(of(&ended, "url").1.contains("nor for what is near it"), "{}", ended.stdout);
}

#[test]
fn what_is_no_receiver_is_found() {
    for (status, says) in [
        (StatusCode::NOT_FOUND, "nothing is at this path"),
        (StatusCode::FOUND, "it redirects"),
        (StatusCode::METHOD_NOT_ALLOWED, "does not take this method"),
        (StatusCode::SERVICE_UNAVAILABLE, "fails by itself"),
        (StatusCode::IM_A_TEAPOT, "neither accepts nor refuses"),
    ] {
        let ended = doctor("github", "a secret of the test", &["--url", &always(status)]);
        assert!(of(&ended, "server").1.contains(says), "{status}: {}", ended.stdout);
        assert_eq!(ended.status, 1);
    }
    let ended = doctor("linear", "a secret of the test", &["--url", &always(StatusCode::CREATED)]);
    assert!(of(&ended, "server").1.contains("takes 200 for success"), "{}", ended.stdout);
    let ended = doctor("github", "a secret of the test", &["--url", "http://127.0.0.1:1/"]);
    assert!(of(&ended, "server").1.contains("nobody is at"), "{}", ended.stdout);
}

#[test]
fn a_wrong_clock_is_found() {
    let url = always((StatusCode::OK, [("date", "Sun, 06 Nov 1994 08:49:37 GMT")]));
    let said = of(&doctor("stripe", KEY, &["--url", &url]), "clock");
    assert!(said.0 == "problem" && said.1.contains("behind"), "{said:?}");
    let url = always((StatusCode::OK, [("date", "\u{9b}31m yesterday")]));
    assert_eq!(of(&doctor("stripe", KEY, &["--url", &url]), "clock").0, "skipped");
}

#[test]
fn wrong_secrets_are_found() {
    for (key, says) in [
        ("whsec_newline_at_its_end\n", "ends in a newline"),
        (" whsec_of_the_test_with_blanks", "has blanks around it"),
        ("sk_live_51H8vJ2eZvKYlo2C", "is an API key"),
        ("", "is empty"),
    ] {
        let ended = doctor("stripe", key, &[]);
        let said = of(&ended, "secret");
        assert!(ended.status == 1 && said.0 == "problem" && said.1.contains(says), "{key:?}: {said:?}");
        assert!(key.trim().is_empty() || !ended.stdout.contains(key.trim()), "{}", ended.stdout);
    }
    for (key, says) in [("whsec_short", "shorter than"), ("a_secret_without_the_prefix", "does not begin with")] {
        let said = of(&doctor("stripe", key, &[]), "secret");
        assert!(said.0 == "warning" && said.1.contains(says), "{said:?}");
    }
    let unset = run(KEY, ["doctor", "--provider", "stripe", "--secret-env", "HOOKPORTER_UNSET", "--json"]);
    assert!(unset.status == 1 && of(&unset, "secret").1.contains("is not set"), "{}", unset.stdout);
}

#[test]
fn a_captured_request_is_judged() {
    let maker = hookporter_testkit::stripe(KEY);
    for (request, level, says) in [
        (maker.build(), "ok", "holds with key"),
        (maker.clone().stale(std::time::Duration::from_secs(7200)).build(), "problem", "--at UNIX"),
        (
            maker.build().with_body([&maker.build().body()[..], b"\n"].concat()),
            "problem",
            "without the newline at its end",
        ),
    ] {
        let headers: Vec<_> = request.headers().iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        let (headers, body) = (file(headers.concat().as_bytes()), file(request.body()));
        let ended = doctor("stripe", KEY, &["--headers", &headers, "--body", &body]);
        let said = of(&ended, "captured");
        assert!(said.0 == level && said.1.contains(says), "{said:?}");
        assert_eq!(ended.status, i32::from(level == "problem"));
        if level == "ok" {
            assert!(of(&ended, "clock").1.contains("s before the moment"), "{}", ended.stdout);
        }
    }
}

#[test]
fn a_person_is_told_in_lines() {
    let ended = run(KEY, ["doctor", "--provider", "stripe", "--secret-env", VAR]);
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
    let first =
        "ok       secret              key `HOOKPORTER_TEST_KEY` looks as it should: the endpoint's signing secret";
    assert!(ended.stdout.starts_with(first), "{}", ended.stdout);
    let wrong = run("sk_live_51H8vJ2eZvKYlo2C", ["doctor", "--provider", "stripe", "--secret-env", VAR]);
    assert!(wrong.stdout.contains("\n                             mend: "), "{}", wrong.stdout);
}

#[test]
fn an_asymmetric_sender_needs_its_private_key_for_most() {
    let keys = hookporter_testkit::keys("discord").unwrap();
    let receiver = Receiver::start("discord", keys.receiver, &[]);
    let ended = doctor("discord", keys.receiver, &["--url", &receiver.url]);
    assert!(of(&ended, "server").1.contains("--signing-env"), "{}", ended.stdout);
    assert!(of(&ended, "wrong-key").1.contains("the test kit's key"), "{}", ended.stdout);
    let other = Receiver::start("discord", "e79c2b40147ac9f39ec9684bbf058b0e4312f92f0899abef049afa5e0bc049a0", &[]);
    let ended = doctor("discord", keys.receiver, &["--url", &other.url]);
    assert_eq!((of(&ended, "wrong-key").0, of(&ended, "missing-signature").0), ("ok".to_owned(), "ok".to_owned()));
}

#[test]
fn wrong_use_is_refused() {
    for (more, says) in [
        (&["--url", "https://a.example/"][..], "HTTPS"),
        (&["--headers", "no/such/file"], "--body"),
        (&["--headers", "no/such/file", "--body", "-"], "no/such/file"),
        (&["--url", "http://127.0.0.1:1/", "--signing-env", VAR], "signs with the secret itself"),
        (&["--tolerance", "0"], "use 1 s"),
    ] {
        let ended = doctor("stripe", KEY, more);
        assert_eq!(ended.status, 2, "{more:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(says), "{more:?}: {}", ended.stderr);
    }
}
