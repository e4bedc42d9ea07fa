//! Rechecks: what holds by now is handed off, once.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use hookporter_core::{Reason, Rejection};
use tokio::time::Instant;

use crate::Endpoint;
use crate::event::Event;
use crate::gate::{self, Claimed};
use crate::handoff::BoxFuture;
use crate::inbox::{Accepted, InboxError};
use crate::operating::{QuarantineSide, RefusedListed, RefusedRequest, RefusedSelection};
use crate::quarantine::judge::{Proven, judged};
use crate::quarantine::{Judgement, Rechecked};
use crate::routes::{Handler, Route};
use crate::work::{Custody, Driver, poll_caught};

/// How many of them are listed at a time; their bodies are read one by one.
const PAGE: usize = 100;

/// Which of the requests whose proof holds are handed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    All,
    /// Those that a retry of the sender's would be a duplicate of.
    Identified,
}

/// Rechecks.
impl Endpoint {
    /// Judges the endpoint's kept requests again, once what was wrong is mended: by the keys, URL, scheme and tenants of now, and
    /// by the time at which each arrived. What holds passes the version gate and the filters, and becomes events of the inbox as
    /// a delivery does, in one transaction in which the request is forgotten: handed off once, however often and from wherever
    /// a recheck is asked for. Events of types with an [`Endpoint::on`] are given to that function, and the request is forgotten
    /// when it succeeds, so a process that dies in between gives it once more. What is still refused stays, with its new reason.
    ///
    /// One for each request that was judged, in the order in which they came; what comes while it runs is left for the next
    /// one. Rechecks of an endpoint take turns. Dropping the future ends it between two requests.
    ///
    /// # Errors
    /// [`InboxError`] without a [quarantine](Endpoint::quarantine), while another endpoint has its name in the inbox, and where
    /// the store cannot be read; what was handed off until then is.
    pub async fn recheck(&self, which: RefusedSelection) -> Result<Vec<Rechecked>, InboxError> {
        self.recheck_these(self.own_keeper()?, which, Takes::All).await
    }

    /// As [`Endpoint::recheck`], for a process beside the server: this endpoint, which needs no inbox of its own, is set up as the
    /// server's is, under the same name, and `side` is a handle on the server's store, such as a `hookporter_sqlite::Desk`.
    ///
    /// What the server's endpoint does with an event beside its inbox happens in its process alone: an [`Endpoint::on`] of the
    /// server's that this one lacks means that events of that type go to the inbox.
    ///
    /// # Errors
    /// [`InboxError`] while another endpoint of this process has its name in the inbox that it has itself, and where the store cannot
    /// be read or written; what was handed off until then is.
    pub async fn recheck_in(
        &self,
        side: Arc<dyn QuarantineSide>,
        which: RefusedSelection,
    ) -> Result<Vec<Rechecked>, InboxError> {
        self.may_use_inbox().map_err(InboxError::new)?;
        self.recheck_these(side, which, Takes::All).await
    }

    /// [`Endpoint::recheck`] without events that nothing identifies.
    pub(super) async fn recheck_identified(&self, which: RefusedSelection) -> Result<Vec<Rechecked>, InboxError> {
        self.recheck_these(self.own_keeper()?, which, Takes::Identified).await
    }

    fn own_keeper(&self) -> Result<Arc<dyn QuarantineSide>, InboxError> {
        self.may_use_inbox().map_err(InboxError::new)?;
        let side = self.keeper().cloned();
        side.ok_or_else(|| InboxError::new("the endpoint keeps no refused requests"))
    }

    async fn recheck_these(
        &self,
        side: Arc<dyn QuarantineSide>,
        which: RefusedSelection,
        takes: Takes,
    ) -> Result<Vec<Rechecked>, InboxError> {
        let mut all = Vec::new();
        if which.endpoint.as_ref().is_some_and(|name| **name != *self.name) {
            return Ok(all);
        }
        let _turn = self.state.quarantine.rechecking.lock().await;
        let recheck = Recheck { endpoint: Arc::new(self.clone()), side, takes };
        let (which, mut after) = (which.endpoint(&self.name), 0);
        // Requests go on coming, and being refused.
        let counts = recheck.side.refused_by_reason(which.clone()).await?;
        let mut left = counts.iter().fold(0, |sum: u64, count| sum.saturating_add(count.count));
        while left > 0 {
            let page = recheck
                .side
                .select_refused(which.clone(), after, PAGE.min(usize::try_from(left).unwrap_or(PAGE)))
                .await?;
            let Some(last) = page.last() else { break };
            after = last.number;
            // A store that is asked many at once can write them together.
            let mut verdicts = Vec::new();
            let mut failed = Ok(());
            for listed in page {
                left = left.saturating_sub(1);
                match recheck.again(&listed, &mut verdicts).await {
                    Ok(outcome) => all.push(Rechecked { number: listed.number, trace: listed.trace, outcome }),
                    Err(error) => {
                        failed = Err(error);
                        break;
                    }
                }
            }
            for verdict in verdicts {
                verdict.await?;
            }
            failed?;
        }
        let handed_off = all.iter().filter(|judged| !judged.outcome.stays()).count();
        tracing::info!(target: "hookporter", endpoint = &*self.name, judged = all.len(), handed_off, "recheck");
        Ok(all)
    }
}

/// A verdict on its way into the store.
type Written = BoxFuture<'static, Result<bool, InboxError>>;

/// A recheck under way.
struct Recheck {
    endpoint: Arc<Endpoint>,
    side: Arc<dyn QuarantineSide>,
    takes: Takes,
}

impl Recheck {
    /// Judges one request; that it is still refused is written when the verdict is awaited, at the latest. A panic in the user's
    /// code leaves it where it is.
    async fn again(&self, listed: &RefusedListed, verdicts: &mut Vec<Written>) -> Result<Judgement, InboxError> {
        let Some(request) = self.side.refused_request(listed.number).await? else { return Ok(Judgement::Gone) };
        if let Some(key) = &request.sealed_by {
            return Ok(Judgement::Failed(format!("encrypted with the key `{key}`, which does not open it here")));
        }
        let outcome = {
            let mut judging = pin!(self.pass(listed.number, &request));
            poll_fn(|cx| poll_caught(judging.as_mut(), cx)).await
        };
        let outcome = outcome.unwrap_or_else(|_| Ok(Judgement::Failed("user code panicked".to_owned())))?;
        if let Judgement::Refused(rejection) = &outcome {
            let now = self.endpoint.clock.now();
            verdicts.push(self.side.refused_again(listed.number, rejection.clone(), now));
        }
        tracing::debug!(target: "hookporter", trace = %request.trace, number = listed.number, "rechecked: {outcome}");
        Ok(outcome)
    }

    /// Through the gates, as a delivery goes.
    async fn pass(&self, number: i64, request: &RefusedRequest) -> Result<Judgement, InboxError> {
        let endpoint = &self.endpoint;
        let event = match judged(endpoint, request).await {
            Ok(Proven::Event(event)) => event,
            Ok(Proven::Challenge) => return self.forgotten(number, Judgement::Handshake).await,
            Err(rejection) if rejection.kind().is_unavailable() => return Ok(Judgement::Failed(rejection.to_string())),
            Err(rejection) => return Ok(Judgement::Refused(rejection)),
        };
        let handled = endpoint.gate.as_ref().is_none_or(|gate| gate.handles(event.api_version()));
        if !handled && endpoint.parking().is_none() {
            return Ok(Judgement::Refused(Rejection::new(Reason::VersionNotHandled)));
        }
        if self.takes == Takes::Identified && event.durable_key().is_none() {
            return Ok(Judgement::Unidentified);
        }
        let route = match endpoint.confirmer_of(&event) {
            Some(confirmer) => Route::Handler(confirmer.clone()),
            None => endpoint.route(&event),
        };
        match route {
            Route::Ignore => self.forgotten(number, Judgement::Ignored).await,
            Route::Handler(handler) if handled => self.handle(number, event, handler).await,
            _ => self.readmit(number, &event, request, !handled).await,
        }
    }

    async fn readmit(
        &self,
        number: i64,
        event: &Event,
        request: &RefusedRequest,
        parked: bool,
    ) -> Result<Judgement, InboxError> {
        let keeping = &self.endpoint.keeping;
        let records = keeping.records(event, request.trace, parked);
        if self.takes == Takes::Identified && records.iter().any(|record| record.identity.is_none()) {
            return Ok(Judgement::Unidentified);
        }
        let changes = keeping.changes(&records, parked);
        let Some(accepted) = self.side.readmit(number, records).await? else { return Ok(Judgement::Gone) };
        keeping.tell(changes, &accepted);
        let is_new = accepted.iter().any(|accepted| matches!(accepted, Accepted::New | Accepted::Requeued));
        Ok(match is_new {
            true if parked => Judgement::Parked,
            true => Judgement::Accepted,
            false => Judgement::Duplicate,
        })
    }

    /// Gives an event to a function of the endpoint's own, in a task that nobody's leaving ends.
    async fn handle(&self, number: i64, event: Event, handler: Handler) -> Result<Judgement, InboxError> {
        let now = Instant::now();
        let claim = match gate::claim(&self.endpoint, &event, now, now.checked_add(self.endpoint.budget)).await {
            Claimed::Free => None,
            Claimed::Mine(claim) => Some(claim),
            Claimed::Duplicate => return self.forgotten(number, Judgement::Duplicate).await,
            Claimed::StillInFlight => {
                return Ok(Judgement::Failed(Rejection::new(Reason::DuplicateInFlight).to_string()));
            }
        };
        let custody = Custody { claim, ..Custody::empty() };
        let driver = Driver::new(async move { handler.call(event).await }, custody);
        match tokio::spawn(driver).await {
            Ok(Ok(Ok(()))) => self.forgotten(number, Judgement::Handled).await,
            Ok(Ok(Err(error))) => Ok(Judgement::Failed(error.to_string())),
            _ => Ok(Judgement::Failed("user code panicked".to_owned())),
        }
    }

    async fn forgotten(&self, number: i64, outcome: Judgement) -> Result<Judgement, InboxError> {
        self.side.forget(RefusedSelection::all().numbers([number])).await?;
        Ok(outcome)
    }
}
