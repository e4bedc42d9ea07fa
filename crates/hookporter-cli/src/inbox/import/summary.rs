//! What became of the lines.

use std::process::ExitCode;

use hookporter::operating::{State, TakenOver};
use serde_json::json;

use crate::failure::Failure;
use crate::output;

/// Counts.
pub(super) struct Summary {
    json: bool,
    imported: usize,
    /// Of these: under another number.
    renumbered: usize,
    /// Of these: a worker had it when it was exported.
    due_again: usize,
    known: usize,
    finished: usize,
    refused: usize,
}

impl Summary {
    pub(super) const fn new(json: bool) -> Self {
        Self { json, imported: 0, renumbered: 0, due_again: 0, known: 0, finished: 0, refused: 0 }
    }

    /// A line that is not taken over.
    pub(super) fn refused(&mut self, line: usize, number: Option<i64>, why: &str) {
        self.refused = self.refused.saturating_add(1);
        if self.json {
            return output::say(&output::json(&json!({ "line": line, "number": number, "refused": why })));
        }
        let event = number.map(|number| format!(" (event {number})")).unwrap_or_default();
        output::complain(format_args!("refused: line {line}{event}: {}", output::escaped(why)));
    }

    /// An event that the inbox was given.
    pub(super) fn taken(&mut self, line: usize, number: i64, state: State, taken: TakenOver) {
        let one_more = |count: &mut usize| *count = count.saturating_add(1);
        match taken {
            TakenOver::Kept => one_more(&mut self.imported),
            TakenOver::Renumbered(_) => {
                one_more(&mut self.imported);
                one_more(&mut self.renumbered);
            }
            TakenOver::Known => one_more(&mut self.known),
            TakenOver::Finished => one_more(&mut self.finished),
            TakenOver::NumberTaken => {
                let why = "another event has its number here, and its sender gives nothing else that tells it from others; \
                     import it into an inbox of its own, or before anything is accepted here";
                return self.refused(line, Some(number), why);
            }
        }
        if state == State::Working && matches!(taken, TakenOver::Kept | TakenOver::Renumbered(_)) {
            one_more(&mut self.due_again);
        }
    }

    /// The last line.
    pub(super) fn say(&self) {
        let Self { imported, renumbered, due_again, known, finished, refused, .. } = self;
        if self.json {
            return output::say(&output::json(&json!({
                "imported": imported, "renumbered": renumbered, "due_again": due_again, "already_there": known,
                "finished": finished, "refused": refused,
            })));
        }
        let mut parts = vec![format!("{imported} imported"), format!("{known} already there")];
        let mut more = |count: usize, said: &str| {
            if count > 0 {
                parts.push(format!("{count} {said}"));
            }
        };
        more(*finished, "waited here and are done now, as where they come from");
        more(*refused, "refused");
        more(*renumbered, "of the imported under another number");
        more(*due_again, "of the imported due again, since a worker had them");
        output::say(&parts.join(", "));
    }

    /// Whether all that was given is there.
    pub(super) fn ended(&self) -> Result<ExitCode, Failure> {
        match self.refused {
            0 => Ok(ExitCode::SUCCESS),
            1 => Err(Failure::Run("1 line is refused".to_owned())),
            lines => Err(Failure::Run(format!("{lines} lines are refused"))),
        }
    }
}
