//! `demo`: what the README promises.

use crate::program::run;

#[test]
fn every_sender_is_taken_once_and_every_forgery_is_turned_away() {
    let ended = run("", ["demo", "--once", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(ended.stdout.starts_with("listening on http://127.0.0.1:"), "{}", ended.stdout);
    let count = |beginning: &str| ended.stdout.lines().filter(|line| line.starts_with(beginning)).count();
    assert_eq!((count("accepted"), count("duplicate")), (6, 6), "{}", ended.stdout);
    // Everything else that was announced was a forgery.
    assert_eq!(count("rejected"), count("  ") - 12, "{}", ended.stdout);
    assert!(count("rejected") >= 30, "{}", ended.stdout);
    assert_eq!(count("unavailable"), 0);
}
