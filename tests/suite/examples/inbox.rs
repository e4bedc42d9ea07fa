//! The examples with an inbox: what they acknowledged is on disk, over restarts too.

use super::Example;
use super::program::Program;
use crate::replay::directory::Directory;

/// Refuses to start without its secret; accepts what is signed and works it; refuses every forgery, silently; knows a
/// duplicate over a restart. All that it said while it worked.
fn holds(name: &'static str, path: &'static str) -> String {
    let directory = Directory::new();
    let file = directory.file();
    let stripe = Example::of(name, "stripe", "STRIPE_WEBHOOK_SECRET");
    let example = Example { maker: stripe.maker.clone().target(path), path, ..stripe };
    let inbox = ("INBOX", file.to_str().unwrap());
    let variables = [(example.variable, &*example.secret), inbox];
    let paid = example.maker.clone().event("invoice.paid").event_id("evt_inbox").build();

    let said = Program::refuses_to_start(name, &[inbox]);
    assert!(said.contains(example.variable), "{name}: {said}");

    let mut program = Program::start(name, &variables);
    let forgeries = example.maker.mutations();
    for forgery in &forgeries {
        let answer = program.send(&forgery.request);
        assert_eq!(answer.status, forgery.expected.status(), "{name}: {}", forgery.name);
        assert!(answer.body.is_empty(), "{name}: {}: {answer:?}", forgery.name);
    }
    assert_eq!(program.get(path).status, 405, "{name}");
    assert_eq!(program.send_until_kept(&paid).status, 200, "{name}");
    program.says("attempt=1");
    let (status, worked) = program.terminate();
    assert_eq!(status.code(), Some(0), "{name}: {worked}");
    assert!(worked.contains("given_back=0"), "{name}: {worked}");
    assert_eq!(worked.matches("attempt=").count(), 1, "{name}: {worked}");
    assert!(!worked.contains(&example.secret), "{name} writes its secret down");
    for forgery in forgeries {
        let reason = forgery.expected.as_str();
        assert!(worked.contains(reason), "{name}: {} is not written down as {reason}: {worked}", forgery.name);
    }

    let program = Program::start(name, &variables);
    assert_eq!(program.send_until_kept(&paid).status, 200, "{name}: a duplicate is acknowledged");
    let (_, said) = program.terminate();
    assert!(!said.contains("attempt="), "{name}: it was worked before the restart: {said}");
    worked
}

#[test]
fn axum_inbox() {
    holds("axum-inbox", "/webhooks/stripe");
}

/// The handler works what was kept, and has its path parameter.
#[test]
fn axum_durable() {
    let said = holds("axum-durable", "/webhooks/stripe/eu");
    assert!(said.contains("shop=\"eu\""), "{said}");
}

#[test]
fn actix_inbox() {
    let said = holds("actix-inbox", "/webhooks/stripe/eu");
    assert!(said.contains("shop=\"eu\""), "{said}");
}
