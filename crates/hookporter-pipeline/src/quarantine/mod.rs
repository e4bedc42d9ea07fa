//! Quarantine: refused requests kept whole, and judged again once what was wrong here is mended.
//!
//! A secret is replaced on one side only, a clock goes wrong, a proxy calls the server by another name: the sender's genuine
//! events are refused, and many senders take a 401 for final. [`Endpoint::quarantine`](crate::Endpoint::quarantine) keeps such
//! requests whole, bounded and for a while, in the store of the endpoint's inbox. Once it is mended,
//! [`Endpoint::recheck`](crate::Endpoint::recheck) judges them anew, by the endpoint's present keys and URL, and by the time at
//! which they arrived: what holds now becomes events like any other, what does not stays.
//!
//! [`Endpoint::hold_while_red`](crate::Endpoint::hold_while_red) answers 503 for as long as it is our own fault, so that the sender
//! comes again by itself, and rechecks by itself as soon as a proof holds.
//!
//! # What is kept
//!
//! The request as it came: method, target, headers, body and peer, of requests that were refused for their proof and that a mended
//! key, URL, clock or limit could make good. Of the headers those that a judgement or a diagnosis reads: what takes part in the
//! proof, names the tenant, or is kept with events; what says how the body and the URL came (`Content-Type`, `Host`,
//! `X-Forwarded-*` and the like), and known senders' signatures. Where the scheme is a function or an RFC 9421 signature, which
//! may take in any header, all but those whose names speak of a secret. Never `Authorization` and `Cookie`, and never the
//! parameter of a query that a verify token stands in; other parameters are kept as they came, since the URL may be signed. Never a request of
//! a scheme whose proof *is* the secret, or a token that says nothing of the body: such endpoints do not build. A body that was too large, too slow or broken off is not kept.
//!
//! What was refused before its body was read (stale, malformed) is read for this, within the endpoint's limits, if it offers a
//! proof at all, or has it in the body: at most 20 requests a second and 8 at a time of an endpoint, and none over 1 MiB. The sender
//! is told the same, once the body is there.
//!
//! Freshness is judged by the arrival, as the clock of that time has told it. Where it was the clock that was wrong, recheck with an
//! endpoint whose [tolerance](crate::Endpoint::tolerance) is as wide as the clock was off.
//!
//! # What a stranger can do
//!
//! Make up requests that look like the sender's. They are kept, never worked, and push out the oldest ones: of the endpoint that
//! has the most, and among those that came as far, so what fails at its headers does not push out what carries a signature.
//! Whoever must not lose one to a flood mends within the time that the bound allows, or raises it.
//!
//! # What an event may meet twice
//!
//! A kept request is handed off once, whoever rechecks and however often, also where the process is killed. The sender's own
//! retry of an event is another request: where the event has an identity it is a duplicate, and where nothing identifies an event
//! it is handed off for each of the two. An [automatic](crate::Endpoint::hold_while_red) recheck leaves those alone.
//!
//! ```
//! use hookporter_core::{ConfigError, Secret};
//! use hookporter_pipeline::Endpoint;
//! use hookporter_pipeline::inbox::{AcceptingSide, InboxError};
//! use hookporter_pipeline::operating::RefusedSelection;
//!
//! fn endpoint(inbox: &(impl AcceptingSide + Clone)) -> Result<Endpoint, ConfigError> {
//!     Endpoint::github(Secret::env("GITHUB_SECRET")?)?.inbox(inbox).quarantine()?.hold_while_red()
//! }
//!
//! async fn after_it_is_mended(endpoint: &Endpoint) -> Result<(), InboxError> {
//!     for judged in endpoint.recheck(RefusedSelection::all()).await? {
//!         println!("{}: {}", judged.number, judged.outcome);
//!     }
//!     Ok(())
//! }
//! ```

mod hold;
mod judge;
mod keep;
mod kept_headers;
mod outcome;
mod reads;
mod recheck;
mod turns;
mod waiting;

use std::sync::Arc;

use hookporter_core::{ConfigError, Provider};

use crate::Endpoint;
use crate::endpoint::Mode;
use crate::operating::QuarantineSide;

pub(crate) use hold::ended as hold_ended;
pub(crate) use keep::keep;
pub use outcome::{Judgement, Rechecked};
pub use turns::RefusedTurns;
pub use waiting::{Bounds, RefusedQueue};

/// What becomes of the refused requests of an endpoint.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Quarantine {
    /// They are kept.
    keeps: bool,
    /// Their senders are told 503 while it is our own fault.
    pub(crate) holds: bool,
}

/// What an endpoint's clones share for it.
#[derive(Debug, Default)]
pub(crate) struct State {
    reads: reads::Reads,
    hold: hold::Hold,
    /// One recheck at a time: handlers of [`Endpoint::on`] must not be given the same request by two.
    rechecking: tokio::sync::Mutex<()>,
}

/// Quarantine.
impl Endpoint {
    /// Keeps refused requests whole in the store of the endpoint's inbox, bounded, to be judged again once what was wrong is
    /// mended: see [the module](crate::quarantine). Say it behind [`Endpoint::inbox`]. Bodies of strangers lie in the store then,
    /// beside those of the sender. Default: off.
    ///
    /// A report-only endpoint keeps none: what it refuses went through.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] without an inbox whose store keeps refused requests, and for a sender whose requests must not be
    /// kept: where the proof is the secret itself, or stands in `Authorization`.
    pub fn quarantine(self) -> Result<Self, ConfigError> {
        let refuse = |problem: String| Err(ConfigError::Setting { setting: "quarantine", problem });
        if let Some(why) = self.verifier.never_kept() {
            return refuse(format!("requests of this sender cannot be kept: {why}"));
        }
        match &self.mode {
            Mode::Inbox(inbox) if inbox.quarantine().is_some() => {
                Ok(Self { quarantine: Quarantine { keeps: true, ..self.quarantine }, ..self })
            }
            Mode::Inbox(_) => refuse("the store of this inbox does not keep refused requests".to_owned()),
            _ => refuse("refused requests are kept in the store of an inbox; say `inbox` first".to_owned()),
        }
    }

    /// Answers 503 with `Retry-After` in place of the refusal while [health](crate::health) is red because refusals are our own
    /// fault, and rechecks the [quarantine](Endpoint::quarantine) by itself once a proof holds again. Say it behind
    /// [`Endpoint::quarantine`]. Default: off, a proof that does not hold is refused.
    ///
    /// It goes on while the quarantine keeps nothing, since it is full, damaged or closed: then the sender's own retry is all that
    /// is left of the event, and a refusal would end that, too.
    ///
    /// It takes evidence: [`Alarm::OwnFault`](crate::health::Alarm::OwnFault), a refused request of the last quarter of an hour that
    /// a key of before or of another endpoint has signed, or that holds with one thing put right. Without it,
    /// [`Alarm::RejectsEverything`](crate::health::Alarm::RejectsEverything) holds for a quarter of an hour, once until the next
    /// proof holds. That much a stranger can bring about, by five wrong signatures within a minute; whoever has captured a
    /// signed request can keep it up by sending it again and again with a byte changed. What comes of either is that wrong
    /// signatures are told 503: no event is lost by it, and the next proof that holds ends it. Health is looked at once a
    /// second. A request without any proof is refused all the while.
    ///
    /// The recheck hands off events that something identifies, so that the sender's own retry is a duplicate; others wait for
    /// it, or for somebody's [`Endpoint::recheck`].
    ///
    /// # Errors
    /// [`ConfigError::Setting`] without a quarantine, and for a sender that needs its refusal: Discord and Xero send wrong
    /// signatures on purpose.
    pub fn hold_while_red(self) -> Result<Self, ConfigError> {
        let refuse = |problem: String| Err(ConfigError::Setting { setting: "hold_while_red", problem });
        if let Some(why) = self.provider.and_then(Provider::needs_refusal) {
            return refuse(format!("this sender needs its refusal: {why}"));
        }
        if self.keeper().is_none() {
            return refuse("what is held must be kept; say `quarantine` first".to_owned());
        }
        Ok(Self { quarantine: Quarantine { holds: true, ..self.quarantine }, ..self })
    }

    /// Where refused requests are kept, if they are.
    pub(crate) fn keeper(&self) -> Option<&Arc<dyn QuarantineSide>> {
        match &self.mode {
            Mode::Inbox(inbox) if self.quarantine.keeps && !self.report_only => inbox.quarantine(),
            _ => None,
        }
    }
}
