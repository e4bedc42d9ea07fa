//! Refused requests, kept whole.

use std::net::SocketAddr;

use bytes::Bytes;
use hookporter_core::{Reason, UnixTime};
use serde::Serialize;

use crate::shown::shown;
use crate::trace::TraceId;

/// A refused request as it came, to be judged again once a key, a clock or a URL is mended.
///
/// It holds the proof, or it could not be judged again. `Authorization`, `Cookie`, and other headers whose name says that they
/// carry a secret are never kept.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct RefusedRequest {
    /// What the log calls the request.
    pub trace: TraceId,
    /// The endpoint's name.
    pub endpoint: String,
    /// Why it was refused, the last time that it was judged.
    pub reason: Reason,
    /// The reason with its evidence.
    pub detail: String,
    /// When it arrived; its freshness is judged by that.
    pub arrived_at: UnixTime,
    /// The method.
    pub method: String,
    /// Path and query as they came.
    pub target: String,
    /// Whether its proof was judged when it came; else it was refused before that. A store has bounds of their own for both: what
    /// strangers make up without a proof is not to push out what the sender may have signed.
    pub reached_proof: bool,
    /// The headers: names in lower case, in the order in which they came, without a line's end in any.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, byte for byte.
    pub body: Bytes,
    /// Who sent it, where the adapter knows.
    pub peer: Option<SocketAddr>,
    /// The id of the key that target, headers, body and peer are encrypted with; `None`: they are as they came.
    pub sealed_by: Option<String>,
}

impl RefusedRequest {
    /// How many bytes it has: what bounds count.
    #[must_use]
    pub fn weight(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.len().saturating_add(value.len()));
        headers.fold(self.target.len(), usize::saturating_add).saturating_add(self.body.len())
    }
}

/// Its proof and its body are not for logs.
impl std::fmt::Debug for RefusedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefusedRequest")
            .field("trace", &self.trace)
            .field("endpoint", &self.endpoint)
            .field("reason", &self.reason)
            .field("arrived_at", &self.arrived_at)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A refused request in a list. It holds no byte of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct RefusedListed {
    /// Its number: ascending in the order in which requests were refused.
    pub number: i64,
    /// What the log calls the request.
    pub trace: TraceId,
    /// The endpoint's name.
    pub endpoint: String,
    /// Why it was refused, the last time that it was judged.
    pub reason: Reason,
    /// The reason with its evidence.
    pub detail: String,
    /// When it arrived.
    pub arrived_at: UnixTime,
    /// When it was last judged again, if it was.
    pub judged_at: Option<UnixTime>,
    /// Whether its proof was judged when it came.
    pub reached_proof: bool,
    /// How many bytes of body it has.
    pub body_bytes: u64,
}

/// How many kept requests of an endpoint were refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "made by stores")]
pub struct RefusedCount {
    /// The endpoint's name.
    pub endpoint: String,
    /// The reason, the last time that they were judged.
    #[serde(serialize_with = "shown")]
    pub reason: Reason,
    /// How many.
    pub count: u64,
    /// When the first of them arrived.
    #[serde(serialize_with = "shown")]
    pub first: UnixTime,
    /// When the last of them arrived.
    #[serde(serialize_with = "shown")]
    pub last: UnixTime,
}
