//! Keys: a fixed keyring, a source that is asked per request, or a finder of the keys that requests name.

mod allowance;
#[cfg(feature = "fetch")]
mod fetch;
mod file;
mod finder;
mod found;
mod of_request;
mod store;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use hookporter_core::{Keyring, Secret};

pub(crate) use finder::Finding;
pub use finder::KeyFinder;
pub(crate) use found::Asker;
pub(crate) use of_request::RequestKeys;
pub(crate) use store::{KeyStore, Resolved};

use crate::handoff::{BoxError, BoxFuture};

/// The keys of an endpoint: fixed, or from a source such as a database or mounted files.
///
/// A [`Secret`], a [`Keyring`] or an array of secrets turns into fixed keys by itself.
#[derive(Clone)]
pub struct Keys(pub(crate) KeysKind);

#[derive(Clone)]
pub(crate) enum KeysKind {
    Fixed(Keyring),
    Source(Arc<dyn KeySource>),
    Finder(Finding),
}

/// Where keys come from while the endpoint runs.
///
/// Its answers are kept for at most one second, so a revoked key is dead within that time. While it fails, requests
/// are told 503. An answer that cannot be right (an empty secret, say) never replaces working keys.
pub trait KeySource: Send + Sync + 'static {
    /// The keyring of a tenant (`None` where the endpoint has no tenants); `Ok(None)` means that there is no such tenant.
    ///
    /// # Errors
    /// Any error of the source.
    fn keyring(&self, tenant: Option<Arc<str>>) -> BoxFuture<'_, Result<Option<Keyring>, BoxError>>;
}

impl Keys {
    /// Keys from an async function of the tenant's name: `Ok(None)` for a tenant that does not exist.
    pub fn resolve<F, R, K, E>(source: F) -> Self
    where
        F: Fn(String) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Option<K>, E>> + Send + 'static,
        K: Into<Keyring>,
        E: Into<BoxError>,
    {
        Self(KeysKind::Source(Arc::new(Function(source))))
    }

    /// Keys from a source of your own.
    #[must_use]
    pub fn source(source: impl KeySource) -> Self {
        Self(KeysKind::Source(Arc::new(source)))
    }

    /// Keys from files, one secret each, such as mounted secrets; a replaced file counts within a second.
    ///
    /// A key's id is its file's name. One newline at the end of a file is not part of the secret.
    pub fn files<P: Into<PathBuf>>(paths: impl IntoIterator<Item = P>) -> Self {
        Self::source(file::KeyFiles::new(paths.into_iter().map(Into::into).collect()))
    }
}

struct Function<F>(F);

impl<F, R, K, E> KeySource for Function<F>
where
    F: Fn(String) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Option<K>, E>> + Send + 'static,
    K: Into<Keyring>,
    E: Into<BoxError>,
{
    fn keyring(&self, tenant: Option<Arc<str>>) -> BoxFuture<'_, Result<Option<Keyring>, BoxError>> {
        let answer = (self.0)(tenant.as_deref().unwrap_or_default().to_owned());
        Box::pin(async move { answer.await.map(|found| found.map(Into::into)).map_err(Into::into) })
    }
}

impl From<Secret> for Keys {
    fn from(secret: Secret) -> Self {
        Self(KeysKind::Fixed(secret.into()))
    }
}

impl From<Keyring> for Keys {
    fn from(keyring: Keyring) -> Self {
        Self(KeysKind::Fixed(keyring))
    }
}

impl From<Vec<Secret>> for Keys {
    fn from(secrets: Vec<Secret>) -> Self {
        Self(KeysKind::Fixed(secrets.into()))
    }
}

impl<const N: usize> From<[Secret; N]> for Keys {
    fn from(secrets: [Secret; N]) -> Self {
        Self(KeysKind::Fixed(secrets.into()))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            KeysKind::Fixed(keyring) => keyring.fmt(f),
            KeysKind::Source(_) => f.write_str("Keys(source)"),
            KeysKind::Finder(_) => f.write_str("Keys(finder)"),
        }
    }
}
