//! Lending events to workers.

use bytes::Bytes;
use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::store::{Fault, Times};
use hookporter_pipeline::inbox::{Claim, Claimed, EventRecord, Lease, LeaseId};
use redis::from_redis_value;

use crate::scripts::Script;
use crate::wire::Wire;

/// An event of the script's: number, epoch, attempt, contents.
type Given = (i64, i64, u32, Vec<u8>);

/// Lends what is due, and writes each attempt down.
pub(crate) async fn claim(wire: &Wire, times: &Times, node: &str, claim: Claim) -> Result<Claimed, Fault> {
    let lease = i64::try_from(claim.lease.as_millis()).unwrap_or(i64::MAX);
    let answer = wire.call(Script::Claim, times.present(claim.now), |call| {
        call.arg(node).arg(lease).arg(claim.most).arg(claim.attempts);
    });
    let (lent, dead, wait): (Vec<Given>, Vec<Given>, i64) =
        from_redis_value(answer.await?).map_err(|error| Fault::Store(error.to_string()))?;
    Ok(Claimed {
        leases: lent.into_iter().filter_map(lease_of).collect(),
        next_due: (wait >= 0).then(|| UnixTime::from_millis(claim.now.as_millis().saturating_add(wait))),
        dead: dead.into_iter().filter_map(lease_of).collect(),
    })
}

/// The lease of an event. One whose contents nobody can read comes back when the lease runs out, until its attempts are spent.
fn lease_of((number, epoch, attempt, contents): Given) -> Option<Lease> {
    let Some(record) = EventRecord::from_bytes(&Bytes::from(contents)) else {
        tracing::error!(target: "hookporter", event = number, "the contents of an event are gone, or not what was kept");
        return None;
    };
    Some(Lease { id: LeaseId { number, epoch }, attempt, record })
}
