//! What is accepted.

use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide, EventRecord, Settled, WorkingSide};

use super::sample::{START, claim, one, sample_record, told};
use super::{Held, InboxBackend, Part, hold, keeps, same};

pub(super) async fn a_restart_keeps_every_field_of_what_was_accepted<B: InboxBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    let mut bare = EventRecord::new("acme", bytes::Bytes::new(), START);
    bare.format = EventRecord::FORMAT + 7;
    let mut ordered = sample_record("evt_2");
    ordered.lane = keeps(backend, Part::Lanes).then(|| "customer 7".to_owned());
    ordered.sealed_by = Some("2026-11".to_owned());
    let records = vec![sample_record("evt_1"), bare, ordered];
    store.accept(records.clone()).await.map_err(|error| told(&error))?;
    let store = backend.restart(store).await?;
    let leases = store.claim(claim(START, 10)).await?.leases;
    let kept: Vec<_> = leases.into_iter().map(|lease| lease.record).collect();
    for (kept, accepted) in kept.iter().zip(&records) {
        // Debug shows no bytes; each field that differs is named by the caller's own reading of the two.
        hold(kept == accepted, || format!("kept {}, accepted {}", spelled(kept), spelled(accepted)))?;
    }
    same("how many were kept", kept.len(), 3)
}

fn spelled(record: &EventRecord) -> String {
    let labels = (&record.event_id, &record.event_type, &record.api_version);
    let head = (&record.method, &record.target, &record.headers, record.format, &record.provider, &record.key_id);
    let times = (record.received_at, record.sent_at, record.coverage, record.parked);
    let rest = (&record.lane, &record.peer, &record.sealed_by);
    format!("{:?}", (&record.identity, &record.tenant, labels, head, times, rest, &record.body, &record.payload))
}

pub(super) async fn an_event_is_one_within_endpoint_and_tenant<B: InboxBackend>(_: &B, store: B::Store) -> Held {
    let first = sample_record("evt_1");
    let with_tenant = |tenant: &str| {
        let mut record = sample_record("evt_1");
        record.tenant = Some(tenant.to_owned());
        record
    };
    let mut elsewhere = sample_record("evt_1");
    elsewhere.endpoint = "other".to_owned();
    let mut distinct = sample_record("evt_1");
    distinct.identity = None;
    let other_body = {
        let mut record = sample_record("evt_1");
        record.body = bytes::Bytes::from_static(b"another");
        record
    };
    for (what, record, expected) in [
        ("the first", &first, Accepted::New),
        ("its copy", &first, Accepted::Duplicate),
        ("the same id in another body", &other_body, Accepted::Duplicate),
        ("a tenant's", &with_tenant("a"), Accepted::New),
        ("another tenant's", &with_tenant("b"), Accepted::New),
        ("a tenant's copy", &with_tenant("a"), Accepted::Duplicate),
        ("another endpoint's", &elsewhere, Accepted::New),
        ("one without identity", &distinct, Accepted::New),
        ("a copy of one without identity", &distinct, Accepted::New),
    ] {
        same(what, store.accept(vec![record.clone()]).await.map_err(|error| told(&error))?, vec![expected])?;
    }
    Ok(())
}

pub(super) async fn a_thousand_copies_at_once_are_one_event<B: InboxBackend>(_: &B, store: B::Store) -> Held {
    of_a_thousand_copies_one_is_new(&[&store]).await?;
    one(&store, START).await.map(|_| ())
}

/// A thousand copies at once, at one of these stores after the other, which have the same events.
pub(super) async fn of_a_thousand_copies_one_is_new<S: AcceptingSide>(stores: &[&S]) -> Held {
    let stores = stores.iter().cycle().take(1000);
    let copies: Vec<_> = stores.map(|store| tokio::spawn(store.accept(vec![sample_record("evt_1")]))).collect();
    let mut answers = Vec::new();
    for copy in copies {
        answers.extend(copy.await?.map_err(|error| told(&error))?);
    }
    let count = |wanted| answers.iter().filter(|answer| **answer == wanted).count();
    same("new and duplicate", (count(Accepted::New), count(Accepted::Duplicate)), (1, 999))
}

pub(super) async fn the_records_of_a_request_are_answered_in_their_order<B: InboxBackend>(
    _: &B,
    store: B::Store,
) -> Held {
    let batch = ["evt_1", "evt_2", "evt_1", "evt_3"].map(sample_record).to_vec();
    let answers = store.accept(batch).await.map_err(|error| told(&error))?;
    same("a batch", answers, vec![Accepted::New, Accepted::New, Accepted::Duplicate, Accepted::New])
}

pub(super) async fn what_was_worked_stays_a_duplicate_over_a_restart<B: InboxBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    store.accept(vec![sample_record("evt_1")]).await.map_err(|error| told(&error))?;
    let lease = one(&store, START).await?;
    same("the completion", store.complete(lease.id, START).await?, Settled::Done)?;
    let store = backend.restart(store).await?;
    same(
        "its copy",
        store.accept(vec![sample_record("evt_1")]).await.map_err(|error| told(&error))?,
        vec![Accepted::Duplicate],
    )?;
    let later = START.plus(Duration::from_secs(3600));
    same("what is due", store.claim(claim(later, 10)).await?.leases.len(), 0)
}

pub(super) async fn acceptance_wakes_who_waits<B: InboxBackend>(_: &B, store: B::Store) -> Held {
    let changed = store.changed();
    store.accept(vec![sample_record("evt_1")]).await.map_err(|error| told(&error))?;
    let woken = tokio::time::timeout(Duration::from_secs(30), changed).await;
    hold(woken.is_ok(), || "nobody was woken within 30 s".to_owned())
}
