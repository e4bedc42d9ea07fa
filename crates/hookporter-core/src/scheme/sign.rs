//! Making signed requests: the counterpart of a check, for test kits and tools.

use std::cell::RefCell;

use bytes::Bytes;

use crate::algorithm::{Algorithm, Material};
use crate::check::whole_message;
use crate::papers::{Candidates, Papers};
use crate::scheme::{HeaderSet, Plan, ProofDraft, SignatureSpec, SignedFunction, SignedInput, TimestampPlace};
use crate::{ConfigError, Head, Secret, UnixTime, Verifier};

/// What is to be signed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Signable<'a> {
    /// The request's head: method, target, public URL, and headers that take part in the signed bytes.
    pub head: Head<'a>,
    /// The body; for a token in the body, the payload.
    pub body: Bytes,
    /// The timestamp.
    pub timestamp: UnixTime,
    /// The delivery id, where the scheme signs one.
    pub id: &'a str,
}

impl<'a> Signable<'a> {
    /// A request to sign.
    #[must_use]
    pub fn new(head: Head<'a>, body: Bytes, timestamp: UnixTime, id: &'a str) -> Self {
        Self { head, body, timestamp, id }
    }
}

/// A signed request: the headers to add, and the body to send.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Signed {
    /// The proof headers.
    pub headers: Vec<(String, String)>,
    /// The body; it differs from what was given where it is a token, or carries the proof.
    pub body: Bytes,
    /// The texts of the signatures that were put into the body; empty where headers or a token carry the proof.
    pub signatures: Vec<String>,
}

impl Verifier {
    /// Signs a request with every secret given, so that this verifier accepts it: the first one, or where the scheme
    /// has a list of signatures, all of them.
    ///
    /// For an asymmetric scheme the secret is the private key.
    ///
    /// # Errors
    /// [`ConfigError`] for a secret that cannot sign, or a request that lacks a part of the signed bytes.
    pub fn sign(&self, secrets: &[Secret], request: &Signable<'_>) -> Result<Signed, ConfigError> {
        let first = secrets.first().ok_or(ConfigError::NoKey)?;
        let set = self.scheme.sets.first().ok_or_else(|| ConfigError::scheme("no header set"))?;
        #[cfg(feature = "jwt")]
        if let Plan::Token(token) = &self.scheme.plan {
            // A private key is no key that a receiver should have, so the rule for keys refuses it.
            if token.algorithm().is_asymmetric() {
                return token.sign_request(first.bytes(), request);
            }
            return token.sign_request(&self.key_rule().key_bytes(first)?, request);
        }
        let timestamp = self.scheme.timestamp.as_ref().map(|spec| spec.unit.format(request.timestamp));
        if let Plan::Function { algorithm, function } = &self.scheme.plan
            && function.finds_signatures
        {
            return self.write_proof(*algorithm, function, first, request, timestamp.as_deref());
        }
        let papers = Papers {
            candidates: Candidates::new(),
            timestamp: timestamp.as_deref().map(str::as_bytes),
            sent: None,
            id: Some(request.id.as_bytes()),
        };
        let mut signatures = Vec::new();
        for secret in secrets {
            signatures.push(self.signature(secret, request, &papers)?);
        }
        let spec = self.scheme.signature.as_ref().ok_or_else(|| ConfigError::scheme("no signature header"))?;
        let headers = self.proof_headers(set, spec, &signatures, timestamp, request.id);
        Ok(Signed { headers, body: request.body.clone(), signatures: Vec::new() })
    }

    /// The body with the proof of one secret in it.
    fn write_proof(
        &self,
        algorithm: Option<Algorithm>,
        function: &SignedFunction,
        secret: &Secret,
        request: &Signable<'_>,
        timestamp: Option<&str>,
    ) -> Result<Signed, ConfigError> {
        let write = function.write.as_ref().ok_or_else(|| {
            ConfigError::scheme("`.proof_written_by(…)` does not say how the proof is put into a body")
        })?;
        let sign = |message: &[u8]| match algorithm {
            Some(algorithm) => self.sign_message(algorithm, secret, message),
            None => Ok(self.key_rule().key_bytes(secret)?.to_vec()),
        };
        let written = RefCell::new(Vec::new());
        let draft = ProofDraft::new(&request.head, &request.body, timestamp, secret.bytes(), &sign, &written);
        let body = write(&draft)?.into();
        Ok(Signed { headers: Vec::new(), body, signatures: written.into_inner() })
    }

    /// The bytes of one signature.
    fn signature(&self, secret: &Secret, request: &Signable<'_>, papers: &Papers<'_>) -> Result<Vec<u8>, ConfigError> {
        let cannot = |_| ConfigError::scheme("the request lacks a part of the signed bytes");
        let (algorithm, message) = match &self.scheme.plan {
            Plan::StaticToken => return Ok(self.key_rule().key_bytes(secret)?.to_vec()),
            Plan::Stream { algorithm, before, after } => {
                let mut message = whole_message(before, &request.head, papers, &[]).map_err(cannot)?.into_owned();
                message.extend_from_slice(&request.body);
                message.extend_from_slice(&whole_message(after, &request.head, papers, &[]).map_err(cannot)?);
                (*algorithm, message)
            }
            Plan::Whole { algorithm, parts } => {
                (*algorithm, whole_message(parts, &request.head, papers, &request.body).map_err(cannot)?.into_owned())
            }
            Plan::Function { algorithm, function } => {
                let input = SignedInput {
                    head: &request.head,
                    body: &request.body,
                    timestamp: papers.timestamp,
                    id: papers.id,
                };
                let messages = (function.find)(&input).map_err(cannot)?.messages;
                let algorithm = algorithm.ok_or_else(|| ConfigError::scheme("a static token signs nothing"))?;
                let first = messages.into_iter().next().and_then(|message| message.variants.into_iter().next());
                (algorithm, first.unwrap_or_default())
            }
            #[cfg(feature = "jwt")]
            Plan::Token(_) => return Err(ConfigError::scheme("a token signs itself")),
        };
        self.sign_message(algorithm, secret, &message)
    }

    fn sign_message(&self, algorithm: Algorithm, secret: &Secret, message: &[u8]) -> Result<Vec<u8>, ConfigError> {
        let rule = self.key_rule();
        #[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
        if algorithm.is_asymmetric() {
            let text = secret.bytes();
            let text = text.strip_prefix(b"whsk_").unwrap_or(text);
            return crate::algorithm::public::sign(algorithm, text, message)
                .map_err(|problem| rule.refusal(secret, problem));
        }
        let key = rule.key_bytes(secret)?;
        let material = Material::new(algorithm, &key).map_err(|problem| rule.refusal(secret, problem))?;
        let mut state = material.start().ok_or_else(|| rule.refusal(secret, "cannot sign"))?;
        state.update(message);
        Ok(state.finish().as_bytes().to_vec())
    }

    fn proof_headers(
        &self,
        set: &HeaderSet,
        spec: &SignatureSpec,
        signatures: &[Vec<u8>],
        timestamp: Option<String>,
        id: &str,
    ) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        if let Some(name) = &set.id {
            headers.push((name.to_string(), id.to_owned()));
        }
        let written = signatures.iter().map(|bytes| format!("{}{}", spec.prefix, spec.encoding.encode(bytes)));
        let mut items = Vec::new();
        let place = self.scheme.timestamp.as_ref().map(|spec| &spec.place);
        match (place, timestamp) {
            (Some(TimestampPlace::Item(item)), Some(text)) => items.push((item.clone(), text)),
            (Some(TimestampPlace::Header(prefix)), Some(text)) => {
                if let Some(name) = &set.timestamp {
                    headers.push((name.to_string(), format!("{prefix}{text}")));
                }
            }
            _ => {}
        }
        let value = match &spec.list {
            None => written.take(1).collect(),
            Some(list) => {
                items.extend(written.map(|text| (list.item.clone(), text)));
                let items: Vec<_> = items.iter().map(|(key, text)| format!("{key}{}{text}", list.pair)).collect();
                items.join(&list.separator.to_string())
            }
        };
        if let Some(name) = &set.signature {
            headers.push((name.to_string(), value));
        }
        headers
    }
}
