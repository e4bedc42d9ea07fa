//! A request that is taken allocates nothing, and one that is refused allocates little.

#![expect(unsafe_code, reason = "a global allocator is an unsafe trait; this one forwards every call to the system's")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use axum::body::Body;
use axum::http::Request;
use hookporter_bench::{Receiver, Sample, Sender, server};
use hookporter_core::Reason;
use http::HeaderValue;
use tower::ServiceExt;

/// Counts allocations per thread, so that tests beside each other do not disturb.
struct Counting;

thread_local! {
    // Const and without a destructor: touching it allocates nothing, at any time in a thread's life.
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every method passes its arguments on to `System` unchanged and returns what that returns, so the contract is
// the system allocator's own; counting touches a plain thread-local cell only.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's promise about `layout` is the one that is needed.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the block is the system's, as every block given out here is.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `call` allocates, and what it gives.
fn allocations<T>(call: impl FnOnce() -> T) -> (u64, T) {
    let before = COUNT.get();
    let given = call();
    (COUNT.get() - before, given)
}

#[test]
fn a_good_request_allocates_nothing() {
    for sender in Sender::ALL {
        let receiver = Receiver::new(sender);
        for size in [256, 1024, 65_536] {
            let sample = Sample::new(sender, size);
            let body = sample.body.clone();
            let (count, delivery) = allocations(|| receiver.prove(&sample.headers, body, |delivery| delivery));
            assert_eq!(delivery.expect("a good request").body(), &sample.body);
            assert_eq!(count, 0, "{} with {size} bytes", sender.provider());
        }
    }
}

#[test]
fn a_refused_request_allocates_nothing_either() {
    for sender in Sender::ALL {
        let receiver = Receiver::new(sender);
        let good = Sample::new(sender, 1024);
        for (what, sample, expected) in refused(&good) {
            // Cloned before: the first clone of bytes that were a vector makes them shared, which allocates.
            let body = sample.body.clone();
            let (count, refused) = allocations(|| receiver.prove(&sample.headers, body, |delivery| delivery));
            let kind = refused.expect_err("a bad request").kind();
            println!("{:<18} {what:<16} {kind:<20} {count} allocations", sender.provider());
            assert_eq!(kind, expected, "{what}");
            assert_eq!(count, 0, "{}: {what}", sender.provider());
        }
    }
}

/// The signature header's name.
fn signature(sender: Sender) -> &'static str {
    match sender {
        Sender::GitHub => "x-hub-signature-256",
        Sender::Slack => "x-slack-signature",
        Sender::StandardWebhooks => "webhook-signature",
        Sender::Stripe => "stripe-signature",
    }
}

fn refused(good: &Sample) -> Vec<(&'static str, Sample, Reason)> {
    let name = signature(good.sender);
    let change = |change: &dyn Fn(&mut Sample)| {
        let mut sample = good.clone();
        change(&mut sample);
        sample
    };
    let replace = |sample: &mut Sample, name: &'static str, from: &str, to: &str| {
        let text = sample.headers.get(name).and_then(|value| value.to_str().ok()).expect("a header").replace(from, to);
        sample.headers.insert(name, HeaderValue::try_from(text).expect("ASCII"));
    };
    let mut cases = vec![
        ("missing header", change(&|sample| drop(sample.headers.remove(name))), Reason::MissingHeader),
        (
            "garbled header",
            change(&|s| drop(s.headers.insert(name, HeaderValue::from_static("?")))),
            Reason::MalformedHeader,
        ),
        (
            "wrong signature",
            change(&|sample| sample.body = [b"{ ", &sample.body[2..]].concat().into()),
            Reason::InvalidSignature,
        ),
        (
            "announced size",
            change(&|s| drop(s.headers.insert("content-length", HeaderValue::from_static("999999999")))),
            Reason::BodyTooLarge,
        ),
    ];
    let time = match good.sender {
        Sender::GitHub => return cases,
        Sender::Slack => "x-slack-request-timestamp",
        Sender::StandardWebhooks => "webhook-timestamp",
        Sender::Stripe => name,
    };
    let stale = change(&|sample| replace(sample, time, &good.timestamp, "1500000000"));
    cases.push(("stale", stale, Reason::TimestampTooOld));
    cases
}

/// No claim, a figure to watch: run with `--nocapture`.
#[test]
fn what_a_server_allocates_per_request() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for kind in server::Kind::ALL {
        let Some(router) = kind.router() else { continue };
        let sample = Sample::new(kind.sender(), 1024);
        let mut counts = Vec::new();
        for number in 0..64 {
            let sample = sample.numbered(number);
            let mut request = Request::post(server::PATH).body(Body::from(sample.body)).expect("a request");
            *request.headers_mut() = sample.headers;
            let service = router.clone();
            let (count, response) = allocations(|| runtime.block_on(service.oneshot(request)));
            assert_eq!(response.expect("it cannot fail").status(), 200);
            counts.push(count);
        }
        counts.sort_unstable();
        println!("{:<42} {:>3} allocations", kind.name(), counts[counts.len() / 2]);
    }
}
