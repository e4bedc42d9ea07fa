//! Things as a store has them.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{Coverage, Reason, Secret, Stage, UnixTime};
use hookporter_pipeline::health::{Alarm, EndpointState, Health, Light, LikelyCause};
use hookporter_pipeline::inbox::{EventRecord, RecordLabel};
use hookporter_pipeline::journal::Entry;
use hookporter_pipeline::operating::{
    Attempted, Listed, Original, ReasonCount, RefusedListed, RefusedRequest, Replay, Replayed, State, Stats, Verdict,
};
use hookporter_pipeline::{Endpoint, Outcome, Record, TraceId};

use crate::look::{Key, Whole};
use crate::page::link::Link;
use crate::page::view::{self, Given, View};

/// The present.
pub(super) const NOW: UnixTime = UnixTime::from_secs(1_764_126_000);

pub(super) fn ago(seconds: u64) -> UnixTime {
    NOW.minus(Duration::from_secs(seconds))
}

pub(super) fn view(may_change: bool) -> View {
    View {
        title: "Hookporter".to_owned(),
        base: String::new(),
        here: Link::to("overview"),
        now: NOW,
        token: may_change.then(|| "a-token".to_owned()),
        given: Given { events: true, requests: true, refused: true, recheck: true },
        lights: view::lights(&healths("stripe")),
        names: vec!["stripe".to_owned(), "github".to_owned(), "acme".to_owned()],
        notice: None,
    }
}

fn health(name: &str) -> Health {
    let endpoint = Endpoint::github(Secret::new("a long and random secret")).unwrap().named(name);
    let mut health = endpoint.health();
    health.totals.calls = 1_204_331;
    health.totals.accepted = 1_199_020;
    health.totals.duplicate = 4_811;
    health.totals.rejected = 500;
    health.last_accepted = Some(ago(23));
    health.state = EndpointState::Active;
    health
}

/// One that is red, one that is amber, one that is green, and one that nobody has called.
pub(super) fn healths(name: &str) -> Vec<Health> {
    let mut red = health(name);
    (red.light, red.state) = (Light::Red, EndpointState::TooManyErrors);
    red.provider = "stripe";
    red.last_accepted = Some(ago(840));
    red.errors_in_a_row = 41;
    red.alarms = vec![
        Alarm::OwnFault(cause()),
        Alarm::RejectsEverything { accepted_until: ago(840), refusals: 41, reason: Reason::InvalidSignature },
    ];
    let mut amber = health("shop");
    (amber.light, amber.provider) = (Light::Amber, "shopify");
    amber.alarms = vec![Alarm::Silent { silent_for: Duration::from_secs(9_000) }];
    let mut quiet = health("acme");
    (quiet.state, quiet.provider, quiet.last_accepted) = (EndpointState::Unknown, "custom", None);
    quiet.totals = hookporter_pipeline::health::Totals::default();
    vec![quiet, health("github"), amber, red]
}

pub(super) fn cause() -> LikelyCause {
    LikelyCause {
        at: ago(60),
        cause: Cow::Borrowed("expired-key"),
        is_proven: true,
        message: "signed with key `STRIPE_SECRET_2024`, which has expired here".to_owned(),
    }
}

pub(super) fn stats() -> Stats {
    Stats {
        waiting: 12,
        working: 4,
        done: 1_204_002,
        dead: 7,
        parked: 23,
        oldest_undone: Some(ago(41)),
        file_bytes: 2_412_331_008,
        used_bytes: 2_400_000_000,
        free_bytes: 12_331_008,
        log_bytes: 4_194_304,
    }
}

pub(super) fn listed(number: i64, state: State, text: &str) -> Listed {
    Listed {
        number,
        state,
        endpoint: "stripe".to_owned(),
        tenant: (number % 2 == 0).then(|| "tenant-eu".to_owned()),
        event_id: Some(format!("evt_1PqX{number}")),
        event_type: Some(text.to_owned()),
        received_at: ago(u64::try_from(1_000 - number).unwrap() * 37),
        due_at: (state == State::Waiting).then(|| NOW.plus(Duration::from_secs(90))),
        finished_at: (state == State::Dead).then(|| ago(500)),
        attempts: 8,
        last_error: (state == State::Dead).then(|| format!("the ledger said no: 422 unknown account for {text}")),
    }
}

pub(super) fn list(state: State, text: &str) -> Vec<Listed> {
    (1..=20).rev().map(|number| listed(number, state, text)).collect()
}

pub(super) fn record(body: Bytes, text: &str) -> EventRecord {
    let label = |text: &str, signed| Some(RecordLabel { text: text.to_owned(), signed });
    let mut record = EventRecord::new("stripe", body, ago(4_000));
    record.event_id = label("evt_1PqX7", true);
    record.event_type = label(text, true);
    record.api_version = label("2025-08-27.basil", false);
    record.target = format!("/webhooks/stripe?{text}");
    record.headers = vec![
        ("content-type".to_owned(), b"application/json; charset=utf-8".to_vec()),
        ("user-agent".to_owned(), text.as_bytes().to_vec()),
    ];
    record.key_id = "STRIPE_WEBHOOK_SECRET".to_owned();
    record.coverage = Coverage::Body;
    record.sent_at = Some(ago(4_001));
    record.peer = Some("198.51.100.7:40112".to_owned());
    record.trace = Some(TraceId::from_bits(0x0123_4567_89ab_cdef));
    record
}

pub(super) fn whole(state: State, body: Bytes, text: &str) -> Whole {
    let attempt = |at, outcome: &str, error: Option<String>| Attempted {
        started_at: ago(at),
        ended_at: Some(ago(at - 2)),
        outcome: Some(outcome.to_owned()),
        error,
    };
    let failed = || Some(format!("the ledger said no: 422 unknown account for {text}"));
    Whole {
        listed: listed(7, state, text),
        record: Some(record(body, text)),
        attempts: vec![
            attempt(3_990, "failed", failed()),
            attempt(3_000, "lost", None),
            attempt(502, "failed", failed()),
        ],
        original: None,
        requests: vec![Arc::new(entry(12, Outcome::Duplicate, text)), Arc::new(entry(9, Outcome::Accepted, text))],
    }
}

pub(super) fn edited(mut whole: Whole, text: &str) -> Whole {
    whole.original = Some(Original {
        body: Bytes::from_static(b"{\"as\":\"it came\"}"),
        payload: None,
        coverage: Coverage::Body,
        edited_at: ago(100),
        reason: Some(text.to_owned()),
    });
    whole
}

pub(super) fn entry(number: u64, outcome: Outcome, text: &str) -> Entry {
    let is_refused = matches!(outcome, Outcome::Rejected | Outcome::Unavailable);
    let record = Record {
        trace: TraceId::from_bits(number),
        at: ago(2_000 - number * 13),
        endpoint: Arc::from("stripe"),
        provider: Cow::Borrowed("stripe"),
        tenant: None,
        method: "POST".to_owned(),
        path: format!("/webhooks/{text}"),
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("user-agent".to_owned(), text.to_owned()),
        ],
        outcome,
        status: if is_refused { 401 } else { 200 },
        reason: is_refused.then_some(Reason::InvalidSignature),
        stage: is_refused.then_some(Stage::Proof),
        detail: is_refused.then(|| format!("invalid-signature: 2 keys tried, {text}")),
        key_id: None,
        event_id: (!is_refused).then(|| text.to_owned()),
        event_type: (!is_refused).then(|| text.to_owned()),
        api_version: None,
        body_bytes: 4_812,
        body_digest: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
        duration: Duration::from_micros(1_834),
        report_only: false,
    };
    let cause = is_refused.then(|| LikelyCause { message: text.to_owned(), ..cause() });
    Entry { number, record: Arc::new(record), event: (!is_refused).then_some(7), cause }
}

pub(super) fn entries(text: &str) -> Vec<Arc<Entry>> {
    let outcome = |at: usize| Outcome::ALL[at % Outcome::ALL.len()];
    (1..=20).rev().map(|number| Arc::new(entry(number, outcome(usize::try_from(number).unwrap() * 5), text))).collect()
}

pub(super) fn reasons(name: &str) -> Vec<ReasonCount> {
    let count = |reason, count, last| ReasonCount {
        endpoint: name.to_owned(),
        reason,
        count,
        first: ago(90_000),
        last: ago(last),
        last_entry: 12,
    };
    vec![
        count(Reason::InvalidSignature, 4_120, 31),
        count(Reason::MissingHeader, 88, 7_000),
        count(Reason::TimestampTooOld, 3, 40_000),
    ]
}

pub(super) fn refused_list(text: &str) -> Vec<RefusedListed> {
    let one = |number| RefusedListed {
        number,
        trace: TraceId::from_bits(7),
        endpoint: "stripe".to_owned(),
        reason: Reason::InvalidSignature,
        detail: format!("invalid-signature: {text}"),
        arrived_at: ago(700),
        judged_at: (number % 2 == 0).then(|| ago(60)),
        reached_proof: number % 2 == 0,
        body_bytes: 4_812,
    };
    (1..=5).map(one).collect()
}

pub(super) fn refused(body: Bytes, text: &str) -> RefusedRequest {
    RefusedRequest {
        trace: TraceId::from_bits(7),
        endpoint: "stripe".to_owned(),
        reason: Reason::InvalidSignature,
        detail: format!("invalid-signature: {text}"),
        arrived_at: ago(700),
        method: "POST".to_owned(),
        target: format!("/webhooks/stripe?{text}"),
        headers: vec![
            ("stripe-signature".to_owned(), text.as_bytes().to_vec()),
            ("x-odd".to_owned(), b"\xff\x00".to_vec()),
        ],
        body,
        peer: Some("[2001:db8::7]:443".parse().unwrap()),
        reached_proof: true,
        sealed_by: None,
    }
}

pub(super) fn replay(text: &str) -> Replay {
    Replay { number: 3, started_at: ago(300), reason: Some(text.to_owned()), events: 5 }
}

pub(super) fn replayed(text: &str) -> Vec<Replayed> {
    let one = |(verdict, event): (Verdict, i64)| Replayed {
        event,
        verdict,
        state: if verdict.is_failure() { State::Dead } else { State::Done },
        endpoint: "stripe".to_owned(),
        event_id: Some(format!("evt_{event}")),
        event_type: Some(text.to_owned()),
        error: verdict.is_failure().then(|| text.to_owned()),
    };
    Verdict::ALL.into_iter().zip(1..).map(one).collect()
}

pub(super) fn keys(name: &str) -> Vec<Key> {
    let key = |id: &str, seconds, is_spent| Key {
        endpoint: "stripe".to_owned(),
        id: hookporter_core::KeyId::from(id),
        last_used: ago(seconds),
        idle: Duration::from_secs(seconds),
        is_spent,
    };
    vec![key(name, 23, false), key("STRIPE_SECRET_2024", 900_000, true)]
}
