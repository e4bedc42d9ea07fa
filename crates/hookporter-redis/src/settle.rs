//! What workers say of the events that they were lent, and people of those that nobody worked.

use std::time::Duration;

use hookporter_core::UnixTime;
use hookporter_pipeline::inbox::store::{Fault, Moment, Times};
use hookporter_pipeline::inbox::{Failure, LeaseId, Next, Settled};
use redis::{ToRedisArgs, from_redis_value};

use crate::scripts::Script;
use crate::wire::Wire;

/// How long what is finished is kept, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keeping {
    bodies: i64,
    events: i64,
}

impl Keeping {
    pub(crate) fn new(bodies: Duration, events: Duration) -> Self {
        // A thousand years: more than the server can count with is no time to it.
        let longest = Duration::from_secs(1000 * 365 * 24 * 3600);
        let millis = |age: Duration| i64::try_from(age.min(longest).as_millis()).unwrap_or(i64::MAX);
        Self { bodies: millis(bodies), events: millis(events.max(bodies)) }
    }
}

/// What became of a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    pub(crate) settled: Settled,
    /// Whether another event of the lane is due in its stead.
    pub(crate) makes_way: bool,
}

/// Says something of a lease.
async fn say(
    wire: &Wire,
    moment: Moment,
    what: &str,
    id: LeaseId,
    more: impl ToRedisArgs + Send + Sync,
) -> Result<Said, Fault> {
    let answer = wire.call(Script::Settle, moment, |call| {
        call.arg(what).arg(id.number).arg(id.epoch).arg(&more);
    });
    let counted: i64 = from_redis_value(answer.await?).map_err(|error| Fault::Store(error.to_string()))?;
    Ok(Said { settled: if counted > 0 { Settled::Done } else { Settled::Fenced }, makes_way: counted == 2 })
}

pub(crate) async fn renew(wire: &Wire, until: Moment, id: LeaseId) -> Result<Settled, Fault> {
    say(wire, until, "renew", id, "").await.map(|said| said.settled)
}

pub(crate) async fn complete(wire: &Wire, now: Moment, id: LeaseId, keeping: Keeping) -> Result<Said, Fault> {
    say(wire, now, "done", id, &[keeping.bodies, keeping.events]).await
}

pub(crate) async fn release(wire: &Wire, now: Moment, id: LeaseId) -> Result<Settled, Fault> {
    say(wire, now, "released", id, "").await.map(|said| said.settled)
}

pub(crate) async fn fail(wire: &Wire, times: &Times, id: LeaseId, failure: &Failure) -> Result<Settled, Fault> {
    let (what, then): (_, UnixTime) = match failure.next {
        Next::Due(due) => ("due", due),
        Next::Held(due) => ("held", due),
        Next::Dead => ("dead", failure.now),
        Next::Parked => ("parked", failure.now),
    };
    say(wire, times.from(failure.now, then), what, id, &*failure.error).await.map(|said| said.settled)
}

/// Whether there was such an event that nobody worked; it is requeued, or dropped.
pub(crate) async fn mend(wire: &Wire, now: Moment, what: &str, number: i64, keeping: Keeping) -> Result<bool, Fault> {
    let answer = wire.call(Script::Mend, now, |call| {
        call.arg(what).arg(number).arg(keeping.bodies).arg(keeping.events);
    });
    from_redis_value(answer.await?).map_err(|error| Fault::Store(error.to_string()))
}
