//! What was expected, and what was answered.

use std::process::ExitCode;

use hookporter::Provider;
use serde::Serialize;

use super::fault::Fault;
use super::plan::Case;
use crate::style::{Paint, Style};
use crate::wire::{Answer, Unanswered};
use crate::{duration, output};

/// Writes a line for every fault, and counts.
pub(super) struct Report {
    json: bool,
    style: Style,
    provider: &'static Provider,
    right: usize,
    differ: usize,
    left_out: usize,
    /// Whether a good one was refused: then nothing is shown by the refusal of a bad one.
    good_refused: bool,
}

/// A fault, and what became of it.
pub(super) struct Tried<'a> {
    pub(super) fault: Fault,
    pub(super) case: &'a Case,
    pub(super) answers: &'a [Result<Answer, Unanswered>],
}

/// For programs: what is not known is null.
#[derive(Serialize)]
struct Line<'a> {
    fault: &'a str,
    verdict: &'a str,
    expected: Option<String>,
    got: Vec<Option<u16>>,
    latency_us: Option<u64>,
    note: Option<String>,
}

impl Tried<'_> {
    fn statuses(&self) -> Vec<Option<u16>> {
        self.answers.iter().map(|answer| answer.as_ref().ok().map(|answer| answer.status)).collect()
    }

    fn is_right(&self) -> bool {
        let answered: Vec<_> = self.statuses().into_iter().flatten().collect();
        answered.len() == self.answers.len() && self.case.expected.takes(&answered)
    }

    /// What an answer means that is not the right one.
    fn means(&self) -> String {
        if let Some(Err(error)) = self.answers.iter().find(|answer| answer.is_err()) {
            return error.to_string();
        }
        let statuses: Vec<_> = self.statuses().into_iter().flatten().collect();
        let has = |range: std::ops::Range<u16>| statuses.iter().any(|status| range.contains(status));
        if has(300..400) {
            "a redirect, which senders do not follow: some unsubscribe".to_owned()
        } else if statuses.contains(&404) {
            "nothing is at this path".to_owned()
        } else if has(500..600) {
            "its own failure: the sender comes again".to_owned()
        } else if self.case.expected.is_success() {
            "a good one was not accepted".to_owned()
        } else if has(200..300) {
            self.fault.accepted_means().to_owned()
        } else {
            "refused, but not as this sender understands it".to_owned()
        }
    }
}

impl Report {
    pub(super) fn new(json: bool, provider: &'static Provider) -> Self {
        let style = Style::of_stdout();
        let report = Self { json, style, provider, right: 0, differ: 0, left_out: 0, good_refused: false };
        if !json {
            report.row(["fault", "expected", "got", ""], None);
        }
        report
    }

    pub(super) fn not_for_this_sender(&mut self, fault: Fault, why: &str) {
        self.left_out = self.left_out.saturating_add(1);
        if self.json {
            let verdict = "not-for-this-sender";
            let (expected, got, latency_us) = (None, Vec::new(), None);
            let note = Some(why.to_owned());
            return output::say(&output::json(&Line {
                fault: fault.as_str(),
                verdict,
                expected,
                got,
                latency_us,
                note,
            }));
        }
        self.row([fault.as_str(), "", "", &format!("not for this sender: {why}")], Some(Paint::Faint));
    }

    pub(super) fn tried(&mut self, tried: &Tried<'_>) {
        let (right, case) = (tried.is_right(), tried.case);
        self.good_refused |= tried.fault == Fault::Good && !right;
        let count = if right { &mut self.right } else { &mut self.differ };
        *count = count.saturating_add(1);
        let note = if right { case.note.clone() } else { Some(tried.means()) };
        if self.json {
            let verdict = if right { "as-expected" } else { "differs" };
            let slowest = tried.answers.iter().flatten().map(|answer| answer.latency).max();
            let latency_us = slowest.map(duration::micros);
            let (expected, got) = (Some(case.expected.to_string()), tried.statuses());
            let fault = tried.fault.as_str();
            return output::say(&output::json(&Line { fault, verdict, expected, got, latency_us, note }));
        }
        let got: Vec<_> =
            tried.statuses().into_iter().map(|got| got.map_or_else(|| "-".into(), |got| got.to_string())).collect();
        let word = if right { "ok" } else { "DIFFERS" };
        let said = note.map_or_else(|| word.to_owned(), |note| format!("{word}: {note}"));
        let paint = if right { Paint::Good } else { Paint::Bad };
        self.row([tried.fault.as_str(), &case.expected.to_string(), &shortened(&got), &said], Some(paint));
    }

    /// The last word: the exit status.
    pub(super) fn end(self) -> ExitCode {
        if self.good_refused {
            let id = self.provider.id();
            output::complain(format_args!(
                "the good one was not accepted, so refusals show nothing: see whether secret, URL and path are those of an \
                 endpoint for {id}"
            ));
        }
        if !self.json {
            let Self { right, differ, left_out, .. } = self;
            output::say(&format!("{right} as expected, {differ} different, {left_out} not for this sender"));
        }
        if self.differ == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn row(&self, [fault, expected, got, said]: [&str; 4], paint: Option<Paint>) {
        let said = output::escaped(said);
        let said = paint.map_or_else(|| said.clone(), |paint| self.style.paint(paint, &said));
        output::say(format!("{fault:<18}  {expected:<18}  {got:<7}  {said}").trim_end());
    }
}

/// `200 ×4` for four of the same.
fn shortened(got: &[String]) -> String {
    match got {
        [first, .., _] if got.iter().all(|one| one == first) => format!("{first} ×{}", got.len()),
        _ => got.join(" "),
    }
}
