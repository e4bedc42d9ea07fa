//! What was found, a line each.

use std::process::ExitCode;

use serde::Serialize;

use crate::output;
use crate::style::{Paint, Style};

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Ok,
    Warning,
    Problem,
    /// It was not looked at.
    Skipped,
}

/// One thing that was looked at.
#[derive(Debug)]
pub(super) struct Finding {
    check: &'static str,
    level: Level,
    message: String,
    mend: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, message: message.into(), mend: None }
    }

    pub(super) fn skipped(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, level: Level::Skipped, message: message.into(), mend: None }
    }

    pub(super) fn warning(check: &'static str, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, level: Level::Warning, message: message.into(), mend: Some(mend.into()) }
    }

    pub(super) fn problem(check: &'static str, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, level: Level::Problem, message: message.into(), mend: Some(mend.into()) }
    }
}

impl Level {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::Skipped => "skipped",
        }
    }

    const fn paint(self) -> Paint {
        match self {
            Self::Ok => Paint::Good,
            Self::Warning => Paint::Warning,
            Self::Problem => Paint::Bad,
            Self::Skipped => Paint::Faint,
        }
    }
}

/// Shows what is found, when it is found.
#[derive(Debug)]
pub(super) struct Report {
    json: bool,
    style: Style,
    problems: u32,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self { json, style: Style::of_stdout(), problems: 0 }
    }

    pub(super) fn say(&mut self, finding: Finding) {
        #[derive(Serialize)]
        struct Line {
            check: &'static str,
            level: &'static str,
            message: String,
            mend: Option<String>,
        }
        let Finding { check, level, message, mend } = finding;
        if level == Level::Problem {
            self.problems = self.problems.saturating_add(1);
        }
        if self.json {
            return output::say(&output::json(&Line { check, level: level.as_str(), message, mend }));
        }
        let word = self.style.paint(level.paint(), &format!("{:<7}", level.as_str()));
        output::say(&format!("{word}  {check:<18}  {}", output::escaped(&message)));
        if let Some(mend) = mend {
            let mend = self.style.paint(Paint::Faint, &format!("mend: {}", output::escaped(&mend)));
            output::say(&format!("{:29}{mend}", ""));
        }
    }

    /// The exit status.
    pub(super) fn end(self) -> ExitCode {
        if self.problems == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
