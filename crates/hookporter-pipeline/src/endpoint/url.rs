//! The public URL of an endpoint's requests.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::atomic::Ordering;

use hookporter_core::{ConfigError, Head, Rejection};

use crate::Endpoint;
use crate::endpoint::Mode;
use crate::proxies::{Called, Proxies};
use crate::public_url::PublicUrl;

/// The public URL.
impl Endpoint {
    /// Sets the public URL: what the sender believes it calls. A query in it must be the beginning of every request's;
    /// without one, requests bring their own. Default: none.
    ///
    /// # Errors
    /// [`ConfigError::PublicUrl`] for one that cannot be a webhook's.
    pub fn public_url(self, url: &str) -> Result<Self, ConfigError> {
        Ok(Self { public_url: Some(PublicUrl::full(url)?), ..self })
    }

    /// Sets scheme and host of the public URL; path and query are the request's: for endpoints with a tenant in the path.
    ///
    /// # Errors
    /// [`ConfigError::PublicUrl`] for one that has a path, or cannot be a webhook's.
    pub fn public_origin(self, origin: &str) -> Result<Self, ConfigError> {
        Ok(Self { public_url: Some(PublicUrl::origin(origin)?), ..self })
    }

    /// Names the proxies whose word on scheme and host of the public URL counts, for an endpoint that is called under
    /// several hosts. What they do not say, and what anybody else says, is as configured. Default: nobody's word counts.
    ///
    /// The server must tell the other end of a connection: the `serve` helpers and actix-web do, so does `axum::serve`
    /// with `into_make_service_with_connect_info::<SocketAddr>()`, and another tower server inserts `PeerAddress`. Where it
    /// is not known, forwarded headers do not count, and the log says so.
    pub fn trusted_proxies(self, proxies: Proxies) -> Self {
        Self { proxies: Some(proxies), ..self }
    }

    /// Whether an adapter is to find out who is at the other end of a connection.
    #[must_use]
    pub const fn asks_for_peer(&self) -> bool {
        // An inbox keeps it, for handlers that ask for it later.
        self.proxies.is_some() || matches!(self.mode, Mode::Inbox(_))
    }

    /// The target of a request without what nobody may read in its query: a proof that is the secret itself, or a verify token.
    pub(crate) fn target_to_keep<'t>(&self, target: &'t str) -> Cow<'t, str> {
        let rest = self.verifier.target_without_proof(target);
        match (self.provider, rest) {
            (None, rest) => rest,
            (Some(provider), Cow::Borrowed(target)) => provider.target_without_verify_token(target),
            (Some(provider), Cow::Owned(target)) => {
                Cow::Owned(provider.target_without_verify_token(&target).into_owned())
            }
        }
    }

    /// The URL that the sender called, where one is configured that this request can have.
    pub(crate) fn url_of(&self, head: &Head<'_>, peer: Option<IpAddr>) -> Result<Option<String>, Rejection> {
        let Some(public) = &self.public_url else { return Ok(None) };
        let called = match (&self.proxies, peer) {
            (Some(proxies), Some(peer)) if proxies.contain(peer) => proxies.called(head)?,
            (Some(_), None) => {
                self.warn_of_unknown_peer();
                Called::default()
            }
            _ => Called::default(),
        };
        Ok(public.of(head, called, self.verifier.has_fixed_url()))
    }

    /// Once: the server is set up so for every request or for none.
    #[cold]
    fn warn_of_unknown_peer(&self) {
        if !self.state.peer_unknown.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "hookporter",
                endpoint = &*self.name,
                "the server does not tell who is at the other end of a connection: forwarded headers do not count"
            );
        }
    }
}
