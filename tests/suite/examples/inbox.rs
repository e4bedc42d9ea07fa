//! The example with an inbox: what it acknowledged is on disk, over restarts too.

use super::Example;
use super::program::Program;

#[test]
fn axum_inbox() {
    let file = std::env::temp_dir().join(format!("hookporter-example-{}.db", std::process::id()));
    let path = file.to_str().unwrap();
    let example = Example::of("axum-inbox", "stripe", "STRIPE_WEBHOOK_SECRET");
    let variables = [(example.variable, &*example.secret), ("INBOX", path)];
    let paid = example.maker.clone().event("invoice.paid").event_id("evt_inbox").build();

    let mut program = Program::start(example.name, &variables);
    for forgery in example.maker.mutations() {
        let answer = program.send(&forgery.request);
        assert_eq!(answer.status, forgery.expected.status(), "{}", forgery.name);
    }
    assert_eq!(program.send(&paid).status, 200);
    program.says("attempt=1");
    let (status, said) = program.terminate();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(said.contains("given_back=0"), "{said}");

    let program = Program::start(example.name, &variables);
    assert_eq!(program.send(&paid).status, 200, "a duplicate is acknowledged");
    let (_, said) = program.terminate();
    assert!(!said.contains("attempt="), "it was worked before the restart: {said}");
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let _ = std::fs::remove_file(format!("{path}{suffix}"));
    }
}
