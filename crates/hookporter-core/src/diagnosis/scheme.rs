//! Schemes that are not quite the sender's: another algorithm, another encoding.

use super::probe::Probe;
use super::{Cause, Diagnosis};
use crate::papers::{self, Candidates};
use crate::scheme::Proof;
use crate::{Algorithm, Encoding, Scheme, SignatureSource};

/// The algorithm, or the encoding, with which the proof holds.
pub(super) fn otherwise(probe: &Probe<'_>) -> Vec<Diagnosis> {
    algorithm(probe).or_else(|| encoding(probe)).into_iter().collect()
}

fn algorithm(probe: &Probe<'_>) -> Option<Diagnosis> {
    let scheme = probe.verifier.scheme();
    let Proof::Template(known, template) = &scheme.proof else { return None };
    let algorithms = [
        (Algorithm::HmacSha1, "HMAC-SHA1"),
        (Algorithm::HmacSha256, "HMAC-SHA256"),
        (Algorithm::HmacSha512, "HMAC-SHA512"),
    ];
    let fits = |algorithm: Algorithm| {
        let proof = Proof::Template(algorithm, template.clone());
        probe.fits_with_scheme(Scheme { proof, ..scheme.clone() }, probe.case.keys)
    };
    let found = algorithms.into_iter().find(|(algorithm, _)| algorithm != known && fits(*algorithm));
    found.map(|(_, name)| Cause::OtherAlgorithm(name).proven())
}

fn encoding(probe: &Probe<'_>) -> Option<Diagnosis> {
    let scheme = probe.verifier.scheme();
    let source = scheme.signature.as_ref()?;
    let encodings =
        [(Encoding::Hex, "hexadecimal"), (Encoding::Base64, "base64"), (Encoding::Base64Url, "URL-safe base64")];
    let fits = |encoding: Encoding| {
        let signature = Some(SignatureSource { encoding, ..source.clone() });
        probe.fits_with_scheme(Scheme { signature, ..scheme.clone() }, probe.case.keys)
    };
    let found = encodings.into_iter().find(|(encoding, _)| *encoding != source.encoding && fits(*encoding));
    found.map(|(_, name)| Cause::OtherEncoding(name).proven())
}

/// What the length of the signatures says of the algorithm.
pub(super) fn length(probe: &Probe<'_>) -> Option<Diagnosis> {
    let algorithm = probe.verifier.algorithm().filter(|algorithm| !algorithm.is_asymmetric())?;
    let expected = match algorithm {
        Algorithm::HmacSha1 | Algorithm::KeyedSha1(_) => 20,
        Algorithm::HmacSha512 | Algorithm::KeyedSha512(_) => 64,
        _ => 32,
    };
    let mut candidates = Candidates::default();
    papers::read(&probe.verifier.scheme, None, probe.head(), probe.case.now, &mut candidates).ok()?;
    let lengths: Vec<_> = candidates.iter().map(|candidate| candidate.len()).collect();
    if lengths.is_empty() || lengths.contains(&expected) {
        return None;
    }
    let name = lengths.iter().find_map(|length| match length {
        20 => Some("by its length SHA-1"),
        32 => Some("by its length SHA-256"),
        64 => Some("by its length SHA-512"),
        _ => None,
    });
    Some(match name {
        Some(name) => Cause::OtherAlgorithm(name).likely(),
        None => Cause::HeaderRewritten(signature_header(probe), "the signature is too short or too long").likely(),
    })
}

fn signature_header(probe: &Probe<'_>) -> String {
    probe.verifier.proof_header_names().next().unwrap_or_default().to_owned()
}
