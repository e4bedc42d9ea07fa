//! `health`: how the endpoints of a running server fare.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::board::{Alarm, Board, Endpoint, Fleet, Shown};
use crate::failure::Failure;
use crate::style::{Paint, Style};
use crate::{duration, output};

/// How many revoked keys of an endpoint are named.
const MOST_REVOKED: usize = 20;

/// Show how the endpoints of a running server fare
///
/// A row for each, with its light and what it is doing; under it what is wrong, and where the guide says how to mend it. Exit status:
/// 0 green or amber, 1 red (here or on another node) or not reached, 2 wrongly used.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    shown: Shown,
}

/// Reads the page and shows it.
pub(crate) fn run(args: &Arguments) -> Result<ExitCode, Failure> {
    let read = args.shown.read()?;
    if args.shown.json {
        output::say(&read.json());
    } else {
        output::say(&table(&read.board, Style::of_stdout()));
    }
    Ok(if read.board.is_red() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn table(board: &Board, style: Style) -> String {
    let width = |of: fn(&Endpoint) -> &str, least: usize| {
        let longest = board.endpoints.iter().map(|endpoint| output::escaped(of(endpoint)).chars().count()).max();
        longest.unwrap_or(0).clamp(least, 40)
    };
    let (name, state) = (width(|endpoint| &endpoint.endpoint, 8), width(|endpoint| &endpoint.state, 5));
    let mut lines = vec![format!(
        "light  {:<name$}  {:<state$}  {:>9}  {:>9}  last accepted",
        "endpoint", "state", "calls", "errors"
    )];
    for endpoint in &board.endpoints {
        let accepted = endpoint
            .last_accepted_age
            .map_or_else(|| "never".to_owned(), |age| format!("{} ago", duration::rough(Duration::from_secs(age))));
        lines.push(format!(
            "{}  {:<name$}  {:<state$}  {:>9}  {:>9}  {accepted}",
            lamp(&endpoint.light, style),
            output::escaped(&endpoint.endpoint),
            output::escaped(&endpoint.state),
            endpoint.totals.calls,
            endpoint.totals.errors,
        ));
        lines.extend(endpoint.alarms.iter().flat_map(|alarm| alarm_lines(alarm, style)));
        lines.extend(said_lines(endpoint));
    }
    if !board.ready {
        lines.push("not ready: an endpoint is paused, or the process is about to end".to_owned());
    }
    lines.extend(board.fleet.iter().flat_map(|fleet| node_lines(fleet, style)));
    lines.join("\n")
}

/// What somebody said of an endpoint: that it is paused, and which keys of it count no more.
fn said_lines(endpoint: &Endpoint) -> Vec<String> {
    let paused = endpoint.paused.as_deref().map(|reach| {
        let reach =
            if reach == "every-node" { "on every node; `hookporter inbox stats` says who" } else { "in this process" };
        format!("       paused {reach}")
    });
    let revoked = endpoint.revoked_keys.iter().take(MOST_REVOKED).map(|key| {
        let tenant = key.tenant.as_deref().map(|tenant| format!(" of tenant `{}`", output::escaped(tenant)));
        format!("       key `{}`{} is revoked", output::escaped(&key.key), tenant.unwrap_or_default())
    });
    let more = endpoint.revoked_keys.len().saturating_sub(MOST_REVOKED);
    let more = (more > 0).then(|| format!("       and {more} more"));
    paused.into_iter().chain(revoked).chain(more).collect()
}

/// The other nodes: who is there, and what is wrong on each.
fn node_lines(fleet: &Fleet, style: Style) -> Vec<String> {
    let width = fleet.nodes.iter().map(|node| output::escaped(&node.name).chars().count()).max();
    let name = width.unwrap_or(0).clamp(4, 40);
    let mut lines = vec![String::new(), format!("light  {:<name$}  state  last heard of", "node")];
    for node in &fleet.nodes {
        let (light, state) = (lamp(&node.light, style), if node.is_up { "up" } else { "gone" });
        let heard = duration::rough(Duration::from_secs(node.silent_for));
        let here = if node.is_here { ", this one" } else { "" };
        lines.push(format!("{light}  {:<name$}  {state:<5}  {heard} ago{here}", output::escaped(&node.name)));
        for endpoint in node.endpoints.iter().filter(|_| !node.is_here) {
            let said = |alarm: &Alarm| {
                let endpoint = output::escaped(&endpoint.endpoint);
                format!("{}  {endpoint}: {}", lamp(&alarm.light, style), output::escaped(&alarm.message))
            };
            lines.extend(endpoint.alarms.iter().map(said));
        }
    }
    if fleet.is_cut_off {
        lines.push("this node does not reach the store: the others are as they were last seen".to_owned());
    }
    lines
}

fn alarm_lines(alarm: &Alarm, style: Style) -> Vec<String> {
    let said = format!("{}: {}", output::escaped(&alarm.alarm), output::escaped(&alarm.message));
    let mut lines = vec![format!("{}  {said}", lamp(&alarm.light, style))];
    lines.extend(
        alarm.guide.as_ref().map(|guide| format!("       {}", style.paint(Paint::Faint, &output::escaped(guide)))),
    );
    lines
}

/// A light, in its colour.
fn lamp(light: &str, style: Style) -> String {
    let paint = match light {
        "green" => Paint::Good,
        "amber" => Paint::Warning,
        "red" => Paint::Bad,
        _ => Paint::Faint,
    };
    style.paint(paint, &format!("{:<5}", output::escaped(light)))
}
