//! The keys that an endpoint has at hand: prepared, and where they come from a source, cached for a second.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookporter_core::{ConfigError, PreparedKeyring, Reason, Rejection, Verifier};
use tokio::time::Instant;

use crate::keys::found::FoundKeys;
use crate::keys::{KeySource, Keys, KeysKind};

/// Where the pipeline gets a prepared keyring from.
pub(crate) enum KeyStore {
    Fixed(Arc<PreparedKeyring>),
    Source {
        source: Arc<dyn KeySource>,
        cache: Mutex<HashMap<Option<Arc<str>>, Cached>>,
        /// The tenants whose last material could not be right: their keys of before stay.
        broken: Mutex<HashSet<Option<Arc<str>>>>,
    },
    Found(FoundKeys),
}

/// What the store says of a tenant.
#[derive(Clone)]
pub(crate) enum Resolved {
    Keyring(Arc<PreparedKeyring>),
    /// The tenant is known and all of its keys are revoked.
    NoKey,
    UnknownTenant,
}

pub(crate) struct Cached {
    asked: Instant,
    resolved: Resolved,
}

/// How long an answer counts: a revoked key is dead within it.
const LIFETIME: Duration = Duration::from_secs(1);
/// The most tenants remembered at once; a stranger makes names up.
const CAPACITY: usize = 4096;

impl KeyStore {
    pub(crate) fn new(keys: Keys, verifier: &Verifier, endpoint: &str) -> Result<Self, ConfigError> {
        match keys.0 {
            KeysKind::Fixed(keyring) => {
                let prepared = verifier.prepare(&keyring)?;
                for warning in prepared.warnings() {
                    tracing::warn!(target: "hookporter", endpoint, "{warning}");
                }
                Ok(Self::Fixed(Arc::new(prepared)))
            }
            KeysKind::Source(source) => Ok(Self::Source { source, cache: Mutex::default(), broken: Mutex::default() }),
            KeysKind::Finder(finding) => FoundKeys::new(finding, verifier).map(Self::Found),
        }
    }

    /// Whether a source is asked, which papers should be plausible for.
    pub(crate) const fn is_source(&self) -> bool {
        !matches!(self, Self::Fixed(_))
    }

    /// The keyring, where nobody needs to be asked for it.
    pub(crate) const fn fixed(&self) -> Option<&Arc<PreparedKeyring>> {
        match self {
            Self::Fixed(keyring) => Some(keyring),
            Self::Source { .. } | Self::Found(_) => None,
        }
    }

    /// The finder, where keys are found by the name that a request gives.
    pub(crate) const fn found(&self) -> Option<&FoundKeys> {
        match self {
            Self::Found(found) => Some(found),
            _ => None,
        }
    }

    /// How many tenants go on with keys of before, since what came in their place cannot be right; an endpoint without tenants
    /// counts as one.
    pub(crate) fn broken(&self) -> usize {
        match self {
            Self::Source { broken, .. } => broken.lock().unwrap_or_else(PoisonError::into_inner).len(),
            _ => 0,
        }
    }

    /// The keys of a tenant as its source gives them, within `budget`; `None` where they are fixed, or found by name.
    #[cfg(feature = "diagnosis")]
    pub(crate) async fn as_given(
        &self,
        tenant: Option<Arc<str>>,
        budget: Duration,
    ) -> Option<hookporter_core::Keyring> {
        let Self::Source { source, .. } = self else { return None };
        tokio::time::timeout(budget, source.keyring(tenant)).await.ok()?.ok()?
    }

    fn note_broken(&self, tenant: &Option<Arc<str>>, is_broken: bool) {
        let Self::Source { broken, .. } = self else { return };
        let mut broken = broken.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_broken {
            broken.remove(tenant);
        } else if broken.len() < CAPACITY {
            broken.insert(tenant.clone());
        }
    }

    /// The keyring of a tenant, within `budget`.
    pub(crate) async fn resolve(
        &self,
        tenant: Option<Arc<str>>,
        verifier: &Verifier,
        budget: Duration,
    ) -> Result<Resolved, Rejection> {
        let (source, cache) = match self {
            Self::Fixed(keyring) => return Ok(Resolved::Keyring(keyring.clone())),
            Self::Source { source, cache, .. } => (source, cache),
            // Its keys have names, which the tenant alone does not say.
            Self::Found(_) => return Err(Rejection::new(Reason::UnknownKey)),
        };
        let lock = || cache.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = Instant::now();
        let known = lock().get(&tenant).map(|cached| (cached.asked, cached.resolved.clone()));
        if let Some((since, resolved)) = &known
            && asked.duration_since(*since) < LIFETIME
        {
            return Ok(resolved.clone());
        }
        let answer = tokio::time::timeout(budget, source.keyring(tenant.clone())).await;
        let unavailable = Rejection::new(Reason::KeySourceUnavailable);
        let resolved = match answer {
            Err(_) | Ok(Err(_)) => return Err(unavailable),
            Ok(Ok(None)) => Resolved::UnknownTenant,
            // No broken answer: whoever revokes every key means it.
            Ok(Ok(Some(keyring))) if keyring.secrets().is_empty() => Resolved::NoKey,
            Ok(Ok(Some(keyring))) => match (verifier.prepare(&keyring), known) {
                (Ok(prepared), _) => {
                    self.note_broken(&tenant, false);
                    Resolved::Keyring(Arc::new(prepared))
                }
                (Err(error), Some((_, working @ Resolved::Keyring(_)))) => {
                    tracing::error!(target: "hookporter", %error, "broken key material; the working keys stay");
                    self.note_broken(&tenant, true);
                    working
                }
                (Err(error), _) => {
                    tracing::error!(target: "hookporter", %error, "broken key material");
                    return Err(unavailable);
                }
            },
        };
        let mut cache = lock();
        if cache.len() >= CAPACITY {
            cache.retain(|_, cached| asked.duration_since(cached.asked) < LIFETIME);
        }
        if cache.len() < CAPACITY {
            cache.insert(tenant, Cached { asked, resolved: resolved.clone() });
        }
        Ok(resolved)
    }
}

impl std::fmt::Debug for KeyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fixed(keyring) => f.debug_list().entries(keyring.ids().map(|id| id.as_str())).finish(),
            Self::Source { .. } => f.write_str("source"),
            Self::Found(_) => f.write_str("finder"),
        }
    }
}
