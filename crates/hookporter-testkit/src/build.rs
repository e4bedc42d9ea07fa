//! Building: sample, labels, URL, signature.

use bytes::Bytes;
use hookporter_core::{
    Clock, ConfigError, Head, LabelSource, LabelSources, Secret, Signable, SystemClock, UnixTime, Verifier,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::maker::{RequestMaker, Shift};
use crate::place::Place;
use crate::profile::{Content, Sample, Wanted};
use crate::request::SignedRequest;
use crate::target;

/// A request before it is signed.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content: Bytes,
    pub(crate) sent: UnixTime,
    pub(crate) id: String,
}

impl RequestMaker {
    /// Builds the request.
    ///
    /// # Panics
    /// If the secret cannot sign, or the scheme contradicts itself: in a test that is a mistake of the test.
    /// [`try_build`](Self::try_build) returns it.
    #[expect(clippy::panic, reason = "a test kit: the test that gave a wrong secret must fail here")]
    pub fn build(&self) -> SignedRequest {
        self.try_build().unwrap_or_else(|error| panic!("the request cannot be signed: {error}"))
    }

    /// Builds the request, or says why it cannot be signed.
    ///
    /// # Errors
    /// [`ConfigError`] for a secret that cannot sign, a scheme that contradicts itself, or a request that lacks a part
    /// of the signed bytes.
    pub fn try_build(&self) -> Result<SignedRequest, ConfigError> {
        let verifier = self.ready_verifier()?;
        self.draft(verifier).sign(verifier, &self.secrets)
    }

    pub(crate) fn ready_verifier(&self) -> Result<&Verifier, ConfigError> {
        self.verifier.as_ref().map_err(Clone::clone)
    }

    pub(crate) fn draft(&self, verifier: &Verifier) -> Draft {
        let at = self.at.unwrap_or_else(|| SystemClock.now());
        let sent = match self.shift {
            Shift::Earlier(by) => at.minus(by),
            Shift::Later(by) => at.plus(by),
        };
        let labels = verifier.labels();
        let wanted = Wanted { event: self.event.as_deref(), event_id: self.event_id.as_deref(), sent, labels };
        let mut sample = (self.profile.sample)(&wanted);
        self.label(&mut sample, labels);
        let content = match &self.content {
            None => sample.content.bytes(),
            Some((content, content_type)) => {
                if let Some(content_type) = content_type {
                    set_header(&mut sample.headers, "content-type", content_type);
                }
                content.clone()
            }
        };
        for (name, value) in &self.headers {
            set_header(&mut sample.headers, name, value);
        }
        let (target, url) = self.address(&sample, &content);
        Draft { method: self.method.clone(), target, url, headers: sample.headers, content, sent, id: sample.id }
    }

    /// Puts what was asked for where the scheme looks for it.
    fn label(&self, sample: &mut Sample, labels: &LabelSources) {
        let wanted = [(&labels.id, &self.event_id), (&labels.kind, &self.event), (&labels.version, &self.api_version)];
        for (source, text) in wanted {
            let Some(text) = text else { continue };
            let is_type = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("content-type");
            let content_type = sample.headers.iter().find(is_type).map(|(_, value)| value.clone());
            match source.of_content_type(content_type.unwrap_or_default().as_bytes()) {
                LabelSource::SchemeId => sample.id.clone_from(text),
                LabelSource::Json(pointer) => put(&mut sample.content, pointer, text),
                LabelSource::JsonFirst(pointers) | LabelSource::JsonAll(pointers) => {
                    if let Some(pointer) = pointers.first() {
                        put(&mut sample.content, pointer, text);
                    }
                }
                LabelSource::Form(field) => {
                    if let Content::Form(fields) = &mut sample.content {
                        fields.retain(|(name, _)| name != field);
                        fields.push((field.clone(), text.clone()));
                    }
                }
                LabelSource::Header(names) => {
                    if let Some(name) = names.first() {
                        set_header(&mut sample.headers, name, text);
                    }
                }
                LabelSource::Headers(names) => {
                    for name in names {
                        if !sample.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                            set_header(&mut sample.headers, name, text);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Target and URL, with what the sender adds to them: parameters of its own, the body's hash.
    fn address(&self, sample: &Sample, content: &[u8]) -> (String, String) {
        let (target, url) = self.configured_address();
        let added = |address: String| {
            sample.query.iter().fold(address, |address, (name, value)| {
                let known = address.contains(&format!("{name}="));
                if known { address } else { target::with_parameter(&address, name, value) }
            })
        };
        self.with_body_hash(&sample.headers, content, added(target), added(url))
    }

    fn configured_address(&self) -> (String, String) {
        let of_url = || self.url.as_deref().map(target::of_url);
        let target = self.target.clone().or_else(of_url).unwrap_or_else(|| self.default_target.clone());
        let url = self.url.clone().unwrap_or_else(|| format!("https://receiver.example{target}"));
        (target, url)
    }

    fn with_body_hash(
        &self,
        headers: &[(String, String)],
        content: &[u8],
        target: String,
        url: String,
    ) -> (String, String) {
        let is_form = |(name, value): &(String, String)| {
            name.eq_ignore_ascii_case("content-type") && value.starts_with("application/x-www-form-urlencoded")
        };
        if !self.profile.hashes_body || headers.iter().any(is_form) || url.contains("bodySHA256=") {
            return (target, url);
        }
        let hash: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        let stated = |address: &str| target::with_parameter(address, "bodySHA256", &hash);
        (stated(&target), stated(&url))
    }
}

impl Draft {
    /// Signs, and puts the request together.
    pub(crate) fn sign(self, verifier: &Verifier, secrets: &[Secret]) -> Result<SignedRequest, ConfigError> {
        let head = Head::new(&self.method, &self.target, &self.headers).with_url(&self.url);
        let signed = verifier.sign(secrets, &Signable::new(head, self.content.clone(), self.sent, &self.id))?;
        // The core puts the signature's header last; a proof without any header, and not among the body's members, is a
        // token in the body.
        let in_query = signed.query.as_ref().map(|(name, _)| Place::Query(name.clone()));
        let in_header = || signed.headers.last().map(|(name, _)| Place::Header(name.clone()));
        let in_body = || if signed.signatures.is_empty() { Place::Body } else { Place::Members(signed.signatures) };
        let names = signed.headers.iter().map(|(name, _)| name.clone());
        let several: Vec<_> = names.filter(|name| verifier.is_proof_header(name)).collect();
        let signature = if several.len() > 1 {
            Place::Several(several)
        } else {
            in_query.or_else(in_header).unwrap_or_else(in_body)
        };
        let (mut target, mut url) = (self.target, self.url);
        if let Some((name, value)) = &signed.query {
            target = target::with_parameter(&target, name, value);
            url = target::with_parameter(&url, name, value);
        }
        let mut headers = self.headers;
        headers.extend(signed.headers);
        Ok(SignedRequest { method: self.method, target, url, headers, body: signed.body, signature: Some(signature) })
    }
}

fn set_header(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    match headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, known)) => value.clone_into(known),
        None => headers.push((name.to_owned(), value.to_owned())),
    }
}

/// Sets a member of a JSON body, and what must be around it. A number stays a number; an array gains no items.
fn put(content: &mut Content, pointer: &[String], text: &str) {
    let Content::Json(place) = content else { return };
    let mut member = place;
    for name in pointer {
        if !member.is_object() && !member.is_array() {
            *member = Value::Object(serde_json::Map::new());
        }
        member = match member {
            Value::Object(object) => object.entry(name).or_insert(Value::Null),
            Value::Array(elements) => match name.parse().ok().and_then(|at: usize| elements.get_mut(at)) {
                Some(element) => element,
                None => return,
            },
            _ => return,
        };
    }
    let number = || serde_json::from_str(text).ok().filter(Value::is_number);
    *member = Some(()).filter(|()| member.is_number()).and_then(|()| number()).unwrap_or_else(|| text.into());
}
