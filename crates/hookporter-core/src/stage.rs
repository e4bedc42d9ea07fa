//! Where in the pipeline a request was turned away.

use std::fmt;

use crate::Reason;

/// The step of the pipeline that turned a request away: where to look first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// Method, pause, shutdown, keys, clock: before anything of the request was judged.
    Door,
    /// Headers and timestamp.
    Papers,
    /// The upload.
    Body,
    /// The signature, or what a token says.
    Proof,
    /// The API version.
    Version,
    /// Giving the event to whatever does the work.
    Handoff,
    /// The user's own handler.
    Handler,
}

impl Stage {
    /// The stage as a word: kebab-case, stable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Door => "door",
            Self::Papers => "papers",
            Self::Body => "body",
            Self::Proof => "proof",
            Self::Version => "version",
            Self::Handoff => "hand-off",
            Self::Handler => "handler",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Reason {
    /// The step of the pipeline that this reason comes from.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Self::MethodNotAllowed
            | Self::UnknownTenant
            | Self::UnknownKey
            | Self::NoLiveKey
            | Self::HandshakeRefused
            | Self::KeySourceUnavailable
            | Self::EndpointPaused
            | Self::ShuttingDown
            | Self::ClockUnusable => Stage::Door,
            Self::MissingHeader
            | Self::RepeatedHeader
            | Self::MalformedHeader
            | Self::ConflictingHeaders
            | Self::MalformedTimestamp
            | Self::TimestampTooOld
            | Self::TimestampTooNew
            | Self::UnsupportedAlgorithm
            | Self::UntrustedCertUrl
            | Self::UnsupportedEncoding
            | Self::UnsupportedMediaType => Stage::Papers,
            Self::BodyIncomplete
            | Self::MalformedEncoding
            | Self::BodyTooSlow
            | Self::BodyTooLarge
            | Self::BodyMemoryFull => Stage::Body,
            Self::InvalidSignature
            | Self::KeyRevoked
            | Self::MalformedBody
            | Self::MalformedToken
            | Self::BodyHashMismatch
            | Self::ClaimMismatch
            | Self::TokenExpired
            | Self::TokenNotYetValid => Stage::Proof,
            Self::VersionNotHandled => Stage::Version,
            Self::HandoffFull
            | Self::HandoffFailed
            | Self::HandoffTimeout
            | Self::NoHandler
            | Self::DuplicateInFlight => Stage::Handoff,
            Self::HandlerRefused | Self::HandlerFailed | Self::HandlerPanicked => Stage::Handler,
        }
    }
}
