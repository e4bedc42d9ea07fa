//! How long pages of a journal of many rows take.
//!
//! ```sh
//! cargo run --release --no-default-features --bin journal [ROWS] [DIRECTORY]
//! ```
//!
//! A tenth of the rows are refused requests, as many as the journal keeps; the others have brought a new event each. Times are those of a file that the system has in its
//! memory, the slowest of five.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hookporter_core::{Reason, UnixTime};
use hookporter_pipeline::Outcome;
use hookporter_pipeline::journal::Query;
use hookporter_sqlite::{Inbox, Reader};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let rows: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let directory = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from).join("hookporter-journal-bench");
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).expect("a directory");
    let file = directory.join("hooks.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { Inbox::open(&file).await.expect("an inbox").close().await });
    fill(&file, rows);
    let bytes = std::fs::metadata(&file).map_or(0, |file| file.len());
    println!("{rows} rows, {} bytes each", bytes.checked_div(rows).unwrap_or(0));
    let reader = Reader::open(&file).expect("a reader");
    let all = Query::new();
    let quiet = all.clone().of("quiet");
    let pages = [
        ("the newest", all.clone(), u64::MAX),
        ("in the middle", all.clone(), rows / 2),
        ("of a busy endpoint", all.clone().of("busy"), u64::MAX),
        ("of an endpoint with one row in 100,000", quiet.clone(), u64::MAX),
        ("rejected", all.clone().rejected(), u64::MAX),
        ("rejected, of the quiet endpoint", quiet.rejected(), u64::MAX),
        ("parked, of which there are none", all.clone().outcome(Outcome::Parked), u64::MAX),
        ("of a frequent reason", all.clone().reason(Reason::InvalidSignature), u64::MAX),
        ("of a reason that there is not", all.clone().reason(Reason::BodyTooLarge), u64::MAX),
        ("of one event", all.clone().event(4711), u64::MAX),
        (
            "of an hour long ago",
            all.clone().since(UnixTime::from_secs(1_000)).until(UnixTime::from_secs(4_600)),
            u64::MAX,
        ),
        ("a text that every row has", all.clone().text("/hooks"), u64::MAX),
        ("a text that no row has", all.clone().text("nowhere"), u64::MAX),
        ("a trace", all.clone().text("00000000000007cf"), u64::MAX),
    ];
    for (what, query, before) in pages {
        let took = slowest(|| reader.entries(&query, before, 50).expect("a page").len());
        println!("{what:<44} {:>9.2} ms  {} rows", took.0.as_secs_f64() * 1000.0, took.1);
    }
    let took = slowest(|| reader.reasons(&all).expect("reasons").len());
    println!("{:<44} {:>9.2} ms  {} rows", "reasons, counted", took.0.as_secs_f64() * 1000.0, took.1);
    let _ = std::fs::remove_dir_all(&directory);
}

fn fill(file: &std::path::Path, rows: u64) {
    let connection = rusqlite::Connection::open(file).expect("the file");
    // Their bodies are shorter than usual ones, so that the file is not many times as large as its journal.
    let events = "INSERT INTO events (id, state, endpoint, provider, event_id, event_type, received_at) SELECT i, 'done', \
        iif(i % 100000 = 0, 'quiet', 'busy'), 'github', '72d3162e-cc78-11e3-81ab-' || i, 'push', i * 1000 FROM n WHERE i % 10 <> 0";
    let contents = "INSERT INTO contents (event, format, method, target, headers, body, coverage, key_id, trace) SELECT i, 1, 'POST', \
        '/hooks/github', CAST('user-agent: GitHub-Hookshot/044aadd' || char(10) AS BLOB), zeroblob(100), 'body', 'secret', i FROM n \
        WHERE i % 10 <> 0";
    let requests = "INSERT INTO requests (id, place, at, trace, endpoint, outcome, status, event, reason, detail, provider, method, \
        path, headers, key_id, event_type, body_bytes, duration_us, report_only) \
        SELECT i, i, i * 1000, i, iif(i % 100000 = 0, 'quiet', 'busy'), iif(i % 10 = 0, 'rejected', 'accepted'), 200, \
        iif(i % 10 = 0, NULL, i), iif(i % 10 = 0, 'invalid-signature', NULL), iif(i % 10 = 0, 'no key fits', NULL), \
        iif(i % 10 = 0, 'github', ''), iif(i % 10 = 0, 'POST', ''), '/hooks/github', \
        iif(i % 10 = 0, 'user-agent: GitHub-Hookshot/044aadd' || char(10), ''), NULL, NULL, 1024, 900, 0 FROM n";
    for table in [events, contents, requests] {
        let sql = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) {table}");
        connection.execute(&sql, [i64::try_from(rows).unwrap_or(i64::MAX)]).expect("rows");
    }
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("the log is written back");
}

fn slowest(mut page: impl FnMut() -> usize) -> (Duration, usize) {
    let times = (0..5).map(|_| {
        let begun = Instant::now();
        let rows = page();
        (begun.elapsed(), rows)
    });
    times.max().unwrap_or_default()
}
