//! The adapter in process: a bare axum handler against the same behind an endpoint. No sockets, no parsing of HTTP.

use std::cell::Cell;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use hookporter_bench::{Group, Sample, Sender, harness, server};
use tower::ServiceExt;

fn main() {
    for (size, name) in [(1024, "1 KiB"), (65_536, "64 KiB")] {
        let mut group = Group::new(format!("in process, {name}"));
        for kind in server::Kind::ALL {
            let Some(router) = kind.router() else { continue };
            group = group.add_timed(kind.name(), service(router, kind.sender(), size));
        }
        group.add("MAC alone, keyed once", Sample::new(Sender::GitHub, size).floor()).run();
    }
}

thread_local! {
    /// No two requests of a run are the same event, so that none is a duplicate.
    static NUMBER: Cell<u64> = const { Cell::new(0) };
}

/// Makes so many requests first and times the calls alone.
fn service(router: Router, sender: Sender, size: usize) -> impl FnMut(u64) -> Duration + 'static {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let sample = Sample::new(sender, size);
    move |calls| {
        let requests: Vec<_> = (0..calls).map(|_| request(&sample)).collect();
        runtime.block_on(async {
            let start = harness::now();
            for request in requests {
                // A connection's service is cloned per request, as hyper's adapter for tower does.
                let response = router.clone().oneshot(request).await.expect("it cannot fail");
                assert_eq!(response.status(), StatusCode::OK);
            }
            start.elapsed()
        })
    }
}

fn request(sample: &Sample) -> Request<Body> {
    let number = NUMBER.get();
    NUMBER.set(number + 1);
    let sample = sample.numbered(number);
    let mut request = Request::post(server::PATH).body(Body::from(sample.body)).expect("a request");
    *request.headers_mut() = sample.headers;
    request
}
