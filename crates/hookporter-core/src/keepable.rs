//! Which requests may be kept whole: a proof that is a secret must not lie in a file.

use crate::scheme::Plan;
use crate::{Head, Verifier};

/// Headers that no store ever gets, whatever the proof is.
const CREDENTIALS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// Whether a header of this name, in lower case, carries a credential by its very purpose: no store and no journal ever gets it.
///
/// ```
/// assert!(hookporter_core::carries_credentials("cookie"));
/// assert!(!hookporter_core::carries_credentials("content-type"));
/// ```
#[must_use]
pub fn carries_credentials(name: &str) -> bool {
    CREDENTIALS.contains(&name)
}

/// Keeping requests.
impl Verifier {
    /// Why a request of this scheme must not be kept whole, in words behind "its requests cannot be kept: "; `None` where it may
    /// be. A proof that is the secret itself opens every door that the secret opens, and headers with credentials are never
    /// kept, so that a proof in one of them would be missing.
    ///
    /// ```
    /// use hookporter_core::{Header, Scheme, Verifier};
    ///
    /// let token = Verifier::new(Scheme::static_token("x-acme-token"))?;
    /// assert!(token.never_kept().is_some());
    /// let signature = Verifier::new(Scheme::hmac_sha256().signature(Header::new("x-acme-signature").hex()))?;
    /// assert_eq!(signature.never_kept(), None);
    /// # Ok::<(), hookporter_core::ConfigError>(())
    /// ```
    #[must_use]
    pub fn never_kept(&self) -> Option<&'static str> {
        let plan = &self.scheme.plan;
        if matches!(plan, Plan::StaticToken | Plan::Function { algorithm: None, .. }) || self.scheme.query.is_some() {
            return Some("the proof is the secret itself, which would lie in the store");
        }
        #[cfg(feature = "jwt")]
        if matches!(plan, Plan::Token(token) if !token.covers_payload()) {
            return Some(
                "the token says nothing of the body, so that whoever has it can send anything until it expires",
            );
        }
        CREDENTIALS
            .iter()
            .any(|name| self.reads_header(name))
            .then_some("the proof stands in a header with credentials, and those are never kept")
    }

    /// Whether a request may be the sender's as far as its head tells: it offers a proof there, good or bad, or has its proof in
    /// the body.
    #[must_use]
    pub fn may_be_signed(&self, head: &Head<'_>) -> bool {
        let is_in_head = self.scheme.query.is_some() || self.proof_header_names().next().is_some();
        !is_in_head || self.offers_proof(head)
    }

    /// Whether a header of this name, in lower case, takes part in the proof: it carries it, or is signed, or says which key
    /// signed.
    #[must_use]
    pub fn reads_header(&self, name: &str) -> bool {
        let scheme = &self.scheme;
        let mut sets = scheme.sets.iter().flat_map(|set| [&set.signature, &set.timestamp, &set.id]).flatten();
        sets.any(|read| ***read == *name)
            || scheme.fixed.iter().any(|fixed| *fixed.name == *name)
            || scheme.key_header.as_ref().is_some_and(|header| *header.name == *name)
            || scheme.key_url.as_ref().is_some_and(|rule| rule.reads_header(name))
            || scheme.plan.signs_header(name)
            || self.is_proof_header(name)
    }

    /// Whether a proof may take in headers that nobody can list beforehand: a function may read any, and a message signature
    /// names them itself. Then [`Verifier::reads_header`] does not know all of them.
    #[must_use]
    pub const fn may_read_any_header(&self) -> bool {
        match &self.scheme.plan {
            Plan::Function { .. } => true,
            #[cfg(feature = "http-signatures")]
            Plan::Message(_) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Header, Provider, Scheme};

    fn never_kept(scheme: Scheme) -> Option<&'static str> {
        Verifier::new(scheme).unwrap().never_kept()
    }

    #[test]
    fn a_secret_is_never_kept_wherever_it_stands() {
        for secret in [
            Scheme::static_token("x-acme-token"),
            Scheme::static_token("authorization"),
            Scheme::static_token_in_query("code"),
            Scheme::static_token("x-acme-token").or_query("token"),
            Scheme::basic_authentication(),
            Scheme::static_token_found_by(|_| Ok(crate::SignedBytes::new())),
            Scheme::hmac_sha256().signature(Header::new("authorization").prefix("HMAC ").hex()),
            Scheme::hmac_sha256().signed("{header:cookie}{body}").signature(Header::new("x-acme").hex()),
        ] {
            assert!(never_kept(secret.clone()).is_some(), "{secret:?}");
        }
        assert_eq!(never_kept(Scheme::hmac_sha256().signature(Header::new("x-acme").hex())), None);
    }

    #[test]
    #[cfg(feature = "jwt")]
    fn a_token_is_kept_in_a_header_of_its_own_where_it_binds_the_body() {
        use crate::jwt::TokenScheme;
        assert!(never_kept(Scheme::token(TokenScheme::hs256())).is_some());
        let own = || TokenScheme::hs256().in_header(Header::new("x-acme-token"));
        assert_eq!(never_kept(Scheme::token(own().body_hash("sha256", crate::Encoding::Hex))), None);
        assert_eq!(never_kept(Scheme::token(TokenScheme::hs256().in_body("data"))), None);
        // Whoever reads the store could send anything with it.
        assert!(never_kept(Scheme::token(own())).is_some());
    }

    #[test]
    #[cfg(feature = "all-senders")]
    fn presets_whose_proof_is_a_secret_are_known() {
        let never: Vec<_> =
            Provider::all().iter().filter(|preset| preset.verifier().unwrap().never_kept().is_some()).collect();
        let ids: Vec<_> = never.iter().map(|preset| preset.id()).collect();
        for id in
            ["gitlab-token", "telegram", "livekit", "postmark", "okta", "auth0", "microsoft-graph", "azure-event-grid"]
        {
            assert!(ids.contains(&id), "{id} is not among {ids:?}");
        }
        for id in ["stripe", "github", "slack", "paypal"] {
            assert!(!ids.contains(&id), "{id}");
        }
    }

    #[test]
    fn what_takes_part_in_the_proof_is_known() {
        let stripe = Provider::by_id("standard-webhooks").unwrap().verifier().unwrap();
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            assert!(stripe.reads_header(name), "{name}");
        }
        assert!(!stripe.reads_header("x-api-token"));
    }
}
