//! The request maker: what is to be sent, and how.

use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{ConfigError, Secret, UnixTime, Verifier};

use crate::profile::Profile;
use crate::secret::SenderSecret;

/// Makes signed requests of one sender's.
///
/// Without any setting it makes a small realistic event of that sender's, signed now. What it makes twice is the same
/// event twice, as a sender's retry is; another [`event_id`](Self::event_id) makes it another event.
///
/// ```
/// use std::time::Duration;
///
/// let stripe = hookporter_testkit::stripe("whsec_of_the_test").event("invoice.paid");
/// let good = stripe.build();
/// let stale = stripe.clone().stale(Duration::from_secs(600)).build();
/// let second = stripe.clone().event_id("evt_2").build();
/// let forged = good.clone().tampered_body();
/// assert_ne!(good.body(), second.body());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct RequestMaker {
    pub(crate) profile: &'static Profile,
    pub(crate) verifier: Result<Verifier, ConfigError>,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) wrong: Secret,
    pub(crate) event: Option<String>,
    pub(crate) event_id: Option<String>,
    pub(crate) api_version: Option<String>,
    /// What is signed instead of the sample, and its content type where it is known.
    pub(crate) content: Option<(Bytes, Option<&'static str>)>,
    pub(crate) at: Option<UnixTime>,
    pub(crate) shift: Shift,
    pub(crate) method: String,
    pub(crate) target: Option<String>,
    pub(crate) default_target: String,
    pub(crate) url: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
}

/// How the signed timestamp differs from the moment that the request is made at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shift {
    Earlier(Duration),
    Later(Duration),
}

impl RequestMaker {
    pub(crate) fn new(
        name: &str,
        profile: &'static Profile,
        verifier: Result<Verifier, ConfigError>,
        secret: SenderSecret,
    ) -> Self {
        Self {
            profile,
            verifier,
            secrets: vec![secret.into_inner()],
            wrong: Secret::weak(profile.keys.wrong),
            event: None,
            event_id: None,
            api_version: None,
            content: None,
            at: None,
            shift: Shift::Earlier(Duration::ZERO),
            method: "POST".to_owned(),
            target: None,
            default_target: format!("/webhooks/{name}"),
            url: None,
            headers: Vec::new(),
        }
    }

    /// Sets the event type, wherever this sender says it: in the sample body or in a header. Default: one that is
    /// common with this sender.
    pub fn event(self, kind: &str) -> Self {
        Self { event: Some(kind.to_owned()), ..self }
    }

    /// Sets the event id, wherever this sender says it. Default: always the same.
    pub fn event_id(self, id: &str) -> Self {
        Self { event_id: Some(id.to_owned()), ..self }
    }

    /// Sets the API version, wherever this sender says it. Default: one that is common with this sender, where it
    /// says any.
    pub fn api_version(self, version: &str) -> Self {
        Self { api_version: Some(version.to_owned()), ..self }
    }

    /// Replaces the sample body; event, id and version are then set in headers only. For a sender of tokens these are
    /// the bytes of the payload; for one whose proof stands in the body, a body that gains it. Default: a small realistic
    /// body of this sender's.
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        Self { content: Some((body.into(), None)), ..self }
    }

    /// Replaces the sample body by JSON, as [`body`](Self::body) does, and sets the content type.
    pub fn json(self, body: &serde_json::Value) -> Self {
        Self { content: Some((body.to_string().into(), Some("application/json"))), ..self }
    }

    /// Replaces the payload of a sender of tokens: the claims that its token states. With other senders it is
    /// [`json`](Self::json) by another name.
    pub fn payload(self, claims: &serde_json::Value) -> Self {
        self.json(claims)
    }

    /// Sets the moment that the request is made at. Default: the system's time when it is built.
    pub fn at(self, moment: UnixTime) -> Self {
        Self { at: Some(moment), ..self }
    }

    /// Signs a timestamp that lies this far in the past. Replaces [`future`](Self::future).
    pub fn stale(self, by: Duration) -> Self {
        Self { shift: Shift::Earlier(by), ..self }
    }

    /// Signs a timestamp that lies this far ahead. Replaces [`stale`](Self::stale).
    pub fn future(self, by: Duration) -> Self {
        Self { shift: Shift::Later(by), ..self }
    }

    /// Sets the public URL that the sender believes it calls; senders such as Twilio sign it. Path and query become
    /// the request's target unless [`target`](Self::target) says otherwise. Default: the target at
    /// `https://receiver.example`.
    pub fn url(self, url: &str) -> Self {
        Self { url: Some(url.to_owned()), ..self }
    }

    /// Sets path and query, as they arrive. Default: those of the URL, else `/webhooks/` and the sender's id.
    pub fn target(self, target: &str) -> Self {
        Self { target: Some(target.to_owned()), ..self }
    }

    /// Sets the method. Default: `POST`.
    pub fn method(self, method: &str) -> Self {
        Self { method: method.to_owned(), ..self }
    }

    /// Sets a header besides the proof, in place of the sample's where it has one of that name. Contentful signs
    /// those that its list names, Mercado Pago `x-request-id`, and a custom scheme those of `{header:NAME}`.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a secret to sign with, as senders do during a rotation. It counts with senders that send a list of
    /// signatures (Stripe, Standard Webhooks) or one in each of several headers (Box, DocuSign); the others sign with their
    /// first secret only.
    pub fn also_signed_with(mut self, secret: impl Into<SenderSecret>) -> Self {
        self.secrets.push(secret.into().into_inner());
        self
    }

    /// Sets the secret that [`mutations`](Self::mutations) signs with where the key is to be wrong. Default: the
    /// preset's own; for a custom scheme 64 hexadecimal digits, which are a key to every algorithm but RSA.
    pub fn wrong_secret(self, secret: impl Into<SenderSecret>) -> Self {
        Self { wrong: secret.into().into_inner(), ..self }
    }
}
