use std::process::Command;

use hookporter::Provider;
use serde_json::Value;

use crate::printed;
use crate::program::{Receiver, run, send};

fn beginning(provider: &str, framework: &str) -> Value {
    let ended = run("", ["init", provider, "--framework", framework, "--json"]);
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{provider}");
    ended.json().remove(0)
}

/// What is printed is what the modules of `printed` are, which are compiled with these tests.
#[test]
fn the_code_that_is_printed_compiles() {
    for (provider, framework, code) in printed::ALL {
        assert_eq!(beginning(provider, framework)["code"], *code, "{provider} on {framework}: write it anew");
        let shown = run("", ["init", provider, "--framework", framework]).stdout;
        assert!(shown.contains(code), "{shown}");
    }
}

#[test]
fn the_code_of_every_sender_differs_in_its_names_only() {
    for provider in Provider::all() {
        let id = provider.id();
        let begun = beginning(id, "axum");
        let name = if id == "box" { "box_com".to_owned() } else { id.replace('-', "_") };
        let code = begun["code"].as_str().unwrap();
        assert!(code.contains(&format!("Endpoint::{name}(Secret::env(\"")), "{code}");
        let url = provider.verifier().unwrap().needs_url();
        assert_eq!(code.contains("std::env::var(\"PUBLIC_URL\")"), url, "{id}");
        let set: Vec<_> = begun["environment"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        assert_eq!(set.iter().any(|line| line.starts_with("export PUBLIC_URL='http://127.0.0.1:3000/")), url, "{id}");
        // The receiver's variable is set, and what `send` is told to sign with, too.
        let variable = code.split("Secret::env(\"").nth(1).unwrap().split('"').next().unwrap();
        let signing = begun["send"].as_str().unwrap().split("--secret-env ").nth(1).unwrap();
        for name in [variable, signing.split(' ').next().unwrap()] {
            assert!(set.iter().any(|line| line.starts_with(&format!("export {name}="))), "{id}: {set:?}");
        }
    }
}

/// The commands that are shown for keys that only `openssl` makes.
#[test]
fn the_commands_for_a_key_pair_make_one_that_fits() {
    if Command::new("openssl").arg("version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "openssl is missing");
        eprintln!("skipped: openssl is missing");
        return;
    }
    let mut tried = 0;
    for provider in Provider::all() {
        let begun = beginning(provider.id(), "axum");
        let lines: Vec<_> =
            begun["environment"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        if !lines[0].starts_with("openssl ") {
            continue;
        }
        tried += 1;
        let name = provider.id().replace('-', "_").to_ascii_uppercase();
        let shown = format!("printf '%s\\n%s' \"${name}_PUBLIC_KEY\" \"${name}_PRIVATE_KEY\"");
        let place = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("init-{name}"));
        std::fs::create_dir_all(&place).unwrap();
        let script = format!("{}\n{shown}", lines.join("\n"));
        let made = Command::new("sh").args(["-ec", &script]).current_dir(&place).output().unwrap();
        std::fs::remove_dir_all(&place).unwrap();
        let made = String::from_utf8(made.stdout).unwrap();
        let (public, private) = made.split_once('\n').unwrap_or_else(|| panic!("{script}: {made}"));
        let mut receiver = Receiver::start(provider.id(), public, &[]);
        assert_eq!(send(provider.id(), private, &receiver.url, &[]), [200], "{}: {}", provider.id(), receiver.line());
    }
    assert_eq!(tried, 6);
}

#[test]
fn two_secrets_are_not_the_same() {
    let [one, other] = [(); 2].map(|()| beginning("stripe", "axum")["environment"][0].clone());
    assert!(one.as_str().unwrap().starts_with("export STRIPE_WEBHOOK_SECRET='whsec_"), "{one}");
    assert_ne!(one, other);
}

#[test]
fn the_line_of_the_manifest_has_the_features_that_it_takes() {
    let line = |provider, framework| beginning(provider, framework)["dependencies"][0].as_str().unwrap().to_owned();
    assert_eq!(line("stripe", "axum"), r#"hookporter = { version = "0.1", features = ["axum"] }"#);
    let all = r#"hookporter = { version = "0.1", features = ["actix", "payments", "ecdsa", "jwt"] }"#;
    assert_eq!(line("plaid", "actix"), all);
}

#[test]
fn a_wrong_name_is_refused() {
    for args in [&["init", "nobody"][..], &["init"], &["init", "stripe", "--framework", "rocket"]] {
        let ended = run("", args);
        assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{args:?}");
    }
}
