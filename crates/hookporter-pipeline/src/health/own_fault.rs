//! Whether refusals are the endpoint's own fault.

use std::time::Duration;

use hookporter_core::UnixTime;

use crate::Endpoint;
use crate::health::vitals::LOOK_BACK;
use crate::health::{Alarm, LikelyCause};

/// So long after the last of these refusals it is red: whoever was woken still sees it. Later it is amber, until a proof holds:
/// five wrong signatures in the night are no proof that the endpoint rejects everything in the morning.
const RED_FOR: Duration = Duration::from_secs(15 * 60);
/// Within so long, so many refusals and not one acceptance say that an endpoint rejects everything.
const WINDOW: Duration = Duration::from_secs(60);
/// So many refusals in a row are a suspicion, however long they took.
const SUSPICIOUS: u64 = 3;

/// How sure it is that refusals are the endpoint's own fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnFault {
    /// [`Alarm::RejectsEverything`]: strangers can bring that about.
    Suspected,
    /// [`Alarm::OwnFault`]: a signature proves it.
    Proven,
}

impl Endpoint {
    /// An own fault that is proven; or a proof that is missing again and again, while the rest of the sender's headers is there.
    pub(super) fn fault(&self, cause: LikelyCause) -> Option<Alarm> {
        match &*cause.cause {
            _ if cause.is_proven => Some(Alarm::OwnFault(cause)),
            "header-stripped" if self.state.vitals.unproven() >= SUSPICIOUS => Some(Alarm::LikelyFault(cause)),
            _ => None,
        }
    }

    /// Whether its refusals are the endpoint's own fault, and how sure that is: what hold mode goes by.
    pub(crate) fn own_fault(&self) -> Option<OwnFault> {
        let now = self.clock.now();
        // One that was captured, and is sent again and again, is to keep it up no longer than it comes.
        if self.likely_cause().is_some_and(|cause| cause.is_proven && is_recent(cause.at, now)) {
            return Some(OwnFault::Proven);
        }
        let alarm = self.refusals(now, self.state.vitals.last_accepted())?;
        matches!(alarm, Alarm::RejectsEverything { .. }).then_some(OwnFault::Suspected)
    }

    pub(super) fn refusals(&self, now: UnixTime, last_accepted: Option<UnixTime>) -> Option<Alarm> {
        let vitals = &self.state.vitals;
        let refusals = vitals.refused_in_a_row();
        let recent = vitals.refusals();
        let (last, reason) = *recent.of_proof.back().filter(|_| refusals >= SUSPICIOUS)?;
        let is_recent = is_recent(last, now);
        let in_a_minute = recent.of_proof.len() >= LOOK_BACK
            && recent
                .of_proof
                .front()
                .zip(recent.of_proof.back())
                .is_some_and(|(first, last)| last.0.since(first.0) <= WINDOW);
        let enough = u64::try_from(LOOK_BACK).is_ok_and(|look_back| refusals >= look_back);
        drop(recent);
        match last_accepted {
            Some(accepted_until) if in_a_minute && enough && is_recent => {
                Some(Alarm::RejectsEverything { accepted_until: accepted_until.min(now), refusals, reason })
            }
            _ => Some(Alarm::RefusalsInARow { refusals, reason }),
        }
    }
}

/// Of a moment that is to come, the clock was set back since: nobody knows how long ago it was.
fn is_recent(moment: UnixTime, now: UnixTime) -> bool {
    moment <= now && now.since(moment) <= RED_FOR
}
