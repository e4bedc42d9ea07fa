//! Judging kept requests again.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use hookporter::operating::{QuarantineSide, RefusedSelection};
use hookporter::quarantine::Judgement;
use hookporter::{Endpoint, Rejection};
use serde_json::json;

use super::chosen::{each_kept, selection};
use super::judging::Setup;
use super::{Arguments, open};
use crate::args::Freshness;
use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;
use crate::store::{Store, failed};
use crate::style::{Paint, Style};

/// How many are judged between two looks at how far it is.
const STEP: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Recheck {
    /// The numbers, as `rejected list --kept` says them
    #[arg(value_name = "NUMBER")]
    numbers: Vec<i64>,
    /// All that are kept of the endpoint
    #[arg(long, conflicts_with = "numbers")]
    all: bool,
    /// The sender; see `hookporter providers`
    #[arg(long, value_name = "ID")]
    provider: String,
    // One value each: numbers may stand behind it.
    /// The variable with the secret of now; repeat it for a rotation. ID names the key [default: the variable's name]
    #[arg(long, value_name = "[ID=]VAR", required = true)]
    secret_env: Vec<String>,
    /// The endpoint's name in its server [default: the sender's id, as `receive` has it]
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// What the sender calls, where it signs the URL
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    #[command(flatten)]
    freshness: Freshness,
    /// Say what would hold, and hand off nothing
    #[arg(long)]
    dry_run: bool,
}

/// One request, judged.
struct Line {
    number: i64,
    outcome: &'static str,
    reason: Option<&'static str>,
    detail: Option<String>,
    stays: bool,
}

pub(super) fn run(args: &Arguments, recheck: &Recheck) -> Result<ExitCode, Failure> {
    if recheck.numbers.is_empty() && !recheck.all {
        return Err(Failure::usage("name requests by number, or say --all"));
    }
    let Recheck { provider, secret_env, public_url, freshness, .. } = recheck;
    let (name, public_url) = (recheck.endpoint.as_deref(), public_url.as_deref());
    let (endpoint, name) = Setup { provider, secret_env, name, public_url, freshness }.endpoint()?;
    let store = open(args)?;
    let numbers = chosen(&store, recheck, &name)?;
    let judged = store.block_on(judge(args, recheck, &endpoint, store.refused()?, &numbers))?;
    summary(args, recheck, &judged);
    let mut left = recheck.numbers.clone();
    left.retain(|number| !numbers.contains(number));
    if !left.is_empty() {
        let left: Vec<_> = left.iter().map(i64::to_string).collect();
        let name = output::escaped(&name);
        return Err(Failure::Run(format!("not judged: request {}: none is kept of endpoint {name}", left.join(", "))));
    }
    Ok(if judged.stay == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Those that are there now; what comes meanwhile is for the next time.
fn chosen(store: &Store, recheck: &Recheck, name: &str) -> Result<Vec<i64>, Failure> {
    let mut which = selection(Some(name), None);
    if !recheck.all {
        which = which.numbers(recheck.numbers.iter().copied());
    }
    let mut numbers = Vec::new();
    each_kept(store, &which, 0, |request| {
        numbers.push(request.number);
        true
    })?;
    if recheck.all {
        let all = store.wait(store.refused()?.refused_by_reason(RefusedSelection::all()))?;
        let mut others: Vec<_> = all.iter().map(|count| &*count.endpoint).filter(|other| *other != name).collect();
        others.sort_unstable();
        others.dedup();
        if !others.is_empty() {
            let others = output::escaped(&others.join(", "));
            output::complain(format_args!("requests of other endpoints are left alone (--endpoint NAME): {others}"));
        }
    }
    Ok(numbers)
}

#[derive(Default)]
struct Counts {
    judged: usize,
    handed_off: usize,
    duplicates: usize,
    stay: usize,
}

async fn judge(
    args: &Arguments,
    recheck: &Recheck,
    endpoint: &Endpoint,
    side: Arc<dyn QuarantineSide>,
    numbers: &[i64],
) -> Result<Counts, Failure> {
    let progress = Progress::new(|| Ok::<_, Failure>(numbers.len()))?;
    let (style, mut counts) = (Style::of_stdout(), Counts::default());
    for step in numbers.chunks(STEP) {
        progress.draw(counts.judged);
        let lines = if recheck.dry_run {
            let mut lines = Vec::new();
            for number in step {
                lines.push(would(endpoint, &*side, *number).await?);
            }
            lines
        } else {
            let which = RefusedSelection::all().numbers(step.iter().copied());
            let judged = endpoint.recheck_in(side.clone(), which).await.map_err(failed)?;
            judged.iter().map(|one| Line::of(one.number, &one.outcome)).collect()
        };
        progress.end();
        for line in lines {
            counts.add(&line);
            line.say(args.json, style);
        }
    }
    Ok(counts)
}

/// What would become of a request.
async fn would(endpoint: &Endpoint, side: &dyn QuarantineSide, number: i64) -> Result<Line, Failure> {
    let Some(request) = side.refused_request(number).await.map_err(failed)? else {
        return Ok(Line::of(number, &Judgement::Gone));
    };
    if let Some(key) = &request.sealed_by {
        let why = format!("encrypted with the key `{key}`, which does not open it here");
        return Ok(Line::of(number, &Judgement::Failed(why)));
    }
    Ok(match endpoint.judge(&request).await {
        Ok(()) => Line { number, outcome: "holds", reason: None, detail: None, stays: false },
        Err(rejection) => Line::of(number, &Judgement::Refused(rejection)),
    })
}

impl Line {
    fn of(number: i64, judgement: &Judgement) -> Self {
        let (reason, detail) = match judgement {
            Judgement::Refused(rejection) => (Some(Rejection::kind(rejection).as_str()), Some(rejection.to_string())),
            Judgement::Failed(why) => (None, Some(why.clone())),
            _ => (None, None),
        };
        Self { number, outcome: judgement.as_str(), reason, detail, stays: judgement.stays() }
    }

    fn say(&self, as_json: bool, style: Style) {
        let Self { number, outcome, reason, detail, stays } = self;
        if as_json {
            let line =
                json!({ "number": number, "outcome": outcome, "reason": reason, "detail": detail, "stays": stays });
            return output::say(&output::json(&line));
        }
        let paint = if *stays { Paint::Bad } else { Paint::Good };
        let outcome = style.paint(paint, &format!("{outcome:<10}"));
        // The detail begins with the reason.
        let why = output::escaped(detail.as_deref().unwrap_or_default());
        output::say(format!("{number:>8}  {outcome}  {why}").trim_end());
    }
}

impl Counts {
    fn add(&mut self, line: &Line) {
        let count = match line.outcome {
            _ if line.stays => &mut self.stay,
            "duplicate" => &mut self.duplicates,
            _ => &mut self.handed_off,
        };
        *count = count.saturating_add(1);
        self.judged = self.judged.saturating_add(1);
    }
}

fn summary(args: &Arguments, recheck: &Recheck, counts: &Counts) {
    let Counts { judged, handed_off, duplicates, stay } = counts;
    if args.json {
        let line = json!({
            "judged": judged, "handed_off": handed_off, "duplicates": duplicates, "stay": stay, "dry_run": recheck.dry_run,
        });
        return output::say(&output::json(&line));
    }
    output::say(&match (judged, recheck.dry_run) {
        (0, _) => "no request is kept".to_owned(),
        (_, true) => {
            format!("{judged} judged: {handed_off} would be handed off, {stay} would stay; nothing is changed")
        }
        (_, false) => format!("{judged} judged: {handed_off} handed off, {duplicates} duplicates, {stay} stay"),
    });
}
