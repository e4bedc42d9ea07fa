use crate::program::{VAR, file, run};

const KEY: &str = "a secret that is long enough";

/// Wrong use: exit status 2, nothing on stdout, and this on stderr.
fn refused(key: &str, args: &[&str], says: &str) {
    let ended = run(key, args);
    assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{args:?}: {}", ended.stderr);
    assert!(ended.stderr.contains(says), "{args:?}: {}", ended.stderr);
    assert!(key.is_empty() || !ended.stderr.contains(key), "{args:?}: {}", ended.stderr);
}

fn receive<'a>(provider: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["receive", "--listen", "127.0.0.1:0", "--provider", provider, "--secret-env", VAR];
    // Whatever is refused, no file is left behind, and whatever is not refused by mistake, too.
    args.push("--no-inbox");
    args.extend(more);
    args
}

#[test]
fn wrong_keys_are_refused_with_what_a_right_one_looks_like() {
    let right = "whsec_…";
    refused("sk_live_51H8vJ2eZvKYlo2C", &receive("stripe", &[]), right);
    refused("", &receive("stripe", &[]), right);
    refused("whsec_newline_at_its_end\n", &receive("stripe", &[]), "ends in a newline");
    refused("it is no base64", &receive("standard-webhooks", &[]), "`whsec_` and base64");
    refused("no public key", &receive("discord", &[]), "64 hexadecimal digits");
    refused("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", &receive("standard-webhooks", &[]), "private key");
    let unset = ["receive", "--provider", "stripe", "--secret-env", "HOOKPORTER_UNSET"];
    refused(KEY, &unset, "environment variable `HOOKPORTER_UNSET` is not set");
    refused(KEY, &unset, right);
    let twice = ["receive", "--provider", "github", "--secret-env", VAR, "--secret-env", VAR];
    refused(KEY, &twice, "--secret-env ID=VAR");
}

#[test]
fn wrong_keys_to_sign_with_are_refused() {
    let url = "http://127.0.0.1:1/";
    let send = |provider| ["send", "--provider", provider, "--secret-env", VAR, "--url", url];
    refused("whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", &send("standard-webhooks"), "private one, `whsk_…`");
    refused("no private key", &send("discord"), "expected the private key");
    let unset = ["send", "--provider", "discord", "--url", url, "--secret-env", "HOOKPORTER_UNSET"];
    refused(KEY, &unset, "expected the private key");
}

#[test]
fn a_short_key_is_one_warning() {
    let (headers, body) = (file(b"x-hub-signature-256: sha256=00\n"), file(b"{}"));
    let args = ["verify", "--provider", "stripe", "--secret-env", VAR, "--headers", &headers, "--body", &body];
    let ended = run("short", args);
    assert_eq!(ended.status, 1);
    let warnings: Vec<_> = ended.stderr.lines().collect();
    assert_eq!(warnings.len(), 1, "{}", ended.stderr);
    assert!(warnings[0].starts_with("warning: ") && warnings[0].contains("short"), "{}", ended.stderr);
}

#[test]
fn wrong_settings_are_refused() {
    let ids: Vec<_> = hookporter::Provider::all().iter().map(|provider| provider.id()).collect();
    refused(KEY, &receive("nobody", &[]), &format!("there are {}", ids.join(", ")));
    refused(KEY, &receive("github", &["--path", "webhooks"]), "begins with `/`");
    refused(KEY, &receive("github", &["--path", "/{x}"]), "--path");
    refused(KEY, &receive("github", &["--listen", "3000"]), "--listen");
    refused(KEY, &receive("github", &["--accept-version", "2025"]), "version rule `2025`");
    refused(KEY, &receive("slack", &["--tolerance", "0"]), "use 1 s to 7 days");
    refused(KEY, &receive("slack", &["--tolerance", "5 minutes"]), "use seconds");
    refused(KEY, &receive("slack", &["--at", "1700000000000"]), "1700000000000");
    refused(KEY, &receive("twilio", &["--public-url", "hooks.example"]), "https://");
    refused(KEY, &receive("github", &["--adapter", "rocket"]), "tower");
    refused(KEY, &["receive", "--provider", "github"], "--secret-env");
    refused(KEY, &[], "Usage");
}

/// One value each time: what stands behind it is no further variable.
#[test]
fn the_variable_of_a_key_takes_no_more_than_itself() {
    let (headers, body) = (file(b"x-hub-signature-256: sha256=00\n"), file(b"{}"));
    let keyed = ["--provider", "github", "--secret-env", VAR, "stray-argument"];
    for more in [&["verify", "--headers", &headers, "--body", &body][..], &["receive", "--no-inbox"], &["doctor"]] {
        refused(KEY, &[more, &keyed].concat(), "unexpected argument '(not shown)'");
        let twice = [more, &keyed[..4], &["--secret-env", "HOOKPORTER_UNSET"]].concat();
        let said = run(KEY, &twice);
        let said = said.stdout + &said.stderr;
        assert!(said.contains("`HOOKPORTER_UNSET` is not set"), "{more:?}: it may be repeated: {said}");
    }
}

#[test]
fn wrong_requests_are_refused() {
    let send = |url, more: &[&'static str]| {
        let mut args = vec!["send", "--provider", "github", "--secret-env", VAR, "--url", url];
        args.extend(more);
        args
    };
    refused(KEY, &send("https://a.example/", &[]), "HTTPS");
    refused(KEY, &send("a.example", &[]), "http://");
    refused(KEY, &send("http://u@a.example/", &[]), "user information");
    refused(KEY, &send("http://a.example/", &["--stale", "10"]), "signs no timestamp");
    refused(KEY, &send("http://a.example/", &["--stale", "1", "--future", "1"]), "cannot be used with");
    refused(KEY, &send("http://a.example/", &["--body", "no/such/file"]), "--body no/such/file");
    refused(KEY, &send("http://a.example/", &["--duplicate", "0"]), "--duplicate");
    let (headers, body) = (file(b"no colon"), file(b""));
    let verify = |provider, headers, body| {
        ["verify", "--provider", provider, "--secret-env", VAR, "--headers", headers, "--body", body]
    };
    refused(KEY, &verify("github", &headers, &body), "line 1 is not `Name: value`");
    refused(KEY, &verify("github", "-", "-"), "stdin");
    refused(KEY, &verify("twilio", &headers, &body), "--url");
}

#[test]
fn help_and_the_list_of_providers_are_no_mistakes() {
    for args in [["--help"].as_slice(), &["--version"], &["receive", "--help"], &["send", "--help"]] {
        let ended = run(KEY, args);
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{args:?}");
        assert!(ended.stdout.contains("hookporter"), "{args:?}");
    }
    let table = run(KEY, ["providers"]);
    assert!(table.stdout.lines().all(|line| line.chars().count() <= 100));
    let list = &run(KEY, ["providers", "--json"]).json()[0];
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), hookporter::Provider::all().len());
    let slack = list.iter().find(|known| known["id"] == "slack").unwrap();
    assert_eq!(slack["freshness"]["past_seconds"], 300);
    let challenge = "POST with `/type` = `url_verification`, proven: the challenge as text";
    assert_eq!((&slack["handshake"], &slack["time_limit_seconds"]), (&challenge.into(), &3.into()));
    let stripe = list.iter().find(|known| known["id"] == "stripe").unwrap();
    assert!(stripe["handshake"].is_null());
}
