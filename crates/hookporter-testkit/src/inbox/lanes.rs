//! Events that are worked one after the other.

use std::time::Duration;

use hookporter_pipeline::inbox::{AcceptingSide, EventRecord, Failure, Lease, Next, Settled, WorkingSide};

use super::sample::{START, claim, sample_record, told};
use super::{Held, InboxBackend, same};

pub(super) fn in_lane(identity: &str, lane: &str) -> EventRecord {
    let mut record = sample_record(identity);
    record.lane = Some(lane.to_owned());
    record
}

async fn accept<S: AcceptingSide>(store: &S, records: Vec<EventRecord>) -> Held {
    store.accept(records).await.map(|_| ()).map_err(|error| told(&error))
}

fn ids(leases: &[Lease]) -> Vec<&str> {
    leases.iter().filter_map(|lease| Some(&*lease.record.event_id.as_ref()?.text)).collect()
}

pub(super) async fn events_of_a_lane_are_lent_one_after_the_other<B: InboxBackend>(_: &B, store: B::Store) -> Held {
    let mut elsewhere = in_lane("evt_5", "a");
    elsewhere.endpoint = "other".to_owned();
    let mut of_a_tenant = in_lane("evt_6", "a");
    of_a_tenant.tenant = Some("t".to_owned());
    let records = vec![in_lane("evt_1", "a"), in_lane("evt_2", "a"), in_lane("evt_3", "b"), sample_record("evt_4")];
    accept(&store, records).await?;
    accept(&store, vec![in_lane("evt_7", "a"), elsewhere, of_a_tenant]).await?;
    let first = store.claim(claim(START, 10)).await?.leases;
    same("at first", ids(&first), vec!["evt_1", "evt_3", "evt_4", "evt_5", "evt_6"])?;
    same("while it is worked", store.claim(claim(START, 10)).await?.leases.len(), 0)?;
    let mut before = first;
    for next in ["evt_2", "evt_7"] {
        let changed = store.changed();
        for lease in &before {
            same("the completion", store.complete(lease.id, START).await?, Settled::Done)?;
        }
        let woken = tokio::time::timeout(Duration::from_secs(30), changed).await;
        same("whether the next of the lane wakes", woken.is_ok(), true)?;
        before = store.claim(claim(START, 10)).await?.leases;
        same("behind it", ids(&before), vec![next])?;
    }
    Ok(())
}

pub(super) async fn a_failure_holds_its_lane_and_a_dead_letter_lets_it_go<B: InboxBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    accept(&store, vec![in_lane("evt_1", "a"), in_lane("evt_2", "a")]).await?;
    let mut leases = store.claim(claim(START, 10)).await?.leases;
    let later = START.plus(Duration::from_secs(60));
    for (next, now, expected) in [(Next::Due(later), START, vec![]), (Next::Dead, later, vec!["evt_2"])] {
        let Some(lease) = leases.pop() else { return Err("nothing was lent".into()) };
        let failure = Failure { now, error: "no".to_owned(), next };
        same("the failure", store.fail(lease.id, failure).await?, Settled::Done)?;
        leases = store.claim(claim(now, 10)).await?.leases;
        same("behind the failure", ids(&leases), expected)?;
        if leases.is_empty() {
            leases = store.claim(claim(later, 10)).await?.leases;
            same("once it is due again", ids(&leases), vec!["evt_1"])?;
        }
    }
    // Delivered again, the dead letter has its turn behind the one that is being worked.
    accept(&store, vec![in_lane("evt_1", "a")]).await?;
    same("while the second is worked", store.claim(claim(later, 10)).await?.leases.len(), 0)?;
    let store = backend.restart(store).await?;
    let leases = store.claim(claim(later.plus(Duration::from_secs(31)), 10)).await?.leases;
    same("after a restart", ids(&leases), vec!["evt_2"])?;
    for lease in leases {
        same("the completion", store.complete(lease.id, later).await?, Settled::Done)?;
    }
    let leases = store.claim(claim(later.plus(Duration::from_secs(31)), 10)).await?.leases;
    same("in the end", ids(&leases), vec!["evt_1"])
}
