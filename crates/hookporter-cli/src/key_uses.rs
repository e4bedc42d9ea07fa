//! `keys`: when each key of a running server last fitted, which of them can go, and which count no more.

mod revoked;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use hookporter::UnixTime;

use crate::board::{Endpoint, KeyUse, Read, Shown};
use crate::failure::Failure;
use crate::style::{Paint, Style};
use crate::{duration, moment, output};

/// Show when each key of a running server last fitted, and which can go; revoke one on every node
///
/// After a rotation the old key can go once it has been idle for --idle, while another key of its endpoint fitted since. The
/// server counts since its start, and of keys that have not fitted since then nothing is shown.
///
/// `revoke`, `restore` and `revoked` take an inbox on PostgreSQL, by `--inbox`, in place of a server's page.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    shown: Option<Shown>,
    /// How long a key is to be idle before it can go: longer than its sender tries again
    #[arg(long, value_name = "D", value_parser = duration::parse, default_value = "24h")]
    idle: Duration,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Have a key count no more, by its id, on every node that shares the inbox, and on those that start later
    ///
    /// What is signed with it is refused within a second, after every restart, and until `restore`; other keys go on. It goes by the
    /// id, whatever the secret is: give the new secret an id of its own. Only for an inbox on PostgreSQL, which never has the
    /// secret.
    Revoke(revoked::Which),
    /// Have a revoked key count again: endpoint, id and tenant as they were revoked
    Restore(revoked::Which),
    /// List the revoked keys: whose they are, since when, and who said it
    Revoked(revoked::Place),
}

/// Reads the page and shows what it says of keys.
pub(crate) fn run(args: &Arguments) -> Result<ExitCode, Failure> {
    let shown = match (&args.command, &args.shown) {
        (Some(Command::Revoke(which)), _) => return revoked::revoke(which),
        (Some(Command::Restore(which)), _) => return revoked::restore(which),
        (Some(Command::Revoked(place)), _) => return revoked::list(place),
        (None, Some(shown)) => shown,
        // The parser lets nothing else pass.
        (None, None) => return Err(Failure::usage("--url: where the server shows its health")),
    };
    let read = shown.read()?;
    if shown.json {
        output::say(&read.json());
    } else {
        output::say(&table(&read, args.idle, Style::of_stdout()));
    }
    Ok(ExitCode::SUCCESS)
}

fn table(read: &Read, idle: Duration, style: Style) -> String {
    let mut rows = vec![["endpoint", "key", "last used", "verdict"].map(str::to_owned)];
    let mut paints = vec![None];
    for endpoint in &read.board.endpoints {
        for key in &endpoint.keys {
            let (verdict, paint) = verdict(key, endpoint, read.now, idle);
            rows.push([&endpoint.endpoint, &key.id, &key.last_used, &verdict].map(|text| output::escaped(text)));
            paints.push(paint);
        }
    }
    if rows.len() == 1 {
        return "no key has fitted since the server started".to_owned();
    }
    let mut widths = [0_usize; 3];
    for row in &rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = text.chars().count().max(*width).min(40);
        }
    }
    let [first, second, third] = widths;
    let line = |([endpoint, key, used, verdict], paint): (&[String; 4], &Option<Paint>)| {
        let verdict = paint.map_or_else(|| verdict.clone(), |paint| style.paint(paint, verdict));
        format!("{endpoint:<first$}  {key:<second$}  {used:<third$}  {verdict}")
    };
    rows.iter().zip(&paints).map(line).collect::<Vec<_>>().join("\n")
}

/// Whether a key can go.
fn verdict(key: &KeyUse, endpoint: &Endpoint, now: UnixTime, idle: Duration) -> (String, Option<Paint>) {
    let Some(used) = moment::rfc3339(&key.last_used) else {
        return ("the server says no moment that can be read".to_owned(), None);
    };
    let span = now.since(used);
    let since =
        |other: &&KeyUse| other.id != key.id && moment::rfc3339(&other.last_used).is_some_and(|other| other > used);
    let said = format!("idle for {}", duration::rough(span));
    if endpoint.has_tenants {
        return (format!("{said}; tenants have keys of their own, so that the others say nothing of it"), None);
    }
    match endpoint.keys.iter().filter(since).max_by_key(|other| moment::rfc3339(&other.last_used)) {
        None => (format!("{said}; no other key has fitted since: keep it"), None),
        Some(other) if span >= idle => {
            (format!("{said}, and `{}` has fitted since: safe to remove", other.id), Some(Paint::Good))
        }
        Some(other) => {
            let wanted = duration::whole(idle);
            (
                format!("{said}, and `{}` has fitted since: wait until it is idle for {wanted}", other.id),
                Some(Paint::Warning),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(keys: &[(&str, i64)], has_tenants: bool) -> Endpoint {
        let key = |(id, seconds): &(&str, i64)| serde_json::json!({"id": id, "last_used": UnixTime::from_secs(*seconds).to_string()});
        let keys: Vec<_> = keys.iter().map(key).collect();
        let text = serde_json::json!({"endpoint": "stripe", "keys": keys, "has_tenants": has_tenants});
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn a_key_can_go_when_it_is_idle_and_another_fitted_since() {
        let (hour, now) = (3600, UnixTime::from_secs(1_000_000));
        let said = |endpoint: &Endpoint, hours: u64| {
            verdict(&endpoint.keys[0], endpoint, now, Duration::from_secs(hours * 3600)).0
        };
        let rotated = endpoint(&[("old", 1_000_000 - 9 * hour), ("new", 1_000_000 - 5)], false);
        assert!(said(&rotated, 9).ends_with("idle for 9 h, and `new` has fitted since: safe to remove"));
        assert!(said(&rotated, 10).contains("wait until"), "{}", said(&rotated, 10));
        let quiet = endpoint(&[("old", 1_000_000 - 90 * hour), ("new", 1_000_000 - 91 * hour)], false);
        assert!(said(&quiet, 9).contains("keep it"), "{}", said(&quiet, 9));
        assert!(said(&endpoint(&[("only", 1_000_000 - 90 * hour)], false), 9).contains("keep it"));
        let tenants = endpoint(&[("one", 1_000_000 - 90 * hour), ("two", 1_000_000 - 5)], true);
        assert!(!said(&tenants, 9).contains("safe"), "{}", said(&tenants, 9));
        // A server whose clock was behind: nothing is idle that was used ahead of now.
        let ahead = endpoint(&[("old", 1_000_000 + hour), ("new", 1_000_000 + 2 * hour)], false);
        assert!(!said(&ahead, 1).contains("safe"), "{}", said(&ahead, 1));
    }

    #[test]
    fn a_moment_that_is_none_makes_no_key_removable() {
        let mut odd = endpoint(&[("old", 0), ("new", 1_000_000)], false);
        odd.keys[0].last_used = "\u{1b}[2J".to_owned();
        let (said, _) = verdict(&odd.keys[0], &odd, UnixTime::from_secs(1_000_000), Duration::ZERO);
        assert!(!said.contains("safe"), "{said}");
    }
}
