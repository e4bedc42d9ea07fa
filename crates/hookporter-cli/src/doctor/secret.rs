//! The secret: whether it is there, and can be right.

use super::finding::{Finding, Report};
use crate::args::Keyed;
use crate::failure::Failure;
use crate::keys::{self, Usable};

const CHECK: &str = "secret";

/// Looks at every key; `None` where they cannot be used.
pub(super) fn look(keyed: &Keyed, report: &mut Report) -> Option<Usable> {
    let judged = |variables: &[String]| keys::usable(&keyed.provider, variables);
    let mut whole = true;
    for variable in &keyed.secret_env {
        match judged(std::slice::from_ref(variable)) {
            Ok(usable) => say_what_is_odd(&usable, report),
            Err(failure) => {
                whole = false;
                report.say(problem(&failure));
            }
        }
    }
    if !whole {
        return None;
    }
    // Each may be right, and they may not go together.
    judged(&keyed.secret_env).map_err(|failure| report.say(problem(&failure))).ok()
}

fn say_what_is_odd(usable: &Usable, report: &mut Report) {
    let id = |usable: &Usable| usable.secrets.first().map(|secret| secret.id().to_string()).unwrap_or_default();
    for note in &usable.notes {
        report.say(Finding::warning(CHECK, note, "copy the secret anew from the sender's dashboard"));
    }
    for id in &usable.published {
        let message = format!("key `{id}` is the test kit's, which everybody knows");
        report.say(Finding::warning(CHECK, message, "`hookporter init` makes one that nobody knows"));
    }
    if usable.notes.is_empty() && usable.published.is_empty() {
        let expected = keys::expected(usable.provider);
        report.say(Finding::ok(CHECK, format!("key `{}` looks as it should: {expected}", id(usable))));
    }
}

fn problem(failure: &Failure) -> Finding {
    Finding::problem(
        CHECK,
        failure.to_string(),
        "set the variable to what the sender's dashboard shows, and nothing around it",
    )
}
