//! The faults that senders, networks and forgers make, one after another, and how a receiver takes each of them.

mod expected;
mod fault;
mod plan;
mod report;

use std::process::ExitCode;

use hookporter::{Clock, Secret, SystemClock};
use tokio::task::JoinSet;

use super::args::Send;
use crate::failure::Failure;
use crate::signer::Signer;
use crate::wire::{Answer, Place, Unanswered};
pub(crate) use expected::refuses;
pub(crate) use fault::Fault;
use plan::{Case, Plan, Planned};
use report::{Report, Tried};

/// Tries every fault that was asked for, and shows what was answered.
pub(super) fn run(
    args: &Send,
    signer: &Signer<'_>,
    second: Option<Secret>,
    place: &Place,
) -> Result<ExitCode, Failure> {
    let faults = if args.simulate { Fault::ALL.to_vec() } else { args.fault.clone() };
    let limit = match args.body_limit {
        Some(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
        None => signer.provider.body_limit(),
    };
    if args.slow > plan::SLOWEST {
        return Err(Failure::usage("--slow: at most ten minutes"));
    }
    let plan = Plan { signer, second, place, limit, slow: args.slow };
    // Before the first line is written: what cannot be signed is a mistake on the command line.
    let planned = faults.iter().map(|fault| plan.of(*fault, SystemClock.now())).collect::<Result<Vec<_>, _>>()?;
    drop(planned);
    let mut report = Report::new(args.json, signer.provider);
    super::runtime()?.block_on(async {
        for fault in faults {
            // Made now: those before it took their time.
            match plan.of(fault, SystemClock.now())? {
                Planned::Not(why) => report.not_for_this_sender(fault, &why),
                Planned::Case(case) => {
                    let answers = answers(&case, place).await;
                    if let Some(problem) = nobody(&answers) {
                        return Err(Failure::system("--url", crate::output::escaped(&problem)));
                    }
                    report.tried(&Tried { fault, case: &case, answers: &answers });
                    if fault == Fault::Good && answers.iter().any(|answer| matches!(answer, Err(Unanswered::Late(_)))) {
                        crate::output::complain(format_args!(
                            "whoever keeps a good one waiting was not asked anything else"
                        ));
                        break;
                    }
                }
            }
        }
        Ok(())
    })?;
    Ok(report.end())
}

async fn answers(case: &Case, place: &Place) -> Vec<Result<Answer, Unanswered>> {
    let mut answers = Vec::new();
    if !case.at_once {
        for shipment in &case.shipments {
            answers.push(shipment.send(place).await);
        }
        return answers;
    }
    let mut under_way = JoinSet::new();
    for shipment in case.shipments.clone() {
        let place = place.clone();
        under_way.spawn(async move { shipment.send(&place).await });
    }
    while let Some(joined) = under_way.join_next().await {
        answers.push(joined.unwrap_or_else(|error| Err(Unanswered::Broken(error.to_string()))));
    }
    answers
}

/// Why nobody can be reached: then no other fault need be tried.
fn nobody(answers: &[Result<Answer, Unanswered>]) -> Option<String> {
    answers.iter().find_map(|answer| match answer {
        Err(Unanswered::Unreachable(problem)) => Some(problem.clone()),
        _ => None,
    })
}
