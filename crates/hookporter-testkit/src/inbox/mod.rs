//! The acceptance suites for the stores of durable inboxes: what every store must do, whoever wrote it.
//!
//! A store that passes keeps what it accepts over a restart, has one row for each event however many copies come at once,
//! lends an event to one worker at a time, and takes no word from a worker whose lease is over. What the suites cannot see
//! is whether the disk had the bytes when a success was told: cut the power for that, or simulate it.
//!
//! | suite | for a store | needs |
//! |---|---|---|
//! | [`inbox_suite`] | every one | [`InboxBackend`] |
//! | [`journal_suite`], [`quarantine_suite`] | that keeps requests | [`InboxBackend`] |
//! | [`moving_suite`] | whose events can move into another one, or out of one | [`MovingBackend`] |
//! | [`nodes_suite`] | that several processes have at the same time | [`SharedBackend`] |
//! | [`agreement_suite`] | through which these processes agree | [`SharedBackend`] |
//! | [`crash_suite`] | whose processes are killed with `kill -9` | [`CrashBackend`] |
//! | [`outage_suite`] | whose engine is a server, which is killed too | [`EngineBackend`] |

mod accepting;
mod agreement;
mod crash;
mod diary;
mod endpoints;
mod failing;
mod journal;
mod lanes;
mod leases;
mod moved;
mod moving;
mod network;
mod node;
mod nodes;
mod outage;
mod quarantine;
mod sample;
mod shared;
mod stopwatch;

use std::error::Error;
use std::fmt;

use hookporter_pipeline::BoxError;
use hookporter_pipeline::inbox::{AcceptingSide, WorkingSide};
use hookporter_pipeline::operating::Operated;

pub use diary::NodeDiary;
pub use moving::MovingBackend;
pub use network::{Mood, Network};
pub use node::{NodeLife, NodeProcess};
pub use sample::{START, sample_record};
pub use shared::{CrashBackend, EngineBackend, Patience, SharedBackend};
pub use stopwatch::Stopwatch;

/// What the suite runs on: a maker of stores.
pub trait InboxBackend {
    /// The store.
    type Store: AcceptingSide + WorkingSide + Clone;

    /// A store with nothing in it.
    ///
    /// # Errors
    /// What went wrong; the suite ends then.
    fn empty(&self) -> impl Future<Output = Result<Self::Store, BoxError>>;

    /// What the store does not promise, and says so in its docs. Default: it promises everything, and every case runs.
    fn lacks(&self) -> &'static [Part] {
        &[]
    }

    /// Closes a store and opens what it has kept, as a restart of the process does.
    ///
    /// # Errors
    /// What went wrong; the suite ends then.
    fn restart(&self, store: Self::Store) -> impl Future<Output = Result<Self::Store, BoxError>>;
}

/// A part of what stores promise that some engines have no means for. A case that needs one which the store lacks is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Events of one lane are worked one after the other.
    Lanes,
    /// Leases and due times go by the moments that callers tell, and [`Claimed::next_due`] is known: the engine has no clock of
    /// its own that decides. Who lacks this has tests of its own that wait.
    ///
    /// [`Claimed::next_due`]: hookporter_pipeline::inbox::Claimed::next_due
    CallersClock,
}

/// Whether the store promises this part.
fn keeps(backend: &impl InboxBackend, part: Part) -> bool {
    !backend.lacks().contains(&part)
}

/// A case of the suite that did not hold.
#[derive(Debug)]
pub struct SuiteFailure {
    case: &'static str,
    problem: BoxError,
}

impl SuiteFailure {
    /// The case, in words.
    #[must_use]
    pub const fn case(&self) -> &'static str {
        self.case
    }
}

impl fmt::Display for SuiteFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store does not hold `{}`: {}", self.case, self.problem)
    }
}

impl Error for SuiteFailure {}

/// How a case went.
type Held = Result<(), BoxError>;

/// Runs cases on a backend, each on an empty store, up to the first that does not hold; without those that need what it lacks.
macro_rules! cases {
    ($backend:expr => $($module:ident::$case:ident $(needs $($part:ident),+)?;)*) => {
        $(
            let kept: &[bool] = &[$($(keeps($backend, Part::$part)),+)?];
            if kept.iter().all(|kept| *kept) {
                let case = stringify!($case);
                let held = async { $module::$case($backend, $backend.empty().await?).await };
                held.await.map_err(|problem| SuiteFailure { case, problem })?;
            }
        )*
    };
}

/// Runs every case, but those that need what the store [lacks](InboxBackend::lacks), each on an empty store, on a tokio runtime with
/// its time on.
///
/// ```no_run
/// # async fn example(backend: impl hookporter_testkit::inbox::InboxBackend) {
/// hookporter_testkit::inbox::inbox_suite(&backend).await.unwrap();
/// # }
/// ```
///
/// # Errors
/// The first case that does not hold.
pub async fn inbox_suite<B: InboxBackend>(backend: &B) -> Result<(), SuiteFailure> {
    cases! { backend =>
        accepting::a_restart_keeps_every_field_of_what_was_accepted;
        accepting::an_event_is_one_within_endpoint_and_tenant;
        accepting::a_thousand_copies_at_once_are_one_event;
        accepting::the_records_of_a_request_are_answered_in_their_order;
        accepting::what_was_worked_stays_a_duplicate_over_a_restart;
        accepting::acceptance_wakes_who_waits;
        leases::events_are_lent_in_order_and_to_one_worker_only;
        leases::workers_that_claim_at_once_get_different_events;
        leases::a_lease_that_runs_out_gives_the_event_back needs CallersClock;
        leases::a_word_of_an_old_lease_counts_for_nothing needs CallersClock;
        leases::a_renewed_lease_holds_longer needs CallersClock;
        leases::an_event_that_is_given_back_is_due_at_once_and_the_attempt_does_not_count;
        leases::a_restart_gives_back_what_was_lent_when_its_lease_runs_out needs CallersClock;
        lanes::events_of_a_lane_are_lent_one_after_the_other needs Lanes;
        lanes::a_failure_holds_its_lane_and_a_dead_letter_lets_it_go needs Lanes;
        failing::a_failed_event_is_due_when_it_was_said needs CallersClock;
        failing::an_event_that_is_held_is_due_when_it_was_said_and_the_attempt_does_not_count needs Lanes, CallersClock;
        failing::a_dead_letter_is_not_lent_and_comes_back_when_it_is_delivered_again;
        failing::an_event_that_kills_its_process_ends_as_a_dead_letter needs CallersClock;
        failing::a_parked_event_is_not_lent;
        failing::an_event_that_a_worker_parks_is_kept_and_not_lent needs Lanes;
    }
    Ok(())
}

/// Runs every case of what a store writes down of requests, each on an empty store, on a tokio runtime with its time on: for one
/// that gives endpoints a [journal](AcceptingSide::journal).
///
/// # Errors
/// The first case that does not hold.
pub async fn journal_suite<B: InboxBackend>(backend: &B) -> Result<(), SuiteFailure>
where
    B::Store: Operated,
{
    cases! { backend =>
        journal::every_outcome_leaves_its_row_with_the_number_of_its_event;
        journal::a_query_chooses_among_them;
        journal::what_is_written_is_what_was_noted_and_is_there_after_a_restart;
        journal::what_is_found_out_comes_to_its_row_whichever_comes_first;
        journal::what_a_stranger_has_a_hand_in_is_shortened;
        journal::a_delivery_of_several_events_leads_to_the_first_of_them;
        journal::a_request_has_no_headers_of_a_later_one;
        journal::an_event_that_is_erased_has_left_the_journal;
    }
    Ok(())
}

/// Runs every case of how a store keeps refused requests and lets them out again, each on an empty store, on a tokio runtime with
/// its time on: for one that has a [quarantine](AcceptingSide::quarantine).
///
/// # Errors
/// The first case that does not hold.
pub async fn quarantine_suite<B: InboxBackend>(backend: &B) -> Result<(), SuiteFailure>
where
    B::Store: Operated,
{
    cases! { backend =>
        quarantine::what_is_kept_comes_back_byte_for_byte;
        quarantine::what_was_refused_under_a_wrong_secret_is_handed_off_once;
        quarantine::an_event_is_what_it_would_have_been;
        quarantine::what_was_fresh_when_it_came_is_and_what_was_stale_stays_so;
        quarantine::two_rechecks_at_the_same_time_hand_off_each_event_once;
        quarantine::of_many_who_readmit_a_request_one_does;
        quarantine::a_filter_chooses_and_what_is_forgotten_is_gone;
        quarantine::what_was_held_is_handed_off_by_itself_once_a_proof_holds;
    }
    Ok(())
}

/// Runs every case of several nodes with the same events, each on an empty store, on a tokio runtime of several threads with its time
/// on; without those that need what the store [lacks](InboxBackend::lacks).
///
/// # Errors
/// The first case that does not hold.
pub async fn nodes_suite<B: SharedBackend>(backend: &B) -> Result<(), SuiteFailure> {
    cases! { backend =>
        nodes::copies_at_two_nodes_are_one_event;
        nodes::nodes_that_accept_and_work_at_once_work_each_event_once;
        nodes::events_of_a_lane_are_worked_in_order_whichever_nodes_accept_and_work_them needs Lanes;
        nodes::an_event_that_comes_while_the_one_before_it_is_completed_is_due needs Lanes;
    }
    Ok(())
}

/// Kills nodes at random, with `kill -9`, while they accept and work.
///
/// # Errors
/// The first case that does not hold.
pub async fn crash_suite<B: CrashBackend>(backend: &B) -> Result<(), SuiteFailure> {
    cases! { backend =>
        crash::nothing_acknowledged_is_missing_or_worked_by_two_when_nodes_are_killed;
    }
    Ok(())
}

/// Kills, ends and starts the engine under load, on a tokio runtime of several threads with its time on.
///
/// # Errors
/// The first case that does not hold.
pub async fn outage_suite<B: EngineBackend>(backend: &B) -> Result<(), SuiteFailure> {
    cases! { backend =>
        outage::nothing_acknowledged_is_missing_and_the_store_is_back_within_two_seconds;
    }
    Ok(())
}

/// Runs every case of what nodes agree on and tell of each other, each on an empty store, on a tokio runtime with its time on: for a
/// store that has a [shared side](AcceptingSide::shared_side).
///
/// # Errors
/// The first case that does not hold.
pub async fn agreement_suite<B: SharedBackend>(backend: &B) -> Result<(), SuiteFailure> {
    cases! { backend =>
        agreement::a_pause_on_one_node_is_one_on_all;
        agreement::what_was_said_outlives_every_node;
        agreement::a_key_that_is_revoked_on_one_node_is_dead_on_all;
        agreement::a_tenants_key_is_no_other_tenants;
        agreement::who_said_what_is_told_on_every_node;
        agreement::each_node_shows_all_of_them;
    }
    Ok(())
}

/// Runs every case of events that one store gives to another, each on an empty store, on a tokio runtime with its time on; without
/// those that need what the store [lacks](InboxBackend::lacks).
///
/// # Errors
/// The first case that does not hold.
pub async fn moving_suite<B: MovingBackend>(backend: &B) -> Result<(), SuiteFailure> {
    cases! { backend =>
        moving::all_that_is_kept_comes_along_and_twice_is_once needs Lanes, CallersClock;
        moving::what_was_taken_over_is_as_if_it_had_come_here needs Lanes, CallersClock;
        moving::the_lowest_number_of_a_lane_is_worked_first needs Lanes, CallersClock;
        moving::an_event_whose_number_another_has_is_renumbered_or_refused;
        moving::what_was_worked_there_since_is_done_here_unless_it_was_worked_here needs Lanes, CallersClock;
        moving::of_an_event_without_contents_what_is_left_is_known needs CallersClock;
        moving::of_two_who_move_the_same_events_one_does needs Lanes;
    }
    Ok(())
}

/// Holds a condition, or says what does not hold.
fn hold(condition: bool, problem: impl FnOnce() -> String) -> Held {
    if condition { Ok(()) } else { Err(problem().into()) }
}

/// Holds that two things are the same.
#[expect(clippy::needless_pass_by_value, reason = "the cases make both for this call")]
fn same<T: PartialEq + fmt::Debug>(what: &str, is: T, expected: T) -> Held {
    hold(is == expected, || format!("{what}: {is:?}, and not {expected:?}"))
}
