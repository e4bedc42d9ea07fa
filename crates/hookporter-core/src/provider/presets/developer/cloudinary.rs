use crate::provider::{Acknowledgement, EvidenceLevel, SuccessStatus};
use crate::{Algorithm, Header, Identity, Json, KeyPlace, KeyRule, Provider, Scheme, Tolerance};

/// Cloudinary, accounts that sign with SHA-256: a plain hash of body, timestamp and API secret.
///
/// An account signs with SHA-1 unless it was changed: that is `cloudinary-sha1`. They are two presets and not one that goes
/// by the length of the signature, so that whoever chose SHA-256 is not led back to SHA-1 by a request.
pub(super) static CLOUDINARY: Provider = Provider {
    id: "cloudinary",
    name: "Cloudinary (SHA-256)",
    documentation: "https://cloudinary.com/documentation/notification_signatures",
    evidence: EvidenceLevel::Sdk,
    unverified: "the retries",
    scheme: sha256,
    proof: "SHA-256 of body, timestamp and API secret, `X-Cld-Signature` in hex",
    // The SDK refuses the past only; a signed moment far ahead would be replayable until then.
    tolerance: Some(Tolerance::of_secs(7200, 300)),
    acknowledgement: Acknowledgement { success: SuccessStatus::OneOf(&[200]), retries: "3", ..Acknowledgement::BASE },
    labels: ["none", "`notification_type`, signed", "none"],
    replay: "within the tolerance, two hours, a replay is known by the digest of its bytes; later it is refused",
    ..Provider::BASE
};

/// Cloudinary, accounts that sign with SHA-1, as they do unless changed. Prefer SHA-256: whoever can shape a body before it
/// is signed can make two that share a SHA-1.
pub(super) static CLOUDINARY_SHA1: Provider = Provider {
    id: "cloudinary-sha1",
    name: "Cloudinary (SHA-1)",
    scheme: sha1,
    proof: "SHA-1 of body, timestamp and API secret, `X-Cld-Signature` in hex",
    ..CLOUDINARY
};

fn sha256() -> Scheme {
    scheme(Algorithm::KeyedSha256(KeyPlace::After))
}

fn sha1() -> Scheme {
    scheme(Algorithm::KeyedSha1(KeyPlace::After))
}

fn scheme(algorithm: Algorithm) -> Scheme {
    Scheme::new(algorithm)
        .signed("{body}{timestamp}")
        .signature(Header::new("x-cld-signature").hex())
        .timestamp(Header::new("x-cld-timestamp").unix_seconds())
        .key_rule(KeyRule::text(16, "the account's API secret"))
        .event_type(Json::pointer("/notification_type"))
        .identity(Identity::Digest)
}
