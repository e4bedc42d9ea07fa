//! Where each fault is shown.

use std::path::Path;

/// A fault by its number, what it is, the file with its test, and the test; where there is no file: what it waits for.
pub const FAULTS: &[(u32, &str, &str, &str)] = &[
    (1, "the disk is full", INBOX_DISK, "a_full_disk_refuses_and_recovers_by_itself"),
    (2, "a sync fails", INBOX_DISK, "after_a_sync_that_fails_the_file_is_opened_anew_and_nobody_was_acknowledged"),
    (3, "a slow sync", SLOW_STORE, "a_sync_that_takes_seconds_is_503_at_the_budget_and_the_retry_a_duplicate"),
    (3, "a lock", SLOW_STORE, "another_programs_lock_is_503_at_the_budget_and_the_retry_a_duplicate"),
    (4, "the store is down", INBOX_DAMAGE, "a_store_that_is_down_refuses_at_once_and_is_back_within_two_seconds"),
    (
        4,
        "a server that is down",
        "crates/hookporter-postgres/tests/inbox/suite.rs",
        "it_holds_when_the_server_is_killed",
    ),
    (
        5,
        "the store never answers",
        "crates/hookporter-pipeline/tests/inbox/told.rs",
        "nobody_is_acknowledged_before_the_commit_however_many_copies_come",
    ),
    (
        5,
        "a node that is cut off from its server",
        "crates/hookporter-postgres/tests/inbox/cut_off.rs",
        "a_node_that_is_cut_off_refuses_in_time_and_its_events_are_worked_elsewhere",
    ),
    (5, "no pile-up behind it", INBOX_FULL, "a_full_queue_refuses_at_once_and_takes_again_when_there_is_room"),
    (6, "killed in a commit", INBOX_POWER, "what_a_killed_process_did_not_sync_is_durable_before_it_is_a_duplicate"),
    (
        6,
        "the connection is cut in a commit",
        "crates/hookporter-postgres/tests/inbox/network.rs",
        "a_commit_whose_answer_is_lost_is_not_acknowledged",
    ),
    (7, "killed before the answer", KILLS, "killed_between_the_commit_and_the_answer_the_retry_is_a_duplicate"),
    (8, "killed before the work", KILLS, "killed_between_the_answer_and_the_work_it_is_worked_after_the_restart"),
    (8, "the same, in memory", KILLS, "killed_with_work_in_memory_no_more_is_lost_than_the_capacity"),
    (9, "killed in the work", KILLS, "killed_in_the_midst_of_the_work_it_is_worked_again_as_the_second_attempt"),
    (
        10,
        "killed at random",
        "crates/hookporter-sqlite/tests/inbox/crash.rs",
        "nothing_that_a_killed_process_acknowledged_is_missing_or_left_undone",
    ),
    (
        10,
        "nodes that are killed at random",
        "crates/hookporter-postgres/tests/inbox/suite.rs",
        "it_holds_when_nodes_are_killed",
    ),
    (
        10,
        "nodes, networks and the database at once",
        "crates/hookporter-postgres/tests/inbox/storm.rs",
        "whatever_fails_what_was_acknowledged_is_there_once_and_is_worked",
    ),
    (
        10,
        "nodes behind a proxy",
        "tests/suite/examples/fleet.rs",
        "any_node_of_a_fleet_may_be_killed_while_deliveries_flow",
    ),
    (11, "the power goes", INBOX_POWER, "nothing_that_was_acknowledged_is_missing_after_a_loss_of_power"),
    (
        11,
        "the power goes under a server",
        "crates/hookporter-postgres/tests/inbox/power.rs",
        "nothing_that_was_acknowledged_is_missing_after_a_loss_of_power",
    ),
    (11, "after a kill", INBOX_POWER, "what_a_killed_process_did_not_sync_is_durable_before_it_is_a_duplicate"),
    (11, "syncs are counted", INBOX_DISK, "one_sender_costs_one_sync_an_event"),
    (12, "the file is damaged", INBOX_FILE, "a_damaged_file_is_set_aside_whole_and_a_new_one_takes_its_place"),
    (12, "the log is cut", INBOX_FILE, "a_log_that_was_cut_short_loses_no_more_than_what_was_cut"),
    (
        12,
        "damaged while it is open",
        INBOX_DAMAGE,
        "a_file_that_is_not_to_be_set_aside_stays_and_nothing_is_acknowledged",
    ),
    (
        12,
        "the same, and set aside",
        INBOX_DAMAGE,
        "a_list_of_events_that_is_hit_is_set_aside_and_a_new_file_takes_its_place",
    ),
    (12, "another file in its place", INBOX_FILE, "another_programs_file_is_left_as_it_is"),
    (13, "the channel is full", HANDOFF, "a_channel_that_is_full_or_closed_is_503"),
    (13, "the background is full", HANDOFF, "a_full_background_is_503_and_free_again_once_the_work_is_done"),
    (
        14,
        "a worker panics now and then",
        WORKERS,
        "events_that_panic_or_hang_end_as_dead_letters_and_the_others_are_worked_meanwhile",
    ),
    (
        15,
        "a worker hangs",
        WORKERS,
        "events_that_panic_or_hang_end_as_dead_letters_and_the_others_are_worked_meanwhile",
    ),
    (15, "its lease", INBOX_WORK, "an_attempt_that_hangs_is_stopped_and_the_next_one_comes"),
    (16, "a poison event", INBOX_WORK, "a_poison_event_is_a_dead_letter_with_the_text_of_its_last_panic"),
    (17, "a panic in the user's code", HANDOFF, "a_panic_in_an_observer_or_in_a_route_never_drops_the_connection"),
    (18, "slow heads", "tests/suite/timeouts.rs", "a_head_that_never_ends_is_not_waited_for"),
    (
        19,
        "stalled uploads",
        "tests/suite/attacks/e_size.rs",
        "e14_e15_a_body_that_drips_or_stops_is_told_408_at_the_deadline",
    ),
    (20, "the sender hangs up", HANDOFF, "a_sender_that_hangs_up_cannot_cancel_the_handler"),
    (21, "the clock jumps", CLOCK, "a_clock_that_jumps_accepts_nothing_outside_the_window_and_forgets_no_event"),
    (21, "during a request", CLOCK, "a_jump_in_the_midst_of_a_request_changes_nothing_for_it"),
    (
        21,
        "health turns amber",
        "crates/hookporter-pipeline/tests/health/main.rs",
        "a_clock_that_was_set_is_told_of_for_a_while",
    ),
    (22, "a clock before 1970", HANDOFF, "a_clock_before_1970_is_our_fault"),
    (23, "large bodies", LIMITS, "bodies_that_together_are_too_large_are_told_503_and_memory_stays_in_its_bounds"),
    (24, "64 file descriptors", LIMITS, "without_descriptors_it_waits_and_goes_on_when_there_are_some_again"),
    (25, "SIGTERM under load", SIGNALS, "a_receiver_that_is_told_to_end_under_load_ends_in_time_and_loses_nothing"),
    (
        26,
        "SIGSTOP",
        SIGNALS,
        "a_process_that_stood_still_answers_within_the_budget_and_judges_by_the_time_at_which_it_reads",
    ),
    (27, "one thread", SLOW_STORE, "on_a_runtime_of_one_thread_a_store_that_blocks_keeps_nobody_else_waiting"),
    (28, "rubbish in a key file", "tests/suite/attacks/c_sources.rs", "c11_c13_key_files_are_read_anew"),
    (
        29,
        "a storm of retries",
        "tests/suite/faults/storm.rs",
        "in_a_storm_of_retries_each_event_is_handed_off_once_and_every_answer_is_in_time",
    ),
    (30, "nobody reads the log", SINK, "a_pipe_that_nobody_reads_keeps_no_sender_waiting"),
    (30, "the log is full", SINK, "a_log_that_is_full_changes_nothing_for_senders_and_workers"),
    (31, "two processes", INBOX_FILE, "a_second_process_is_refused_and_the_first_goes_on"),
    (31, "one accepts, one works", INBOX_TWO, "either_of_two_processes_may_be_killed_at_any_moment"),
];

const INBOX_DAMAGE: &str = "crates/hookporter-sqlite/tests/inbox/damage.rs";
const INBOX_DISK: &str = "crates/hookporter-sqlite/tests/inbox/disk.rs";
const INBOX_FILE: &str = "crates/hookporter-sqlite/tests/inbox/file.rs";
const INBOX_FULL: &str = "crates/hookporter-sqlite/tests/inbox/full.rs";
const INBOX_POWER: &str = "crates/hookporter-sqlite/tests/inbox/power.rs";
const INBOX_TWO: &str = "crates/hookporter-sqlite/tests/inbox/two_processes.rs";
const INBOX_WORK: &str = "crates/hookporter-sqlite/tests/inbox/work.rs";
const CLOCK: &str = "tests/suite/faults/clock.rs";
const HANDOFF: &str = "tests/suite/handoff.rs";
const KILLS: &str = "tests/suite/faults/kills.rs";
const LIMITS: &str = "tests/suite/faults/limits.rs";
const SIGNALS: &str = "tests/suite/faults/signals.rs";
const SINK: &str = "tests/suite/faults/sink.rs";
const SLOW_STORE: &str = "tests/suite/faults/slow_store.rs";
const WORKERS: &str = "tests/suite/faults/workers.rs";

#[test]
fn every_fault_has_its_test_or_says_what_it_waits_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (number, what, file, test) in FAULTS.iter().filter(|(_, _, file, _)| !file.is_empty()) {
        let source = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        assert!(source.contains(&format!("fn {test}(")), "{number}, {what}: {file} has no {test}");
    }
    let missing: Vec<u32> = (1..=31).filter(|number| FAULTS.iter().all(|(at, ..)| at != number)).collect();
    assert!(missing.is_empty(), "not accounted for: {missing:?}");
}
