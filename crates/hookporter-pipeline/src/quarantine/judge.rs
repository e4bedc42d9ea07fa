//! A kept request judged anew: by the keys, the URL and the scheme of now, and by the time at which it arrived.

use std::sync::Arc;

use hookporter_core::{Head, Reason, Rejection, UnixTime};

use crate::Endpoint;
use crate::event::{Context, Event};
use crate::exchange::Exchange;
use crate::keys::{Asker, RequestKeys};
use crate::memory::BodyMemory;
use crate::operating::RefusedRequest;
use crate::peek::Peeked;
use crate::prove::prove;

/// What a request is whose proof holds.
pub(super) enum Proven {
    Event(Event),
    /// A challenge, which is no event.
    Challenge,
}

/// Judging kept requests.
impl Endpoint {
    /// Whether the proof of a kept request holds by now: nothing is handed off, written down or forgotten.
    ///
    /// # Errors
    /// The [`Rejection`] that it earns; [`Reason::KeySourceUnavailable`] where the keys cannot be fetched.
    pub async fn judge(&self, request: &RefusedRequest) -> Result<(), Rejection> {
        judged(&Arc::new(self.clone()), request).await.map(drop)
    }

    /// Why the proof of a kept request does not hold, the surest cause first, by the endpoint's keys and those that it
    /// [recognizes](Endpoint::recognize); empty where it holds, and where nothing is found. It takes milliseconds of a thread for
    /// blocking work. Of keys that requests name themselves nothing is known.
    #[cfg(feature = "diagnosis")]
    #[cfg_attr(docsrs, doc(cfg(feature = "diagnosis")))]
    pub async fn diagnose(&self, request: &RefusedRequest) -> Vec<hookporter_core::diagnosis::Diagnosis> {
        let head = Head::new(&request.method, &request.target, &request.headers);
        let tenant = self.tenant.as_ref().and_then(|rule| rule.tenant(&head));
        let keys = self.keys.as_given(tenant, self.budget).await;
        let (endpoint, request) = (self.clone(), request.clone());
        // Beside what is examined by itself: in the process one at a time.
        let Ok(turn) = crate::examinations::TURN.acquire().await else { return Vec::new() };
        let diagnosis = move || {
            let _turn = turn;
            let head = Head::new(&request.method, &request.target, &request.headers);
            let url = endpoint.url_of(&head, request.peer.map(|peer| peer.ip())).ok().flatten();
            let head = url.as_deref().map_or(head, |url| head.with_url(url));
            let keys = keys.as_ref().unwrap_or(&endpoint.examiner.keys);
            let verifier = &endpoint.verifier;
            let mut case =
                hookporter_core::diagnosis::Case::new(verifier, keys, head, &request.body, request.arrived_at);
            for (name, keys) in &endpoint.examiner.others {
                case = case.add_other_keys(name, keys);
            }
            case.diagnose()
        };
        tokio::task::spawn_blocking(diagnosis).await.unwrap_or_default()
    }
}

/// The same steps as for a request that comes, from the door to the proof.
pub(super) async fn judged(endpoint: &Arc<Endpoint>, request: &RefusedRequest) -> Result<Proven, Rejection> {
    let now = request.arrived_at;
    let head = Head::new(&request.method, &request.target, &request.headers);
    if !endpoint.methods().contains(&head.method()) {
        return Err(Rejection::new(Reason::MethodNotAllowed));
    }
    if now <= UnixTime::from_secs(0) {
        return Err(Rejection::new(Reason::ClockUnusable));
    }
    let url = endpoint.url_of(&head, request.peer.map(|peer| peer.ip()))?;
    let head = &url.as_deref().map_or(head, |url| head.with_url(url));
    if endpoint.keys.is_source() {
        endpoint.verifier.judge_papers(head, now)?;
    }
    let mut exchange = Exchange::new(endpoint.clone());
    exchange.asker = Asker::Recheck;
    let keys = RequestKeys::of(endpoint, &mut exchange, head).await?;
    // It is in memory already, and one at a time is.
    let mut held = BodyMemory::new(usize::MAX).hold();
    let mut body = Some(request.body.clone());
    let delivery = prove(endpoint, &mut exchange, head, &mut Peeked::new(&mut body), &keys, now, &mut held).await?;
    if let Some(provider) = endpoint.provider
        && provider.handshake(&delivery, head, keys.keyring())?.is_some()
    {
        return Ok(Proven::Challenge);
    }
    let context = Context {
        endpoint: &endpoint.name,
        provider: endpoint.provider_id(),
        tenant: exchange.tenant.clone(),
        verifier: &endpoint.verifier,
        kept_headers: &endpoint.kept_headers,
        peer: request.peer,
        target: endpoint.target_to_keep(head.target()),
    };
    Ok(Proven::Event(Event::new(context, delivery, head)))
}
