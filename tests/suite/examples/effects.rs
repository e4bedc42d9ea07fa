//! The example whose effect is in the transaction: each payment is booked once, through kills and repeated deliveries.

use std::time::Duration;

use serde_json::{Value, json};

use super::Example;
use super::program::{Process, Program};
use crate::replay::directory::Directory;
use crate::server::wait_for;

#[test]
fn axum_transaction() {
    let directory = Directory::new();
    let file = directory.file();
    let path = file.to_str().unwrap();
    let example = Example::of("axum-transaction", "stripe", "STRIPE_WEBHOOK_SECRET");
    assert!(Program::refuses_to_start(example.name, &[("INBOX", path)]).contains(example.variable));
    let variables = [(example.variable, &*example.secret), ("INBOX", path)];
    let paid = |at: i64| {
        let invoice = json!({"id": format!("in_{at}"), "object": "invoice", "customer": "cus_1", "amount_paid": at});
        let event =
            json!({"id": format!("evt_{at}"), "object": "event", "type": "invoice.paid", "data": {"object": invoice}});
        example.maker.clone().json(&event)
    };
    let mut sum = 0;
    for round in 0..4 {
        let program = Program::start(example.name, &variables);
        for forgery in paid(1_000_000).mutations() {
            let answer = program.send(&forgery.request);
            assert_eq!(answer.status, forgery.expected.status(), "{}", forgery.name);
        }
        for at in round * 50 + 1..=round * 50 + 50 {
            assert_eq!(program.send_until_kept(&paid(at).build()).status, 200);
            sum += at;
        }
        // All of them once more, as senders do that saw no answer.
        for at in 1..=round * 50 + 50 {
            assert_eq!(program.send_until_kept(&paid(at).build()).status, 200);
        }
        // With SIGKILL, while the last ones may be worked.
        drop(program);
    }
    let program = Program::start(example.name, &variables);
    let mut booked = 0;
    for _ in 0..600 {
        let answer = program.get("/balances/cus_1");
        booked = String::from_utf8(answer.body).unwrap().parse().unwrap();
        if booked >= sum {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    // What is too much has its chance.
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!((booked, program.get("/balances/cus_1").body), (sum, sum.to_string().into_bytes()));
    assert_eq!(program.get("/balances/cus_2").status, 404);
    let (status, said) = program.terminate();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains(&example.secret), "{said}");
}

/// Waits until every event is done: a handler that has said something has not ended yet.
fn all_done(inbox: &str) {
    let is_done = || {
        let listed = Process::piped("hookporter").args(["inbox", "--inbox", inbox, "list", "--json"]).output().unwrap();
        assert!(listed.status.success(), "{listed:?}");
        let listed = String::from_utf8(listed.stdout).unwrap();
        listed.lines().all(|line| serde_json::from_str::<Value>(line).unwrap()["state"] == "done")
    };
    wait_for(is_done);
    assert!(is_done(), "not everything is worked");
}

/// The package "worker-process": the receiver, with a worker in a process of its own.
#[test]
fn worker_process() {
    let directory = Directory::new();
    let file = directory.file();
    let path = file.to_str().unwrap();
    let example = Example::of("hooks-receiver", "github", "GITHUB_WEBHOOK_SECRET");
    assert!(Program::refuses_to_start(example.name, &[("INBOX", path)]).contains(example.variable));
    let inbox = [("INBOX", path)];
    let variables = [(example.variable, &*example.secret), ("INBOX", path)];
    let push = |at: usize| example.maker.clone().json(&json!({"repository": {"full_name": format!("acme/{at}.")}}));

    // The worker comes first, and waits for the file.
    let mut worker = Program::start_beside("hooks-worker", &inbox);
    worker.says("the worker waits");
    let receiver = Program::start(example.name, &variables);
    worker.says("the worker has begun");
    for forgery in push(0).mutations() {
        assert_eq!(receiver.send(&forgery.request).status, forgery.expected.status(), "{}", forgery.name);
    }
    assert_eq!(receiver.send_until_kept(&push(1).build()).status, 200);
    worker.says("acme/1.");
    all_done(path);

    // Without a worker it goes on receiving; the next worker finds what came.
    drop(worker);
    assert_eq!(receiver.send_until_kept(&push(2).build()).status, 200);
    let mut worker = Program::start_beside("hooks-worker", &inbox);
    worker.says("acme/2.");
    // A second worker waits for its turn.
    let mut second = Program::start_beside("hooks-worker", &inbox);
    second.says("the worker waits");
    let (status, said) = worker.terminate();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(said.contains("given_back=0") && !said.contains("acme/1."), "{said}");
    second.says("the worker has begun");

    // A receiver that was killed is as good as new.
    drop(receiver);
    let receiver = Program::start(example.name, &variables);
    assert_eq!(receiver.send_until_kept(&push(2).build()).status, 200, "a duplicate is acknowledged");
    assert_eq!(receiver.send_until_kept(&push(3).build()).status, 200);
    second.says("acme/3.");
    let (status, said) = receiver.terminate();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains(&example.secret), "{said}");
    let (status, said) = second.terminate();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains("acme/2."), "it was worked before: {said}");
}
