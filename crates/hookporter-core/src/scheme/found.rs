//! Schemes whose signed bytes, or whole proofs, a function puts together or finds.

use crate::Rejection;
use crate::scheme::timestamp::TimestampAt;
use crate::scheme::{Proof, Scheme, SignedBytes, SignedFunction, SignedInput, TimeUnit, TimestampSource};
#[cfg(feature = "sign")]
use crate::{ConfigError, ProofDraft};

impl Scheme {
    /// The signed bytes, from a function: for senders whose rules no template can say.
    ///
    /// The function sees the request and its whole body and returns the bytes that were signed, or several variants
    /// of them; key, algorithm and comparison stay with the core.
    pub fn signed_by(
        mut self,
        function: impl Fn(&SignedInput<'_>) -> Result<SignedBytes, Rejection> + Send + Sync + 'static,
    ) -> Self {
        if let Some(algorithm) = self.proof.algorithm() {
            self.proof = Proof::Function(Some(algorithm), SignedFunction::new(function, false));
        }
        self
    }

    /// The signed bytes and their signatures, from a function: for senders whose proof stands in the body. No header
    /// carries a signature then.
    ///
    /// The function reads what it must to find them ([`SignedMessage`](crate::SignedMessage)); key, algorithm and comparison stay with the
    /// core, and so does the judgement of a timestamp ([`Scheme::body_timestamp`]).
    pub fn proof_found_by(
        mut self,
        function: impl Fn(&SignedInput<'_>) -> Result<SignedBytes, Rejection> + Send + Sync + 'static,
    ) -> Self {
        if let Some(algorithm) = self.proof.algorithm() {
            self.proof = Proof::Function(Some(algorithm), SignedFunction::new(function, true));
        }
        self
    }

    /// The secret itself where a function finds it in the body ([`SignedMessage::token`](crate::SignedMessage::token)). It proves origin to whoever
    /// trusts the transport, and covers no byte of the body.
    pub fn static_token_found_by(
        function: impl Fn(&SignedInput<'_>) -> Result<SignedBytes, Rejection> + Send + Sync + 'static,
    ) -> Self {
        Self { proof: Proof::Function(None, SignedFunction::new(function, true)), ..Self::hmac_sha256() }
    }

    /// How a proof is put into a body: the counterpart of [`Scheme::proof_found_by`], for test kits and tools.
    #[cfg(feature = "sign")]
    pub fn proof_written_by(
        mut self,
        function: impl Fn(&ProofDraft<'_>) -> Result<Vec<u8>, ConfigError> + Send + Sync + 'static,
    ) -> Self {
        if let Proof::Function(_, known) = &mut self.proof {
            known.write = Some(std::sync::Arc::new(function));
        }
        self
    }

    /// States that the bytes of a function cover these headers wherever a request has them. Default: none.
    pub fn covering_headers(mut self, names: &[&str]) -> Self {
        if let Proof::Function(_, function) = &mut self.proof {
            function.headers = names.iter().map(|name| name.to_ascii_lowercase().into()).collect();
        }
        self
    }

    /// The unit of the timestamp that the function of [`Scheme::proof_found_by`] finds in the body
    /// ([`SignedBytes::sent`]); a body without one is refused. It is judged once the proof holds. It takes the place of
    /// [`Scheme::timestamp`]. Default: none is looked for.
    pub fn body_timestamp(self, unit: TimeUnit) -> Self {
        self.timestamp(TimestampSource { at: TimestampAt::Found, unit })
    }
}
