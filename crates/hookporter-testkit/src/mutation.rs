//! The forgeries that every receiver must refuse.

use std::time::Duration;

use hookporter_core::{ConfigError, Reason, Verifier};

use crate::build::Draft;
use crate::forge;
use crate::maker::{RequestMaker, Shift};
use crate::place::{self, Place};
use crate::profile::Proof;
use crate::request::SignedRequest;

/// A request that must be refused, and why.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Mutation {
    /// What is wrong with it: kebab-case, stable.
    pub name: &'static str,
    /// The request: a good one, but for this.
    pub request: SignedRequest,
    /// The one reason that it must be refused for.
    pub expected: Reason,
}

/// How far beyond the tolerance a timestamp lies: far enough for a test that takes its time.
const MARGIN: Duration = Duration::from_secs(3600);

impl RequestMaker {
    /// The forgeries of the request that [`build`](Self::build) makes: each is good but for one thing.
    ///
    /// | name | what is wrong | where |
    /// |---|---|---|
    /// | `tampered-body` | one bit of the body | where the proof covers it |
    /// | `stale-timestamp`, `future-timestamp` | signed an hour beyond the tolerance | where a timestamp is signed |
    /// | `moved-timestamp` | a fresh timestamp under the signature of another | where a timestamp is signed |
    /// | `wrong-key` | signed with another key | everywhere |
    /// | `tampered-signature` | one character of every signature | everywhere |
    /// | `truncated-signature` | the end of every signature | everywhere |
    /// | `repeated-signature` | the signature's header, parameter or member twice | where it must stand once |
    /// | `missing-signature` | no signature | everywhere |
    ///
    /// The tolerance is the preset's or the verifier's. [`stale`](Self::stale) and [`future`](Self::future) do not
    /// count here.
    ///
    /// # Panics
    /// If the request cannot be signed; [`try_mutations`](Self::try_mutations) returns that.
    #[must_use]
    #[expect(clippy::panic, reason = "a test kit: the test that gave a wrong secret must fail here")]
    pub fn mutations(&self) -> Vec<Mutation> {
        self.try_mutations().unwrap_or_else(|error| panic!("the request cannot be signed: {error}"))
    }

    /// [`mutations`](Self::mutations), or why the request cannot be signed.
    ///
    /// # Errors
    /// As [`try_build`](Self::try_build).
    pub fn try_mutations(&self) -> Result<Vec<Mutation>, ConfigError> {
        let verifier = self.ready_verifier()?;
        let maker = Self { shift: Shift::Earlier(Duration::ZERO), ..self.clone() };
        let draft = maker.draft(verifier);
        let good = draft.clone().sign(verifier, &maker.secrets)?;
        let proof = match maker.profile.proof {
            Some(proof) => proof,
            None => maker.proof_of(verifier, &draft, &good),
        };
        let mut mutations = Vec::new();
        let mut add = |name, request, expected| mutations.push(Mutation { name, request, expected });

        if let Some(expected) = maker.tampered_body(proof, verifier, &draft, &good) {
            add("tampered-body", good.clone().tampered_body(), expected);
        }
        if let Some(tolerance) = verifier.tolerance() {
            let stale = maker.clone().stale(tolerance.past().saturating_add(MARGIN));
            add("stale-timestamp", stale.try_build()?, Reason::TimestampTooOld);
            let future = maker.clone().future(tolerance.future().saturating_add(MARGIN));
            add("future-timestamp", future.try_build()?, Reason::TimestampTooNew);
            let later = Draft { sent: draft.sent.plus(Duration::from_secs(1)), ..draft.clone() };
            let moved = later.sign(verifier, &maker.secrets)?.with_signatures(good.signatures());
            add("moved-timestamp", moved, Reason::InvalidSignature);
        }
        add("wrong-key", maker.signed_wrongly(verifier, &draft)?, Reason::InvalidSignature);

        let in_body = matches!(good.signature, Some(Place::Body | Place::Members(_)));
        add("tampered-signature", good.clone().tampered_signature(), Reason::InvalidSignature);
        let count = malforming_count(good.signatures().first().map_or(0, String::len));
        add("truncated-signature", good.clone().truncated_signature(count), truncated(proof, in_body));
        let repeated = if in_body { Reason::MalformedBody } else { Reason::RepeatedHeader };
        if !verifier.takes_repeated_signatures() {
            add("repeated-signature", good.clone().repeated_signature(), repeated);
        }
        let missing = if in_body { Reason::MalformedBody } else { Reason::MissingHeader };
        add("missing-signature", good.without_signature(), missing);
        Ok(mutations)
    }

    /// What kind of proof a custom scheme asks for, as its signing shows.
    fn proof_of(&self, verifier: &Verifier, draft: &Draft, good: &SignedRequest) -> Proof {
        let token = match &good.signature {
            Some(Place::Header(name)) => good.header(name).is_some_and(|value| place::token_in(value).is_some()),
            Some(Place::Members(_)) => false,
            _ => true,
        };
        if token {
            return Proof::Token;
        }
        let same = |draft: Draft| self.signs_the_same(verifier, draft, good);
        let content = forge::tampered(&draft.content);
        if same(Draft { content: content.clone(), ..draft.clone() }) == Some(false) {
            // Of a proof among fields of the body nobody knows which of them it covers.
            return if matches!(good.signature, Some(Place::Members(_))) { Proof::Detached } else { Proof::Signature };
        }
        let all_else = Draft {
            content,
            sent: draft.sent.plus(MARGIN),
            id: format!("{}x", draft.id),
            method: "PUT".to_owned(),
            target: "/elsewhere".to_owned(),
            url: "https://elsewhere.example".to_owned(),
            headers: Vec::new(),
        };
        if same(all_else) == Some(true) { Proof::StaticToken } else { Proof::Detached }
    }

    /// Why a changed body is refused; `None` where nothing binds it.
    fn tampered_body(&self, proof: Proof, verifier: &Verifier, draft: &Draft, good: &SignedRequest) -> Option<Reason> {
        match proof {
            // A message signature covers the digest of the body.
            Proof::Signature
                if good.header("signature-input").is_some_and(|input| input.contains("\"content-digest\"")) =>
            {
                Some(Reason::BodyHashMismatch)
            }
            Proof::Signature => Some(self.profile.tampered_body),
            Proof::Detached | Proof::StaticToken => None,
            Proof::Token if good.signature == Some(Place::Body) => Some(Reason::InvalidSignature),
            // A token in a header states the body's hash, or does not bind it.
            Proof::Token => {
                let content = forge::tampered(&draft.content);
                let same = self.signs_the_same(verifier, Draft { content, ..draft.clone() }, good);
                (same == Some(false)).then_some(Reason::BodyHashMismatch)
            }
        }
    }

    /// Whether another request gets the same signature as `good`; `None` where it cannot be signed.
    fn signs_the_same(&self, verifier: &Verifier, draft: Draft, good: &SignedRequest) -> Option<bool> {
        let other = draft.sign(verifier, &self.secrets).ok()?;
        match &good.signature {
            Some(Place::Header(name)) => Some(other.header(name) == good.header(name)),
            Some(Place::Members(_)) => Some(other.signature == good.signature),
            _ => None,
        }
    }

    /// The request signed with the wrong key, which must be none of the right ones.
    fn signed_wrongly(&self, verifier: &Verifier, draft: &Draft) -> Result<SignedRequest, ConfigError> {
        let signed = |secret| draft.clone().sign(verifier, std::slice::from_ref(secret));
        let wrong = signed(&self.wrong)?;
        for secret in &self.secrets {
            if signed(secret)? == wrong {
                let problem = "is one that the request is signed with".to_owned();
                return Err(ConfigError::Setting { setting: "wrong_secret", problem });
            }
        }
        Ok(wrong)
    }
}

/// How many characters a signature of this length must lose to be none: base64 without padding takes most lengths.
const fn malforming_count(length: usize) -> usize {
    if length % 4 == 3 { 2 } else { 1 }
}

const fn truncated(proof: Proof, in_body: bool) -> Reason {
    match proof {
        Proof::Signature | Proof::Detached if in_body => Reason::MalformedBody,
        Proof::Signature | Proof::Detached => Reason::MalformedHeader,
        Proof::Token => Reason::MalformedToken,
        Proof::StaticToken => Reason::InvalidSignature,
    }
}
