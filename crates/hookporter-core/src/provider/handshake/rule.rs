//! One rule per challenge that a sender has.

use super::source::Read;
use super::{Answer, Guard, Source};
use crate::Head;

/// How one of a sender's challenges is recognised, and what answers it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HandshakeRule {
    pub(crate) method: &'static str,
    pub(crate) proof: ProofDemand,
    /// What tells it from an event: all of these hold.
    pub(crate) when: &'static [When],
    /// Where its text is, for answers that use it.
    pub(crate) challenge: Option<Source>,
    /// Which texts it may have.
    pub(crate) guard: Guard,
    /// Where the verify token is that the user chose, and that the endpoint knows.
    pub(crate) verify_token: Option<Source>,
    /// Whether its text is a secret that the sender hands over: the user's to keep.
    pub(crate) hands_over_secret: bool,
    pub(crate) answer: Answer,
}

/// What is demanded of the proof before a challenge is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProofDemand {
    /// It holds.
    Held,
    /// Where there is one, it holds; where there is none, the guard is what protects.
    HeldOrAbsent,
    /// There is none. A request that offers one is judged like any other, and is an event.
    Absent,
    /// Nothing: what the sender adds is not this endpoint's proof.
    Ignored,
}

/// One mark of a challenge.
#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    /// This text is here.
    Is(Source, &'static str),
    /// Something is here.
    There(Source),
    /// Nothing is here.
    Not(Source),
}

impl HandshakeRule {
    /// What a rule says unless it says otherwise.
    pub(crate) const BASE: Self = Self {
        method: "POST",
        proof: ProofDemand::Held,
        when: &[],
        challenge: None,
        guard: Guard::TOKEN,
        verify_token: None,
        hands_over_secret: false,
        answer: Answer::OK,
    };

    /// Whether it is answered before, or without, a proof that holds.
    pub(super) const fn is_at_the_door(&self, offers_proof: bool) -> bool {
        match self.proof {
            ProofDemand::Held => false,
            ProofDemand::HeldOrAbsent | ProofDemand::Absent => !offers_proof,
            ProofDemand::Ignored => true,
        }
    }

    /// Whether it is answered once the proof held.
    pub(super) const fn is_behind_the_proof(&self) -> bool {
        matches!(self.proof, ProofDemand::Held | ProofDemand::HeldOrAbsent)
    }

    /// Whether a part of it is in the body.
    pub(super) fn reads_body(&self) -> bool {
        let marks = self.when.iter().map(|mark| match mark {
            When::Is(source, _) | When::There(source) | When::Not(source) => source,
        });
        marks.chain(&self.challenge).any(|source| source.is_in_body())
    }

    /// Whether the request is this challenge.
    pub(super) fn fits(&self, head: &Head<'_>, body: &[u8]) -> bool {
        head.method() == self.method
            && self.when.iter().all(|mark| match mark {
                When::Is(source, wanted) => matches!(source.read(head, body), Read::Text(text) if *text == *wanted),
                When::There(source) => source.is_there(head, body),
                When::Not(source) => source.read(head, body) == Read::Absent,
            })
    }
}
