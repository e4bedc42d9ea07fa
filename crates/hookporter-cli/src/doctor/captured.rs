//! A captured request: whether its proof holds, and what its sender's clock said.

use hookporter::{Tolerance, UnixTime};

use super::finding::{Finding, Report};
use crate::failure::Failure;
use crate::keys::Usable;
use crate::verify::{Captured, Verdict, judge};

const CHECK: &str = "captured";

/// Judges the request at `now`.
pub(super) fn look(
    keys: &Usable,
    tolerance: Option<Tolerance>,
    captured: &Captured,
    now: UnixTime,
    report: &mut Report,
) -> Result<(), Failure> {
    match judge(keys.provider, tolerance, &keys.keyring(), captured, now)? {
        Verdict::Accepted(proven) => {
            let key = proven.delivery.key_id();
            report.say(Finding::ok(CHECK, format!("the proof of the captured request holds with key `{key}`")));
            report.say(match proven.delivery.sent_at() {
                Some(sent) => Finding::ok("clock", format!("the sender signed it {}", apart(sent, now))),
                None => Finding::skipped("clock", "the captured request states no time that its sender signed"),
            });
        }
        Verdict::Handshake(..) => {
            report.say(Finding::ok(CHECK, "the captured request is a challenge, which would be answered"));
        }
        Verdict::Rejected(rejection, causes) => {
            let reason = rejection.kind();
            let mend = causes.first().map_or_else(
                || reason.guide(),
                |cause| format!("{} ({}); see {}", cause, cause.certainty.as_str(), reason.guide()),
            );
            let late = if reason.as_str().starts_with("timestamp-too") {
                "; --at UNIX judges it at the moment that it arrived at"
            } else {
                ""
            };
            report.say(Finding::problem(
                CHECK,
                format!("the captured request is refused: {rejection}"),
                format!("{mend}{late}"),
            ));
        }
    }
    Ok(())
}

fn apart(sent: UnixTime, now: UnixTime) -> String {
    let (sent, now) = (sent.as_secs(), now.as_secs());
    let side = if sent <= now { "before" } else { "after" };
    format!("{} s {side} the moment it is judged at", now.abs_diff(sent))
}
