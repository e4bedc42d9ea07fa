//! Making signed requests: the counterpart of a check, for test kits and tools.

use std::cell::RefCell;
use std::fmt;

use bytes::Bytes;

use crate::algorithm::{Algorithm, Material};
use crate::check::whole_message;
use crate::key_parts::KeyParts;
use crate::papers::Stated;
use crate::scheme::dated::dated;
use crate::scheme::{
    HeaderSet, Plan, ProofDraft, SignatureSpec, SignedFunction, SignedInput, TimeUnit, TimestampPlace, TimestampSpec,
};
use crate::{ConfigError, Head, Rejection, Secret, UnixTime, Verifier};

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
#[derive(Clone)]
#[non_exhaustive]
pub struct Signed {
    /// The proof headers.
    pub headers: Vec<(String, String)>,
    /// The parameter to add to the query, where the proof is there: name and encoded value.
    pub query: Option<(String, String)>,
    /// The body; it differs from what was given where it is a token, or has the timestamp or the proof in it.
    pub body: Bytes,
    /// The texts of the signatures that were put into the body; empty where headers or a token carry the proof.
    pub signatures: Vec<String>,
}

impl fmt::Debug for Signed {
    // A proof may be the secret itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Signed").field("headers", &names).field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl Signed {
    /// The request as it is, for what a scheme does not add to it.
    pub(crate) fn unchanged(request: &Signable<'_>) -> Self {
        Self { headers: Vec::new(), query: None, body: request.body.clone(), signatures: Vec::new() }
    }
}

impl Verifier {
    /// Signs a request with every secret given, so that this verifier accepts it: the first one, or where the scheme
    /// has a list of signatures, all of them.
    ///
    /// For an asymmetric scheme the secret is the private key. A token states the secret's id as its `kid`, where the
    /// secret was given one ([`Secret::named`]).
    ///
    /// # Errors
    /// [`ConfigError`] for a secret that cannot sign, or a request that lacks a part of the signed bytes.
    pub fn sign(&self, secrets: &[Secret], request: &Signable<'_>) -> Result<Signed, ConfigError> {
        let secrets = self.key_rule().apart(secrets)?;
        let first = secrets.first().ok_or(ConfigError::NoKey)?;
        let set = self.scheme.sets.first().ok_or_else(|| ConfigError::scheme("no header set"))?;
        #[cfg(feature = "jwt")]
        if let Plan::Token(token) = &self.scheme.plan {
            let opened = self.key_rule().open(first)?;
            let key_id = Some(first.id().as_str()).filter(|id| *id != "secret");
            // A private key is no key that a receiver should have, so the rule for keys refuses it.
            if token.signing_algorithm(&opened.text).is_asymmetric() {
                return token.sign_request(&opened.text, key_id, &opened.parts, request);
            }
            return token.sign_request(&self.key_rule().key_bytes(first)?, key_id, &opened.parts, request);
        }
        #[cfg(feature = "http-signatures")]
        if let Plan::Message(message) = &self.scheme.plan {
            let numbered = matches!(self.labels().id, crate::LabelSource::SchemeId) && !request.id.is_empty();
            let unsigned = message.unsigned(request, first.id().as_str(), numbered.then_some(request.id))?;
            let signature = self.sign_message(message.algorithm(), first, &unsigned.base)?;
            return Ok(Signed { headers: unsigned.headers(&signature), ..Signed::unchanged(request) });
        }
        if let Some(parameter) = self.scheme.query.as_ref().filter(|_| self.scheme.signature.is_none()) {
            let secret = form_urlencoded::byte_serialize(&self.key_rule().key_bytes(first)?).collect();
            let query = Some((parameter.clone(), secret));
            return Ok(Signed { query, ..Signed::unchanged(request) });
        }
        let request = &self.dated(request)?;
        let timestamp = self.scheme.timestamp.as_ref().map(|spec| spec.unit.format(request.timestamp));
        if let Plan::Function { algorithm, function } = &self.scheme.plan
            && function.finds_signatures
        {
            return self.write_proof(*algorithm, function, first, request, timestamp.as_deref());
        }
        let stated =
            Stated { timestamp: timestamp.as_deref().map(str::as_bytes), id: Some(request.id.as_bytes()), sent: None };
        let mut signatures = Vec::new();
        for secret in &secrets {
            signatures.push(self.signature(secret, request, stated)?);
        }
        let spec = self.scheme.signature.as_ref().ok_or_else(|| ConfigError::scheme("no signature header"))?;
        let mut headers = self.proof_headers(set, spec, &signatures, timestamp, request.id);
        if let Some(header) = &self.scheme.key_header {
            let parts = self.key_rule().open(first)?.parts;
            let stated = parts.get(&header.part).unwrap_or_default().to_owned();
            // The signature's header stays the last one.
            headers.insert(0, (header.name.to_string(), stated));
        }
        Ok(Signed { headers, ..Signed::unchanged(request) })
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
        let sign = |named: Option<Algorithm>, message: &[u8]| match named.or(algorithm) {
            Some(algorithm) => self.sign_message(algorithm, secret, message),
            None => Ok(self.key_rule().key_bytes(secret)?.to_vec()),
        };
        let written = RefCell::new(Vec::new());
        let draft = ProofDraft::new(&request.head, &request.body, timestamp, secret.bytes(), &sign, &written);
        let body = write(&draft)?.into();
        Ok(Signed { body, signatures: written.into_inner(), ..Signed::unchanged(request) })
    }

    /// The request with its timestamp in the body, where the scheme has it there.
    fn dated<'a>(&self, request: &Signable<'a>) -> Result<Signable<'a>, ConfigError> {
        let Some(TimestampSpec { place: TimestampPlace::Member(pointer), unit }) = &self.scheme.timestamp else {
            return Ok(request.clone());
        };
        let text = unit.format(request.timestamp);
        let written = if *unit == TimeUnit::Rfc3339 { format!("\"{text}\"") } else { text };
        let body = dated(&request.body, pointer, &written).ok_or_else(|| {
            ConfigError::scheme("the body is no JSON object that the timestamp could be written into")
        })?;
        Ok(Signable { body: body.into(), ..request.clone() })
    }

    /// The bytes of one signature.
    fn signature(&self, secret: &Secret, request: &Signable<'_>, stated: Stated<'_>) -> Result<Vec<u8>, ConfigError> {
        let (algorithm, message) = match &self.scheme.plan {
            Plan::StaticToken => return Ok(self.key_rule().key_bytes(secret)?.to_vec()),
            Plan::Stream { algorithm, before, after } => {
                let none = KeyParts::default();
                let mut message =
                    whole_message(before, &request.head, stated, &[], &none).map_err(cannot)?.into_owned();
                message.extend_from_slice(&request.body);
                message.extend_from_slice(&whole_message(after, &request.head, stated, &[], &none).map_err(cannot)?);
                (*algorithm, message)
            }
            Plan::Whole { algorithm, parts } => {
                let key = self.key_rule().open(secret)?.parts;
                let message = whole_message(parts, &request.head, stated, &request.body, &key).map_err(cannot)?;
                (*algorithm, message.into_owned())
            }
            Plan::Function { algorithm, function } => {
                let input = SignedInput {
                    head: &request.head,
                    body: &request.body,
                    timestamp: stated.timestamp,
                    id: stated.id,
                };
                let messages = (function.find)(&input).map_err(cannot)?.messages;
                let algorithm = algorithm.ok_or_else(|| ConfigError::scheme("a static token signs nothing"))?;
                let first = messages.into_iter().next().and_then(|message| message.variants.into_iter().next());
                (algorithm, first.unwrap_or_default())
            }
            #[cfg(feature = "jwt")]
            Plan::Token(_) => return Err(ConfigError::scheme("a token signs itself")),
            #[cfg(feature = "http-signatures")]
            Plan::Message(_) => return Err(ConfigError::scheme("a message signature is made from its own base")),
        };
        self.sign_message(algorithm, secret, &message)
    }

    fn sign_message(&self, algorithm: Algorithm, secret: &Secret, message: &[u8]) -> Result<Vec<u8>, ConfigError> {
        let rule = self.key_rule();
        #[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
        if algorithm.is_asymmetric() {
            let opened = rule.open(secret)?;
            let text = opened.text.strip_prefix(b"whsk_").unwrap_or(&opened.text);
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
        let fixed = self.scheme.fixed.iter().filter(|fixed| !fixed.optional);
        headers.extend(fixed.map(|fixed| (fixed.name.to_string(), fixed.value.clone())));
        if let (Some(more), Some(first)) = (&spec.more, &set.signature) {
            let named = written.enumerate().filter_map(|(index, text)| Some((more.name_at(index, first)?, text)));
            headers.extend(named);
            return headers;
        }
        let value = match &spec.list {
            None => written.take(1).collect(),
            Some(list) => {
                items.extend(written.map(|text| (list.item.clone(), text)));
                let written = |(key, text): &(String, String)| match list.pair {
                    Some(pair) => format!("{key}{pair}{text}"),
                    None => text.clone(),
                };
                let items: Vec<_> = items.iter().map(written).collect();
                items.join(&format!("{}{}", list.separator, if list.blanks { " " } else { "" }))
            }
        };
        if let Some(name) = &set.signature {
            headers.push((name.to_string(), value));
        }
        headers
    }
}

fn cannot(_: Rejection) -> ConfigError {
    ConfigError::scheme("the request lacks a part of the signed bytes")
}
