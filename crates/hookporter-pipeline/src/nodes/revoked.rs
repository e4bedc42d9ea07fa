//! Keys that count no more, by their ids.

use std::collections::{HashMap, HashSet};

use hookporter_core::{KeyId, body_digest};
use serde::Serialize;

use crate::shown::shown;

/// What stands before a digest. No tenant that a request names has a colon.
const DIGEST: &str = "sha256:";

/// A key that was revoked: whose it is, and its id. Never the key.
///
/// ```
/// use hookporter_pipeline::nodes::RevokedKey;
///
/// let of_all = RevokedKey::new("stripe", "2026-05");
/// let of_one = RevokedKey::new("github", "app").of_tenant("acme");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[must_use]
#[non_exhaustive]
pub struct RevokedKey {
    /// The endpoint's name.
    pub endpoint: String,
    /// The tenant, or the digest of its name; `None`: whichever tenant's it is.
    pub tenant: Option<String>,
    /// The key's id.
    #[serde(serialize_with = "shown")]
    pub key: KeyId,
}

impl RevokedKey {
    /// The key of this id, of an endpoint without tenants, or of every tenant of it.
    pub fn new(endpoint: &str, key: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), tenant: None, key: key.into() }
    }

    /// Only this tenant's.
    pub fn of_tenant(self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.to_owned()), ..self }
    }

    /// The same for a tenant whose name is not to be read in the store: by its SHA-256.
    pub fn of_private_tenant(self, tenant: &str) -> Self {
        Self { tenant: Some(digest(tenant)), ..self }
    }
}

fn digest(tenant: &str) -> String {
    format!("{DIGEST}{}", body_digest(tenant.as_bytes()))
}

/// The revoked keys of one endpoint, to look one up.
#[derive(Debug, Default)]
pub(crate) struct Revoked {
    of_every_tenant: HashSet<KeyId>,
    /// By the tenant's name, or its digest.
    of_tenants: HashMap<String, HashSet<KeyId>>,
}

impl Revoked {
    pub(crate) fn new<'a>(keys: impl IntoIterator<Item = &'a RevokedKey>) -> Self {
        let mut revoked = Self::default();
        for RevokedKey { tenant, key, .. } in keys {
            match tenant {
                None => revoked.of_every_tenant.insert(key.clone()),
                Some(tenant) => revoked.of_tenants.entry(tenant.clone()).or_default().insert(key.clone()),
            };
        }
        revoked
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.of_every_tenant.is_empty() && self.of_tenants.is_empty()
    }

    pub(crate) fn has(&self, tenant: Option<&str>, key: &KeyId) -> bool {
        let of = |name: &str| self.of_tenants.get(name).is_some_and(|keys| keys.contains(key));
        self.of_every_tenant.contains(key)
            || (!self.of_tenants.is_empty() && tenant.is_some_and(|tenant| of(tenant) || of(&digest(tenant))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_revoked_for_its_tenant_or_for_all() {
        let keys = [
            RevokedKey::new("e", "old"),
            RevokedKey::new("e", "k").of_tenant("acme"),
            RevokedKey::new("e", "p").of_private_tenant("secretive"),
        ];
        assert!(!format!("{keys:?}").contains("secretive"));
        let revoked = Revoked::new(&keys);
        let has = |tenant, key: &str| revoked.has(tenant, &key.into());
        assert!(has(None, "old") && has(Some("acme"), "old") && has(Some("other"), "old"));
        assert!(has(Some("acme"), "k") && !has(Some("other"), "k") && !has(None, "k"));
        assert!(has(Some("secretive"), "p") && !has(Some("acme"), "p") && !has(None, "p"));
        assert!(!has(None, "new") && !revoked.is_empty() && Revoked::default().is_empty());
    }
}
