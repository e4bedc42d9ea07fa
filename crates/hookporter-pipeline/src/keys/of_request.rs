//! The keys that one request is checked with.

use std::sync::Arc;

use hookporter_core::{Head, PreparedKeyring, Reason, Rejection};

use super::Resolved;
use crate::Endpoint;
use crate::exchange::Exchange;

/// The keyring that a request is checked with.
pub(crate) enum RequestKeys<'e> {
    /// The endpoint's own, which are every request's.
    Fixed(&'e Arc<PreparedKeyring>),
    /// Its tenant exists, and these are its keys.
    Known(Arc<PreparedKeyring>),
    /// Its tenant does not exist: this is what its check costs.
    Decoy(Arc<PreparedKeyring>),
    /// The body of this tenant's request names the key.
    InBody(Option<Arc<str>>),
}

impl<'e> RequestKeys<'e> {
    /// The keyring of the tenant that a request names.
    pub(crate) async fn of(
        endpoint: &'e Endpoint,
        exchange: &mut Exchange,
        head: &Head<'_>,
    ) -> Result<Self, Rejection> {
        let unknown = || {
            let keyring = endpoint.decoy.clone().ok_or_else(|| Rejection::new(Reason::UnknownTenant))?;
            Ok(Self::Decoy(keyring))
        };
        let tenant = match &endpoint.tenant {
            None => None,
            Some(rule) => match rule.tenant(head) {
                Some(tenant) => Some(tenant),
                None => return unknown(),
            },
        };
        if let Some(found) = endpoint.keys.found() {
            let Some(name) = endpoint.verifier.key_name(head)? else { return Ok(Self::InBody(tenant)) };
            let asked = found.find((tenant.clone(), name), exchange.asker, &endpoint.verifier, endpoint.budget);
            let keyring = Box::pin(asked).await?;
            exchange.tenant = tenant;
            return Ok(Self::Known(keyring));
        }
        if let Some(keyring) = endpoint.keys.fixed() {
            exchange.tenant = tenant;
            return Ok(Self::Fixed(keyring));
        }
        match Box::pin(endpoint.keys.resolve(tenant.clone(), &endpoint.verifier, endpoint.budget)).await? {
            Resolved::UnknownTenant => unknown(),
            Resolved::NoKey => {
                exchange.tenant = tenant;
                Err(Rejection::new(Reason::NoLiveKey))
            }
            Resolved::Keyring(keyring) => {
                exchange.tenant = tenant;
                Ok(Self::Known(keyring))
            }
        }
    }

    /// The keyring, if its tenant exists.
    pub(crate) fn of_known_tenant(self) -> Result<Arc<PreparedKeyring>, Rejection> {
        match self {
            Self::Fixed(keyring) => Ok(keyring.clone()),
            Self::Known(keyring) => Ok(keyring),
            Self::Decoy(_) => Err(Rejection::new(Reason::UnknownTenant)),
            Self::InBody(_) => Err(Rejection::new(Reason::UnknownKey)),
        }
    }

    pub(crate) fn keyring(&self) -> Option<&PreparedKeyring> {
        match self {
            Self::Fixed(keyring) => Some(keyring),
            Self::Known(keyring) | Self::Decoy(keyring) => Some(keyring),
            Self::InBody(_) => None,
        }
    }
}
