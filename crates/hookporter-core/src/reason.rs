//! Why a request was not accepted, and the one table that turns each reason into a status.

use std::fmt;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal => $status:literal,)*) => {
        /// Why a request was turned away or could not be taken.
        ///
        /// The word of a reason ([`Reason::as_str`]) is what the journal, the metrics and the command line show; the
        /// sender sees the status and nothing else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The reason as a word: kebab-case, stable.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The status that the sender is told, unless the provider's documentation demands another for a bad proof.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }
        }
    };
}

reasons! {
    // The proof is missing, malformed, wrong, stale or from the future: one uniform 401.
    /// A required header is not there.
    MissingHeader = "missing-header" => 401,
    /// A header that must stand once stands twice.
    RepeatedHeader = "repeated-header" => 401,
    /// A header does not have the shape its scheme documents.
    MalformedHeader = "malformed-header" => 401,
    /// Two sets of proof headers disagree, or are mixed.
    ConflictingHeaders = "conflicting-headers" => 401,
    /// The timestamp is not a timestamp in the scheme's unit.
    MalformedTimestamp = "malformed-timestamp" => 401,
    /// The timestamp lies further back than the tolerance.
    TimestampTooOld = "timestamp-too-old" => 401,
    /// The timestamp lies further ahead than the tolerance.
    TimestampTooNew = "timestamp-too-new" => 401,
    /// No live key and no candidate signature fit together.
    InvalidSignature = "invalid-signature" => 401,
    /// The request names another algorithm than the endpoint pins.
    UnsupportedAlgorithm = "unsupported-algorithm" => 401,
    /// The body lacks what the scheme must read to find the proof.
    MalformedBody = "malformed-body" => 401,
    /// A token is not a strict compact JWS.
    MalformedToken = "malformed-token" => 401,
    /// The hash of the body is not the one the proof covers.
    BodyHashMismatch = "body-hash-mismatch" => 401,
    /// A claim is absent, of the wrong type, or not what the endpoint demands.
    ClaimMismatch = "claim-mismatch" => 401,
    /// The token's `exp` has passed.
    TokenExpired = "token-expired" => 401,
    /// The token's `nbf` or `iat` lies ahead.
    TokenNotYetValid = "token-not-yet-valid" => 401,
    /// A certificate would have to come from a host that the endpoint does not trust.
    UntrustedCertUrl = "untrusted-cert-url" => 401,
    /// The request names a key that its sender does not have.
    UnknownKey = "unknown-key" => 401,
    /// No tenant of this name.
    UnknownTenant = "unknown-tenant" => 401,
    /// Every key of the keyring has expired.
    NoLiveKey = "no-live-key" => 401,
    /// The proof holds by a key that was revoked.
    KeyRevoked = "key-revoked" => 401,
    /// A challenge that could be misused, or that must be signed and is not.
    HandshakeRefused = "handshake-refused" => 401,
    // What the user's own handler says of a proven event: its own status is sent, and this one only named.
    /// The handler refused the event with a status from 400 to 499.
    HandlerRefused = "handler-refused" => 400,
    // What the sender did at the level of HTTP.
    /// The body ended or broke off before it was whole.
    BodyIncomplete = "body-incomplete" => 400,
    /// The body is not what its content encoding says.
    MalformedEncoding = "malformed-encoding" => 400,
    /// Not a method that the provider uses.
    MethodNotAllowed = "method-not-allowed" => 405,
    /// The body did not arrive within its deadline.
    BodyTooSlow = "body-too-slow" => 408,
    /// The body is larger than the endpoint's limit.
    BodyTooLarge = "body-too-large" => 413,
    /// A content encoding that the provider does not use.
    UnsupportedEncoding = "unsupported-encoding" => 415,
    /// A content type that the provider does not use.
    UnsupportedMediaType = "unsupported-media-type" => 415,
    // What we did, or could not do: the sender is to try again.
    /// The hand-off has no free slot.
    HandoffFull = "handoff-full" => 503,
    /// The hand-off said no.
    HandoffFailed = "handoff-failed" => 503,
    /// The hand-off did not finish within the acknowledgement budget.
    HandoffTimeout = "handoff-timeout" => 503,
    /// The handler answered with a status that means failure.
    HandlerFailed = "handler-failed" => 503,
    /// User code panicked.
    HandlerPanicked = "handler-panicked" => 503,
    /// No handler for this event type, and the endpoint does not ignore it.
    NoHandler = "no-handler" => 503,
    /// The first copy of this event is still being handed off.
    DuplicateInFlight = "duplicate-in-flight" => 503,
    /// The API version is not one that the code handles.
    VersionNotHandled = "version-not-handled" => 503,
    /// The keys could not be fetched.
    KeySourceUnavailable = "key-source-unavailable" => 503,
    /// The endpoint is paused.
    EndpointPaused = "endpoint-paused" => 503,
    /// The server is shutting down.
    ShuttingDown = "shutting-down" => 503,
    /// The clock cannot be right.
    ClockUnusable = "clock-unusable" => 503,
    /// Too many bytes of bodies are in flight.
    BodyMemoryFull = "body-memory-full" => 503,
}

impl Reason {
    /// Where the guide says what it means and how to mend it: a heading of the page *troubleshooting*, which is the reason's
    /// word.
    #[must_use]
    pub fn guide(self) -> String {
        format!("https://docs.rs/hookporter/latest/hookporter/guide/troubleshooting/index.html#{self}")
    }

    /// Whether this is about the proof: the one uniform refusal, whose status a provider may set.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        self.status() == 401
    }

    /// Whether the same request would be turned away again whenever it comes, and whatever is mended here.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::BodyTooLarge | Self::UnsupportedEncoding | Self::UnsupportedMediaType)
    }

    /// Whether it is our own doing, so that the sender is asked to come again.
    #[must_use]
    pub const fn is_unavailable(self) -> bool {
        self.status() == 503
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reason_has_a_status_that_makes_senders_unsubscribe() {
        for reason in Reason::ALL {
            assert!(
                matches!(reason.status(), 400 | 401 | 405 | 408 | 413 | 415 | 503),
                "{reason} answers {}",
                reason.status()
            );
        }
    }

    #[test]
    fn words_are_unique_and_kebab_case() {
        let mut words: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert!(words.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Reason::ALL.len());
    }
}
