//! A signed request, and what an attacker or a proxy makes of it.

use std::cell::RefCell;

use bytes::Bytes;
use hookporter_core::{Delivery, Head, PreparedKeyring, Rejection, UnixTime, Verifier};

use crate::place::{self, Place};
use crate::{forge, member, target};

/// A request as its sender would send it, or a forgery of one.
///
/// Every method that changes something takes the request and gives another:
///
/// ```
/// let good = hookporter_testkit::github("a secret").build();
/// let forged = good.clone().tampered_body();
/// let doubled = good.clone().repeated_signature();
/// let bare = good.clone().without_signature();
/// assert_eq!(good.body().len(), forged.body().len());
/// assert_eq!(doubled.headers().len(), good.headers().len() + 1);
/// assert!(bare.header("x-hub-signature-256").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct SignedRequest {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    /// Where the signature is, if the request was made by the kit.
    pub(crate) signature: Option<Place>,
}

impl SignedRequest {
    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Path and query, as they arrive.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The public URL that the sender believes it calls.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers, in order; neither `host` nor `content-length` is among them.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The first value of a header; the name's case does not matter.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The name of the header that carries the signature, of several the first; `None` where the body does.
    #[must_use]
    pub fn signature_header(&self) -> Option<&str> {
        self.signature_headers().first().map(String::as_str)
    }

    fn signature_headers(&self) -> &[String] {
        self.signature.as_ref().map_or(&[], Place::headers)
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The head, as the core's checks take it.
    #[must_use]
    pub fn head(&self) -> Head<'_> {
        Head::new(&self.method, &self.target, &self.headers).with_url(&self.url)
    }

    /// Checks this request with the core alone, without any framework.
    ///
    /// # Errors
    /// The [`Rejection`] that the request has earned.
    pub fn check(&self, verifier: &Verifier, keys: &PreparedKeyring, now: UnixTime) -> Result<Delivery, Rejection> {
        let head = self.head();
        let mut check = verifier.begin(&head, keys, now)?;
        check.push(self.body.clone())?;
        check.finish().map_err(hookporter_core::Refused::into_rejection)
    }

    /// One bit of the body changed; JSON stays JSON where it can. Of a token in the body the payload is changed.
    pub fn tampered_body(self) -> Self {
        let text = String::from_utf8_lossy(&self.body);
        let token = place::token_in(&text).filter(|_| self.signature == Some(Place::Body));
        let body = match token {
            Some(token) => forge::tampered_token(&self.body, &token),
            None => forge::tampered(&self.body),
        };
        Self { body, ..self }
    }

    /// Another body, under the proof of this one.
    pub fn with_body(self, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// Another target, under the proof of this one; the URL changes with it.
    pub fn with_target(self, target: &str) -> Self {
        let base = self.url.strip_suffix(&target::of_url(&self.url)).unwrap_or(&self.url);
        Self { url: format!("{base}{target}"), target: target.to_owned(), ..self }
    }

    /// One character of every signature changed; each stays well-formed.
    pub fn tampered_signature(self) -> Self {
        self.change_signature(place::tampered)
    }

    /// Every signature without its last `count` characters.
    pub fn truncated_signature(self, count: usize) -> Self {
        self.change_signature(|signature| place::truncated(signature, count))
    }

    /// The signature's header (or its parameter of the query) twice, of several the first, with the same value; of a proof
    /// in the body, its member or field twice.
    pub fn repeated_signature(self) -> Self {
        match self.signature.clone() {
            Some(Place::Query(name)) => self.change_parameter(&name, |pair| format!("{pair}&{pair}")),
            Some(Place::Members(signatures)) => {
                let body = member::repeated(&String::from_utf8_lossy(&self.body), &signatures);
                self.with_body(body)
            }
            Some(Place::Body) => {
                let text = String::from_utf8_lossy(&self.body);
                let inner = text.trim().trim_start_matches('{').trim_end_matches('}');
                Self { body: format!("{{{inner},{inner}}}").into(), ..self }
            }
            _ => match self.signature_header().map(str::to_owned) {
                Some(name) => self.repeated_header(&name),
                None => self,
            },
        }
    }

    /// No signature at all: no such header, no such member of the body; of a token in the body, an empty JSON object.
    pub fn without_signature(self) -> Self {
        match self.signature.clone() {
            Some(Place::Query(name)) => return self.change_parameter(&name, |_| String::new()),
            Some(Place::Body) => return Self { body: Bytes::from_static(b"{}"), ..self },
            Some(Place::Members(signatures)) => {
                let body = member::removed(&String::from_utf8_lossy(&self.body), &signatures);
                return self.with_body(body);
            }
            _ => {}
        }
        let names = self.signature_headers().to_vec();
        names.iter().fold(self, |request, name| request.without_header(name))
    }

    /// A header twice, with the same value. Without such a header the request stays as it is.
    pub fn repeated_header(self, name: &str) -> Self {
        match self.header(name).map(str::to_owned) {
            Some(value) => self.with_added_header(name, &value),
            None => self,
        }
    }

    /// No header of this name.
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// A header with this value, in place of all of its name.
    pub fn with_header(self, name: &str, value: &str) -> Self {
        self.without_header(name).with_added_header(name, value)
    }

    /// One more header line, whether there is one of its name or not.
    pub fn with_added_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The signatures, in order.
    pub(crate) fn signatures(&self) -> Vec<String> {
        let seen = RefCell::new(Vec::new());
        // Nothing is changed: the signatures are only looked at.
        let _ = self.clone().change_signature(|signature| {
            seen.borrow_mut().push(signature.to_owned());
            signature.to_owned()
        });
        seen.into_inner()
    }

    /// These signatures, in order, in place of the request's own.
    pub(crate) fn with_signatures(self, signatures: Vec<String>) -> Self {
        let others = RefCell::new(signatures.into_iter());
        self.change_signature(|_| others.borrow_mut().next().unwrap_or_default())
    }

    /// The parameter of the query changed, in target and URL.
    fn change_parameter(self, name: &str, change: impl Fn(&str) -> String) -> Self {
        let of = |address: &str| target::with_changed_parameter(address, name, &change);
        Self { target: of(&self.target), url: of(&self.url), ..self }
    }

    fn change_signature(mut self, change: impl Fn(&str) -> String) -> Self {
        match &self.signature {
            Some(place @ (Place::Header(_) | Place::Several(_))) => {
                let signed = |name: &str| place.headers().iter().any(|known| known.eq_ignore_ascii_case(name));
                for (_, value) in self.headers.iter_mut().filter(|(name, _)| signed(name)) {
                    *value = place::change_signatures(value, &change);
                }
            }
            Some(Place::Query(name)) => {
                let name = name.clone();
                let changed = |pair: &str| match pair.split_once('=') {
                    Some((name, value)) => format!("{name}={}", change(value)),
                    None => pair.to_owned(),
                };
                return self.change_parameter(&name, changed);
            }
            Some(Place::Body) => {
                self.body = place::change_signatures(&String::from_utf8_lossy(&self.body), change).into();
            }
            Some(Place::Members(signatures)) => {
                self.body = member::change_signatures(&String::from_utf8_lossy(&self.body), signatures, change).into();
            }
            None => {}
        }
        self
    }
}
