//! Lists: groups, requests of the journal, and what is kept whole.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use hookporter::journal::Entry;
use hookporter::operating::{RefusedListed, RefusedSelection};
use hookporter::{Outcome, Reason, UnixTime};
use serde::Serialize;
use serde_json::json;

use super::chosen::{Filter, each_kept};
use super::groups::{self, Group};
use super::{Arguments, open};
use crate::failure::Failure;
use crate::store::Store;
use crate::style::{Paint, Style};
use crate::{moment, output};

/// How many entries are read at a time.
const PAGE: usize = 200;

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    filter: Filter,
    /// List the requests that the journal tells of, the newest first
    #[arg(long)]
    requests: bool,
    /// List the requests that are kept whole, the oldest first, by the numbers that `show`, `recheck` and `forget` take
    #[arg(long, conflicts_with = "requests")]
    kept: bool,
    /// With --requests: begin before the request of this number
    #[arg(long, value_name = "NUMBER", requires = "requests")]
    before: Option<u64>,
    /// With --kept: begin behind the request of this number
    #[arg(long, value_name = "NUMBER", requires = "kept")]
    after: Option<i64>,
    /// Show at most so many
    #[arg(long, value_name = "N", default_value_t = 100)]
    most: usize,
}

pub(super) fn run(args: &Arguments, list: &List) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    if list.requests {
        requests(args, list, &store)?;
    } else if list.kept {
        kept(args, list, &store)?;
    } else {
        grouped(args, &groups::of(&store, &list.filter)?, list.most);
    }
    Ok(ExitCode::SUCCESS)
}

fn grouped(args: &Arguments, groups: &[Group], most: usize) {
    let shown = groups.iter().take(most);
    if args.json {
        return shown.for_each(|group| {
            let line = json!({
                "endpoint": group.endpoint, "reason": group.reason.as_str(), "requests": group.requests, "kept": group.kept,
                "first_at": group.first.as_secs(), "last_at": group.last.as_secs(), "guide": group.reason.guide(),
            });
            output::say(&output::json(&line));
        });
    }
    if groups.is_empty() {
        return output::say("nothing was turned away");
    }
    let style = Style::of_stdout();
    output::say(&format!(
        "{:>8}  {:>6}  {:<18} {:<24} {:<21} {:<21}",
        "requests", "kept", "endpoint", "reason", "first", "last"
    ));
    for group in shown {
        let reason = style.paint(Paint::Bad, &format!("{:<24}", group.reason.as_str()));
        output::say(&format!(
            "{:>8}  {:>6}  {:<18} {reason} {:<21} {}",
            group.requests,
            group.kept,
            output::escaped(&group.endpoint),
            moment::shown(group.first),
            moment::shown(group.last),
        ));
        output::say(&format!("{:18}{}", "", style.paint(Paint::Faint, &group.reason.guide())));
    }
    if groups.len() > most {
        output::complain(format_args!("there are more: --most {}", groups.len()));
    }
}

/// A request of the journal, and its number where it is kept whole.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    kept: Option<i64>,
}

fn requests(args: &Arguments, list: &List, store: &Store) -> Result<(), Failure> {
    let (entries, there_is_more) = newest(store, list)?;
    let mut kept = HashMap::new();
    each_kept(store, &RefusedSelection::all(), 0, |request| {
        kept.insert(request.trace.to_bits(), request.number);
        true
    })?;
    let number = |entry: &Entry| kept.get(&entry.record.trace.to_bits()).copied();
    if args.json {
        entries.iter().for_each(|entry| output::say(&output::json(&Line { entry, kept: number(entry) })));
        return Ok(());
    }
    if entries.is_empty() {
        output::say("no such request");
    } else {
        output::say(&format!(
            "{:>8}  {:<20}  {:<18} {:>6}  {:>6}  {:<16}  reason",
            "number", "came", "endpoint", "status", "kept", "trace"
        ));
    }
    for entry in &entries {
        let record = &entry.record;
        output::say(&format!(
            "{:>8}  {:<20}  {:<18} {:>6}  {:>6}  {:<16}  {}",
            entry.number,
            moment::shown(record.at),
            output::escaped(&record.endpoint),
            record.status,
            number(entry).map(|number| number.to_string()).unwrap_or_default(),
            record.trace,
            why(record.reason, record.detail.as_deref()),
        ));
    }
    if there_is_more && let Some(last) = entries.last() {
        output::complain(format_args!("there may be more: --before {}", last.number));
    }
    Ok(())
}

/// What is asked for of the journal, and whether there may be more.
fn newest(store: &Store, list: &List) -> Result<(Vec<Arc<Entry>>, bool), Failure> {
    let (query, mut before, mut found) = (list.filter.query(), list.before.unwrap_or(u64::MAX), Vec::new());
    let requests = store.requests()?;
    loop {
        let page = store.wait(requests.entries(query.clone(), before, PAGE))?;
        let Some(last) = page.last() else { return Ok((found, false)) };
        before = last.number;
        for entry in page {
            let record = &entry.record;
            let was_refused =
                record.outcome == Outcome::Rejected || record.reason.is_some_and(|reason| reason.is_refusal());
            if !was_refused {
                continue;
            }
            if found.len() == list.most {
                return Ok((found, true));
            }
            found.push(entry);
        }
    }
}

/// The detail begins with the reason.
fn why(reason: Option<Reason>, detail: Option<&str>) -> String {
    output::escaped(detail.or_else(|| reason.map(Reason::as_str)).unwrap_or_default())
}

fn kept(args: &Arguments, list: &List, store: &Store) -> Result<(), Failure> {
    let (mut found, mut there_is_more) = (Vec::new(), false);
    each_kept(store, &list.filter.selection(), list.after.unwrap_or(0), |request| {
        if list.filter.since.is_none_or(|since| request.arrived_at >= since) {
            there_is_more = found.len() == list.most;
            if !there_is_more {
                found.push(request);
            }
        }
        !there_is_more
    })?;
    if args.json {
        found.iter().for_each(|request| output::say(&output::json(&facts(request))));
        return Ok(());
    }
    if found.is_empty() {
        output::say("no request is kept");
    } else {
        output::say(&format!(
            "{:>8}  {:<20}  {:<18} {:>9}  {:<20}  reason",
            "number", "came", "endpoint", "bytes", "judged again"
        ));
    }
    for request in &found {
        output::say(&format!(
            "{:>8}  {:<20}  {:<18} {:>9}  {:<20}  {}",
            request.number,
            moment::shown(request.arrived_at),
            output::escaped(&request.endpoint),
            request.body_bytes,
            request.judged_at.map(moment::shown).unwrap_or_default(),
            why(Some(request.reason), Some(&request.detail)),
        ));
    }
    if there_is_more && let Some(last) = found.last() {
        output::complain(format_args!("there may be more: --after {}", last.number));
    }
    Ok(())
}

/// For programs: times in Unix seconds.
fn facts(request: &RefusedListed) -> serde_json::Value {
    json!({
        "number": request.number, "trace": request.trace.to_string(), "endpoint": request.endpoint,
        "reason": request.reason.as_str(), "detail": request.detail, "arrived_at": request.arrived_at.as_secs(),
        "judged_at": request.judged_at.map(UnixTime::as_secs), "reached_proof": request.reached_proof,
        "body_bytes": request.body_bytes,
    })
}
