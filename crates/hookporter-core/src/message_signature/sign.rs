//! Making message signatures: what the test kit and the command line do, never a receiver.

use super::base;
use super::digest::ContentDigest;
use super::input::Input;
use super::open::DIGEST;
use super::scheme::MessageScheme;
use super::structured::Reader;
use crate::scheme::Signable;
use crate::{ConfigError, Encoding, Head, HeaderVisitor};

/// A request that lacks its signature only.
pub(crate) struct Unsigned {
    /// What is to be signed.
    pub(crate) base: Vec<u8>,
    label: String,
    input: String,
    /// The digest's header, where the request has none of its own.
    digest: Option<String>,
}

impl MessageScheme {
    /// The signature base of a request, with the digest of its body where a signature must cover one.
    pub(crate) fn unsigned(
        &self,
        request: &Signable<'_>,
        key_id: &str,
        nonce: Option<&str>,
    ) -> Result<Unsigned, ConfigError> {
        let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
        let mut keep = |name: &str, value: &[u8]| headers.push((name.to_owned(), value.to_vec()));
        request.head.headers().visit(&mut HeaderVisitor::new(&mut keep));
        let components: Vec<&str> =
            self.required.iter().filter_map(|one_of| one_of.first()).map(String::as_str).collect();
        let has_digest = headers.iter().any(|(name, _)| name == "content-digest");
        let digest = (components.contains(&DIGEST) && !has_digest).then(|| ContentDigest::state(&request.body));
        if let Some(digest) = &digest {
            headers.push(("content-digest".to_owned(), digest.clone().into_bytes()));
        }
        let mut input = format!("({});created={}", components.join(" "), request.timestamp.as_secs());
        let texts = [("nonce", nonce), ("keyid", Some(key_id)), ("alg", Some(self.name)), ("tag", self.tag.as_deref())];
        for (name, text) in texts {
            if let Some(text) = text {
                input.push_str(&format!(";{name}=\"{text}\""));
            }
        }
        let mut head = Head::new(request.head.method(), request.head.target(), &headers);
        if let Some(url) = request.head.url() {
            head = head.with_url(url);
        }
        let cannot = || ConfigError::scheme("the request lacks a part of what is to be signed");
        let read = Input::read(&mut Reader::new(&input)).map_err(|_| cannot())?;
        let base = base::build(&read, &head).map_err(|_| cannot())?;
        Ok(Unsigned { base, label: self.label.clone().unwrap_or_else(|| "sig1".to_owned()), digest, input })
    }
}

impl Unsigned {
    /// The headers to add, the signature last.
    pub(crate) fn headers(self, signature: &[u8]) -> Vec<(String, String)> {
        let Self { label, input, digest, .. } = self;
        let signature = format!("{label}=:{}:", Encoding::Base64.encode(signature));
        let lines = [
            ("content-digest", digest),
            ("signature-input", Some(format!("{label}={input}"))),
            ("signature", Some(signature)),
        ];
        lines.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}
