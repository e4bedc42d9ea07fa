//! `verify`: the verdict on a captured request, offline.

mod captured;
mod explain;

use std::process::ExitCode;

use hookporter::core::{Delivery, Head, KeyId, Label, Labels, PreparedKeyring, Refused, Verifier};
use hookporter::diagnosis::{Case, Diagnosis};
use hookporter::provider::Handshake;
use hookporter::{Clock, Coverage, Keyring, Provider, Reason, Rejection, SystemClock, Tolerance, UnixTime};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::args::Verify;
use crate::failure::Failure;
use crate::style::Style;
use crate::{keys, output};
pub(crate) use captured::Captured;

/// Judges the request and shows the verdict.
pub(crate) fn run(args: &Verify) -> Result<ExitCode, Failure> {
    let (provider, keyring) = keys::receiving(&args.keyed.provider, &args.keyed.secret_env)?;
    let Verify { headers, body, method, url, .. } = args;
    let captured = Captured::read([headers, body, method], url.as_deref(), provider)?;
    let tolerance = args.freshness.tolerance(provider)?;
    let now = args.moment.at.map_or_else(|| SystemClock.now(), UnixTime::from_secs);
    let verdict = judge(provider, tolerance, &keyring, &captured, now)?;
    if args.json {
        output::say(&json(provider, &verdict));
    } else {
        output::say(&explain::human(provider, &verdict, now, Style::of_stdout()));
    }
    Ok(if matches!(verdict, Verdict::Rejected(..)) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What becomes of the request.
pub(crate) enum Verdict {
    Accepted(Box<Proven>),
    /// A challenge; unproven where it is answered without a proof.
    Handshake(Option<Box<Proven>>, Handshake),
    /// Why, and what may have led to it, the surest first.
    Rejected(Rejection, Vec<Diagnosis>),
}

/// A proven delivery and what it says of itself.
pub(crate) struct Proven {
    pub(crate) delivery: Delivery,
    labels: Labels,
}

impl Verdict {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Handshake(..) => "handshake",
            Self::Rejected(..) => "rejected",
        }
    }

    fn proven(&self) -> Option<&Proven> {
        match self {
            Self::Accepted(proven) => Some(proven),
            Self::Handshake(proven, _) => proven.as_deref(),
            Self::Rejected(..) => None,
        }
    }
}

/// The steps of the pipeline, up to the labels.
pub(crate) fn judge(
    provider: &Provider,
    tolerance: Option<Tolerance>,
    keyring: &Keyring,
    captured: &Captured,
    now: UnixTime,
) -> Result<Verdict, Failure> {
    let mut verifier = provider.verifier()?;
    if let Some(tolerance) = tolerance {
        verifier = verifier.with_tolerance(tolerance);
    }
    let keys = verifier.prepare(keyring)?;
    let head = Head::new(&captured.method, &captured.target, &captured.headers);
    let head = captured.url.as_deref().map_or(head, |url| head.with_url(url));
    if let Some(verdict) = unproven(provider, &verifier, &head, captured, &keys, now) {
        return Ok(verdict);
    }
    if !provider.methods().contains(&head.method()) && !provider.may_be_signed_challenge(&head) {
        return Ok(Verdict::Rejected(Rejection::new(Reason::MethodNotAllowed), Vec::new()));
    }
    let proven = verifier.begin(&head, &keys, now).and_then(|mut check| {
        check.push(captured.body.clone())?;
        check.finish().map_err(Refused::into_rejection)
    });
    let delivery = match proven {
        Ok(delivery) => delivery,
        Err(rejection) => {
            let causes = Case::new(&verifier, keyring, head, &captured.body, now).diagnose();
            return Ok(Verdict::Rejected(rejection, causes));
        }
    };
    let labels = verifier.read_labels(&delivery, &head);
    Ok(match provider.handshake(&delivery, &head, Some(&keys)) {
        Err(rejection) => Verdict::Rejected(rejection, Vec::new()),
        Ok(Some(answer)) => Verdict::Handshake(Some(Box::new(Proven { delivery, labels })), answer),
        Ok(None) => Verdict::Accepted(Box::new(Proven { delivery, labels })),
    })
}

/// The verdict on a challenge that is answered without a proof.
fn unproven(
    provider: &Provider,
    verifier: &Verifier,
    head: &Head<'_>,
    captured: &Captured,
    keys: &PreparedKeyring,
    now: UnixTime,
) -> Option<Verdict> {
    let answered = match provider.challenge(verifier, head, &captured.body) {
        Ok(None) => return None,
        // Nothing is kept here: this shows what would be answered once it is.
        Ok(Some(challenge)) => challenge.kept().answer(head, Some(keys), None, now),
        Err(rejection) => Err(rejection),
    };
    Some(match answered {
        Ok(answer) => Verdict::Handshake(None, answer),
        Err(rejection) => Verdict::Rejected(rejection, Vec::new()),
    })
}

/// For programs: a field that is not known is null.
fn json(provider: &Provider, verdict: &Verdict) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        verdict: &'a str,
        reason: Option<&'a str>,
        detail: Option<String>,
        provider: &'a str,
        event_id: Option<&'a str>,
        event_type: Option<&'a str>,
        api_version: Option<&'a str>,
        key_id: Option<&'a str>,
        coverage: Option<&'a str>,
        causes: Vec<Cause>,
        answer: Option<Answer>,
    }
    #[derive(Serialize)]
    struct Cause {
        cause: &'static str,
        certainty: &'static str,
        detail: String,
    }
    #[derive(Serialize)]
    struct Answer {
        status: u16,
        headers: Map<String, Value>,
        body: String,
    }
    fn text(label: Option<&Label>) -> Option<&str> {
        label.map(Label::as_str)
    }
    let (rejection, causes, answer) = match verdict {
        Verdict::Rejected(rejection, causes) => (Some(rejection), causes.as_slice(), None),
        Verdict::Handshake(_, answer) => (None, &[][..], Some(answer)),
        Verdict::Accepted(_) => (None, &[][..], None),
    };
    let cause = |one: &Diagnosis| Cause {
        cause: one.cause.as_str(),
        certainty: one.certainty.as_str(),
        detail: one.to_string(),
    };
    let proven = verdict.proven();
    let labels = proven.map(|proven| &proven.labels);
    output::json(&Line {
        verdict: verdict.as_str(),
        reason: rejection.map(|rejection| rejection.kind().as_str()),
        detail: rejection.map(ToString::to_string),
        provider: provider.id(),
        event_id: labels.and_then(|labels| text(labels.id.as_ref())),
        event_type: labels.and_then(|labels| text(labels.kind.as_ref())),
        api_version: labels.and_then(|labels| text(labels.version.as_ref())),
        key_id: proven.map(|proven| proven.delivery.key_id()).map(KeyId::as_str),
        coverage: proven.map(|proven| proven.delivery.coverage()).map(Coverage::as_str),
        causes: causes.iter().map(cause).collect(),
        answer: answer.map(|answer| Answer {
            status: answer.status,
            headers: headers(answer).map(|(name, value)| (name.to_owned(), value.into())).collect(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
        }),
    })
}

/// The headers of an answer.
fn headers(answer: &Handshake) -> impl Iterator<Item = (&'static str, &str)> {
    answer.content_type.map(|kind| ("content-type", kind)).into_iter().chain(answer.headers.iter())
}
