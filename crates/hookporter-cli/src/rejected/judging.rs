//! The endpoint that judges again: set up as the server's is.

use hookporter::Endpoint;

use crate::args::Freshness;
use crate::failure::Failure;
use crate::keys;

/// What a server's endpoint is given.
pub(super) struct Setup<'a> {
    pub(super) provider: &'a str,
    pub(super) secret_env: &'a [String],
    /// Its name; `None`: its sender's.
    pub(super) name: Option<&'a str>,
    pub(super) public_url: Option<&'a str>,
    pub(super) freshness: &'a Freshness,
}

impl Setup<'_> {
    /// An endpoint for judging alone: it takes no request. Its name, too.
    pub(super) fn endpoint(&self) -> Result<(Endpoint, String), Failure> {
        let (provider, keyring) = keys::receiving(self.provider, self.secret_env)?;
        let mut endpoint = match self.public_url {
            Some(url) => Endpoint::provider_at(provider.id(), keyring, url)?,
            None if provider.verifier()?.needs_url() => {
                let sender = provider.id();
                return Err(Failure::usage(format!("{sender} signs the URL: --public-url, as the sender calls it")));
            }
            None => Endpoint::provider(provider.id(), keyring)?,
        };
        if let Some(tolerance) = self.freshness.tolerance(provider)? {
            endpoint = endpoint.tolerance(tolerance.past(), tolerance.future())?;
        }
        let name = self.name.unwrap_or_else(|| provider.id());
        Ok((endpoint.named(name), name.to_owned()))
    }
}
