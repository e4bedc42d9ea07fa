//! Section G: what becomes of a body that a refusal left unread.

use std::time::{Duration, Instant};

use super::raw;
use crate::sender::{chunks, framed, github, push};
use crate::server::{BOTH, Server};
use crate::wire::Wire;

/// What was not read of a refused body is never taken for a request.
#[test]
fn g18_the_rest_of_a_refused_body_is_no_request() {
    for adapter in BOTH {
        let hidden = raw(&push("hidden"));
        let length = format!("content-length: {}\r\n", hidden.len());
        let chunk = "transfer-encoding: chunked\r\n";
        let mut in_chunks = chunks(&hidden, hidden.len());
        in_chunks.extend_from_slice(b"0\r\n\r\n");
        let bare = push("outer").without_signature();
        for (what, lines, body, status) in [
            ("401", length.as_str(), &hidden, 401),
            ("401 in chunks", chunk, &in_chunks, 401),
            ("413", &length, &hidden, 413),
            ("413 in chunks", chunk, &in_chunks, 413),
        ] {
            for late in [false, true] {
                let server = Server::start(adapter, github().body_limit(10));
                let request = if status == 401 { bare.clone() } else { push("outer") };
                let mut wire = Wire::connect(server.address);
                let head = framed(&request, lines, "");
                wire.write(&if late { head } else { [&*head, &**body].concat() });
                let answered = late && what == "413 in chunks";
                if !answered {
                    assert_eq!(wire.answer().map(|answer| answer.status), Some(status), "{adapter:?} {what} {late}");
                }
                if late {
                    wire.write(body);
                }
                if answered {
                    assert_eq!(wire.answer().map(|answer| answer.status), Some(status), "{adapter:?} {what} {late}");
                }
                wire.half_close();
                assert_eq!(wire.answer(), None, "{adapter:?} {what} {late}: a second answer");
                assert_eq!(server.records().len(), 1, "{adapter:?} {what} {late}: {:?}", server.records());
            }
        }
    }
}

/// After an early refusal the rest is thrown away for a bounded time, or the connection is closed at once.
#[test]
fn g18_a_refused_sender_that_goes_on_is_cut_off() {
    const LONGEST: Duration = Duration::from_secs(20);
    for adapter in BOTH {
        for (what, lines) in
            [("length", "content-length: 1099511627776\r\n"), ("chunks", "transfer-encoding: chunked\r\n")]
        {
            let server = Server::start(adapter, github());
            let mut wire = Wire::connect(server.address);
            wire.write(&framed(&push("endless").without_signature(), lines, ""));
            assert_eq!(wire.answer().map(|answer| answer.status), Some(401), "{adapter:?} {what}");
            let part = chunks(&[b'x'; 1024], 1024);
            let started = Instant::now();
            while started.elapsed() < LONGEST && wire.could_write(&part) {
                std::thread::sleep(Duration::from_millis(5));
            }
            assert!(started.elapsed() < LONGEST, "{adapter:?} {what}: still read after {LONGEST:?}");
        }
    }
}
