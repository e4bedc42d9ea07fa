use crate::program::{Ended, Receiver, VAR, file, program, run};

const CANARY: &str = "whsec_CanaryCanaryCanaryCanaryCanary0";

fn silent(ended: &Ended) {
    for text in [&ended.stdout, &ended.stderr] {
        assert!(!text.contains("Canary"), "{text}");
    }
}

#[test]
fn a_key_is_in_no_output() {
    let (headers, body) = (file(b"stripe-signature: t=1700000000,v1=00\n"), file(b"{}"));
    let verify = ["verify", "--secret-env", VAR, "--headers", &headers, "--body", &body, "--provider"];
    for provider in hookporter::Provider::all() {
        for more in [["--url", "https://a.example/"].as_slice(), &["--url", "https://a.example/", "--json"]] {
            silent(&run(CANARY, verify.iter().chain(&[provider.id()]).chain(more)));
        }
        let args = ["send", "--secret-env", VAR, "--url", "http://127.0.0.1:1/", "--provider", provider.id()];
        silent(&run(CANARY, args));
        // What cannot be a key of any sender's stops a receiver before it listens.
        let args =
            ["receive", "--no-inbox", "--listen", "127.0.0.1:0", "--secret-env", VAR, "--provider", provider.id()];
        silent(&run(&format!("https://{CANARY}"), args));
        // Neither what is right nor what is wrong with it shows it.
        let args = ["doctor", "--url", "http://127.0.0.1:1/", "--secret-env", VAR, "--provider", provider.id()];
        for key in [CANARY.to_owned(), format!("https://{CANARY}"), format!("{CANARY}\n")] {
            silent(&run(&key, args));
        }
    }
}

#[test]
fn a_key_in_the_place_of_its_variable_is_not_repeated() {
    for args in [
        ["receive", "--no-inbox", "--provider", "stripe", "--secret-env", CANARY].as_slice(),
        &["receive", "--no-inbox", "--provider", "stripe", "--secret-env", "id=Canary/Canary=="],
        &["receive", "--provider", "stripe", "--secret-env", VAR, CANARY],
        &["send", "--provider", "stripe", "--secret-env", CANARY, "--url", "http://127.0.0.1:1/"],
        &["send", "--provider", "stripe", "--secret-env", VAR, CANARY, "--url", "http://127.0.0.1:1/"],
    ] {
        let ended = run("another", args);
        assert_eq!(ended.status, 2, "{args:?}");
        silent(&ended);
    }
    let ended = run("another", ["doctor", "--provider", "stripe", "--secret-env", CANARY]);
    assert_eq!(ended.status, 1);
    silent(&ended);
}

#[test]
fn a_receiver_shows_no_key() {
    let mut receiver = Receiver::start("stripe", CANARY, &[]);
    for more in [[].as_slice(), &["--wrong-key"], &["--stale", "1h"]] {
        let url = receiver.url.clone();
        let args = ["send", "--provider", "stripe", "--secret-env", VAR, "--url", &url];
        silent(&Ended::of(program(CANARY, args.iter().chain(more)).output().unwrap()));
        assert!(!receiver.line().to_string().contains("Canary"));
    }
    assert_eq!(receiver.end(), (0, vec![]));
}
