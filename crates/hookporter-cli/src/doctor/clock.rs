//! The machine's clock against another one's.

use std::time::Duration;

use hookporter::{Provider, UnixTime};

use super::finding::Finding;

const CHECK: &str = "clock";
const MEND: &str = "set both clocks by NTP (`timedatectl`)";
/// What a date in whole seconds, and the way there, leave open.
const UNSURE: Duration = Duration::from_secs(2);

/// Compares what a server says with what this machine's clock said meanwhile.
pub(super) fn against_server(provider: &Provider, date: Option<UnixTime>, here: UnixTime) -> Finding {
    let Some(there) = date else {
        return Finding::skipped(CHECK, "the server does not say what its clock says (no `date` in its answer)");
    };
    let (behind, ahead) = (here.since(there), there.since(here));
    let apart = behind.max(ahead);
    if apart <= UNSURE {
        return Finding::ok(CHECK, "this machine's clock and the server's agree");
    }
    let side = if behind > ahead { "behind" } else { "ahead of" };
    let message = format!("the server's clock is {} s {side} this machine's", apart.as_secs());
    match provider.tolerance() {
        Some(tolerance) if apart.saturating_mul(2) >= tolerance.past().min(tolerance.future()) => {
            Finding::problem(CHECK, format!("{message}, which is half of what this sender allows, or more"), MEND)
        }
        _ => Finding::warning(CHECK, message, MEND),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_apart_is_said_by_how_bad_it_is() {
        let (stripe, github) = (Provider::by_id("stripe").unwrap(), Provider::by_id("github").unwrap());
        let here = UnixTime::from_secs(1_700_000_000);
        let shown = |provider, date| format!("{:?}", against_server(provider, date, here));
        let at = |seconds: i64| Some(UnixTime::from_secs(1_700_000_000 + seconds));
        assert!(shown(stripe, None).contains("Skipped"));
        for near in [-2, 0, 2] {
            assert!(shown(stripe, at(near)).contains("level: Ok"), "{near}");
        }
        assert!(shown(stripe, at(-20)).contains("Warning") && shown(stripe, at(-20)).contains("20 s behind"));
        assert!(shown(stripe, at(150)).contains("Problem") && shown(stripe, at(150)).contains("150 s ahead"));
        assert!(shown(github, at(100_000)).contains("Warning"), "it signs no timestamp");
    }
}
