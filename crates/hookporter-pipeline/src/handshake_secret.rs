//! A secret that a sender hands over with its handshake, and the user's hook that keeps it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use hookporter_core::{Reason, Rejection, Secret};
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::handoff::{BoxError, BoxFuture};
use crate::ticket;
use crate::work::{Custody, Driver, Panicked, TokioSpawn};

/// A secret that a sender hands over with its handshake (Asana, Notion): what signs its deliveries from then on.
///
/// **Nobody has proven anything yet**: whoever calls the URL can hand over a secret. Keep one only while you are making a
/// subscription, and never in place of a secret that works. It is wiped on drop and printed as nothing.
pub struct HandshakeSecret {
    text: Zeroizing<String>,
    endpoint: Arc<str>,
    tenant: Option<Arc<str>>,
}

impl HandshakeSecret {
    pub(crate) fn new(text: &str, endpoint: Arc<str>, tenant: Option<Arc<str>>) -> Self {
        Self { text: Zeroizing::new(text.to_owned()), endpoint, tenant }
    }

    /// The secret itself, to be stored where secrets are. Never write it into a log.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The secret as a key for a keyring.
    #[must_use]
    pub fn to_secret(&self) -> Secret {
        Secret::new(self.text.as_bytes())
    }

    /// The endpoint's name.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The tenant that the request named, where the endpoint has tenants; whether there is such a tenant is not known.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }
}

impl fmt::Debug for HandshakeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeSecret")
            .field("endpoint", &self.endpoint)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

type Function = dyn Fn(HandshakeSecret) -> BoxFuture<'static, Result<(), BoxError>> + Send + Sync;

/// The user's hook that keeps secrets.
#[derive(Clone)]
pub(crate) struct SecretHook(Arc<Function>);

impl SecretHook {
    pub(crate) fn new<F, R, E>(function: F) -> Self
    where
        F: Fn(HandshakeSecret) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Self(Arc::new(move |secret| {
            let kept = function(secret);
            Box::pin(async move { kept.await.map_err(Into::into) })
        }))
    }

    /// Has the secret kept, in a task that a sender that hangs up does not end.
    pub(crate) async fn keep(&self, secret: HandshakeSecret, deadline: Option<Instant>) -> Result<(), Rejection> {
        let endpoint = secret.endpoint.clone();
        let driver = Box::pin(Driver::new((self.0)(secret), Custody::empty()));
        match ticket::drive(driver, &TokioSpawn::new(), deadline).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(error))) => {
                tracing::error!(target: "hookporter", endpoint = &*endpoint, "the secret of a handshake: {error}");
                Err(Rejection::new(Reason::HandoffFailed))
            }
            Ok(Err(Panicked)) => Err(Rejection::new(Reason::HandlerPanicked)),
            Err(()) => Err(Rejection::new(Reason::HandoffTimeout)),
        }
    }
}
