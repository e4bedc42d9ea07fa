//! The ready finders: keys and certificates over HTTPS.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{ConfigError, KeyName, Keyring, Secret};
use serde_json::Value;

use crate::client::{Client, Scheme};
use crate::handoff::{BoxError, BoxFuture};
use crate::keys::{KeyFinder, Keys};

/// How long what was fetched counts: a key that its sender withdraws is dead within it.
const REMEMBER: Duration = Duration::from_secs(300);

impl Keys {
    /// Keys from a JSON web key set (RFC 7517), by the `kid` of a token: Google Pub/Sub's is at
    /// `https://www.googleapis.com/oauth2/v3/certs`. A key that its sender withdraws counts for up to five minutes more,
    /// unless [`Keys::remember_for`] says otherwise.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for a URL that is not `https`.
    pub fn fetch_key_set(url: &str) -> Result<Self, ConfigError> {
        if !url.starts_with("https://") {
            let problem = format!("`{url}` does not begin with `https://`");
            return Err(ConfigError::Setting { setting: "fetch_key_set", problem });
        }
        Ok(Self::find(Fetcher { client: Client::new(Scheme::HttpsOnly), set: Some(url.into()) }).remember_for(REMEMBER))
    }

    /// Certificates from the URLs that requests name (SNS, PayPal), on the hosts that the preset pins, without following
    /// redirects. What vouches for a certificate is the TLS connection to that host; its own chain is not validated.
    /// It counts for up to five minutes, unless [`Keys::remember_for`] says otherwise.
    #[must_use]
    pub fn fetch_certificates() -> Self {
        Self::find(Fetcher { client: Client::new(Scheme::HttpsOnly), set: None }).remember_for(REMEMBER)
    }
}

/// Fetches the key set that holds a key id, or what a URL names.
struct Fetcher {
    client: Client,
    set: Option<Arc<str>>,
}

impl KeyFinder for Fetcher {
    fn find(&self, _: Option<Arc<str>>, name: KeyName) -> BoxFuture<'_, Result<Option<Keyring>, BoxError>> {
        let (client, set) = (self.client.clone(), self.set.clone());
        Box::pin(async move { tokio::task::spawn_blocking(move || find(&client, set.as_deref(), &name)).await? })
    }
}

fn find(client: &Client, set: Option<&str>, name: &KeyName) -> Result<Option<Keyring>, BoxError> {
    match (set, name) {
        (Some(set), KeyName::Id(id)) => {
            let keys = fetch(client, set)?.ok_or("the key set is not there")?;
            Ok(key_in(&keys, id)?.map(Keyring::from))
        }
        (None, KeyName::Url(url)) => Ok(fetch(client, url)?.map(|text| Secret::new(text).into())),
        (Some(_), _) => Err("the request names a URL, and a key set knows ids; use `Keys::fetch_certificates`".into()),
        (None, _) => Err("the request names an id, and certificates have URLs; use `Keys::fetch_key_set`".into()),
    }
}

/// The text at `url`; `None` where its server says that there is none.
fn fetch(client: &Client, url: &str) -> Result<Option<String>, BoxError> {
    match client.get(url)? {
        (200, text) => Ok(Some(text)),
        (403 | 404 | 410, _) => Ok(None),
        (status, _) => Err(format!("the server of keys answered {status}").into()),
    }
}

/// The key of this id, if there is exactly one.
fn key_in(text: &str, id: &str) -> Result<Option<Secret>, BoxError> {
    let set: Value = serde_json::from_str(text)?;
    let keys = set.get("keys").and_then(Value::as_array).ok_or("what was fetched is no JSON web key set")?;
    let mut fitting = keys.iter().filter(|key| key.get("kid").and_then(Value::as_str) == Some(id));
    let Some(key) = fitting.next() else { return Ok(None) };
    if fitting.next().is_some() {
        return Err("the key set holds two keys of one id".into());
    }
    Ok(Some(Secret::new(key.to_string()).named(id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::tests::{answer, server};

    #[test]
    fn a_key_set_gives_the_key_of_an_id() {
        let set = r#"{"keys":[{"kid":"a","kty":"RSA"},{"kid":"b","kty":"EC"},{"kid":"c"},{"kid":"c"}]}"#;
        let url = server(vec![answer("200 OK", set); 4]);
        let find = |id: &str| find(&Client::new(Scheme::Any), Some(&url), &KeyName::Id(id.into()));
        let found = find("b").unwrap().unwrap();
        assert_eq!(found.secrets()[0].id().as_str(), "b");
        assert!(find("d").unwrap().is_none());
        assert!(find("c").is_err(), "two keys of one id");
        let other = super::find(&Client::new(Scheme::Any), Some(&url), &KeyName::Url(url.as_str().into()));
        assert!(other.is_err());
    }

    #[test]
    fn only_what_the_server_says_is_not_there_is_unknown() {
        let certificate = |answers| {
            let url = server(vec![answers]);
            find(&Client::new(Scheme::Any), None, &KeyName::Url(url.as_str().into())).map(|found| found.is_some())
        };
        assert!(certificate(answer("200 OK", "a certificate")).unwrap());
        for gone in ["404 Not Found", "403 Forbidden", "410 Gone"] {
            assert!(!certificate(answer(gone, "")).unwrap(), "{gone}");
        }
        assert!(certificate(answer("500 Internal Server Error", "")).is_err());
        let redirect = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n";
        assert!(certificate(redirect.to_owned()).is_err(), "no redirect is followed");
        assert!(certificate(answer("200 OK", &"x".repeat(200_000))).is_err(), "no more than the limit is read");
    }

    #[test]
    fn only_https_is_fetched() {
        let url = server(vec![answer("200 OK", "a certificate")]);
        assert!(find(&Client::new(Scheme::HttpsOnly), None, &KeyName::Url(url.as_str().into())).is_err());
        assert!(Keys::fetch_key_set("http://a.example/keys").is_err());
        assert!(Keys::fetch_key_set("https://a.example/keys").is_ok());
    }
}
