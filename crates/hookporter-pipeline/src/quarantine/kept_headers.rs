//! Which headers of a refused request lie in the store: those of a list, since nobody knows what a proxy or another sender adds.

use std::collections::HashSet;
use std::sync::LazyLock;

use hookporter_core::Provider;

/// What no secret stands in, and the URL, the body or a diagnosis is read by.
const PLAIN: [&str; 33] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-digest",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "digest",
    "forwarded",
    "host",
    "transfer-encoding",
    "user-agent",
    "via",
    "x-correlation-id",
    "x-forwarded-by",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-forwarded-scheme",
    "x-forwarded-server",
    "x-forwarded-ssl",
    "x-forwarded-uri",
    "x-original-host",
    "x-original-uri",
    "x-original-url",
    "x-real-ip",
    "x-request-id",
    "x-request-start",
    "x-rewrite-url",
    "x-scheme",
];

/// What the name of a header has in it that carries a secret. It is asked only where no list can tell what the proof takes in.
const SECRETIVE: [&str; 18] = [
    "access-key",
    "accesskey",
    "api-key",
    "api_key",
    "apikey",
    "assertion",
    "auth",
    "bearer",
    "cookie",
    "credential",
    "csrf",
    "jwt",
    "passphrase",
    "password",
    "passwd",
    "secret",
    "session",
    "token",
];

pub(super) fn is_plain(name: &str) -> bool {
    PLAIN.contains(&name)
}

/// Whether a known sender signs in this header: a diagnosis names the sender whose request it is. Not where the proof is a secret.
pub(super) fn is_signature(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let verifiers = Provider::all().iter().filter_map(|provider| provider.verifier().ok());
        let (secret, signed): (Vec<_>, Vec<_>) = verifiers.partition(|verifier| verifier.never_kept().is_some());
        let names = signed.iter().flat_map(|verifier| verifier.proof_header_names());
        let is_secret = |name: &str| secret.iter().any(|verifier| verifier.is_proof_header(name));
        names.filter(|name| !is_secret(name)).map(str::to_owned).collect()
    });
    NAMES.contains(name)
}

pub(super) fn is_secretive(name: &str) -> bool {
    SECRETIVE.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that carry a credential, as proxies and senders have them.
    const OPEN_DOORS: [&str; 20] = [
        "apikey",
        "x-apikey",
        "api_key",
        "x-api-key",
        "x-auth-key",
        "x-auth",
        "x-session-id",
        "cf-access-jwt-assertion",
        "x-goog-iap-jwt-assertion",
        "x-access-key",
        "passphrase",
        "bearer",
        "x-amzn-oidc-data",
        "x-forwarded-access-token",
        "x-gitlab-token",
        "x-telegram-bot-api-secret-token",
        "x-hook-secret",
        "authorization",
        "cookie",
        "x-vault",
    ];

    #[test]
    fn what_opens_doors_is_on_no_list() {
        for name in OPEN_DOORS {
            assert!(!is_plain(name) && !is_signature(name), "{name}");
        }
        // The two that no part of a name gives away.
        let odd: Vec<_> = OPEN_DOORS.into_iter().filter(|name| !is_secretive(name)).collect();
        assert_eq!(odd, ["x-amzn-oidc-data", "x-vault"]);
    }

    #[test]
    fn what_a_judgement_and_a_diagnosis_read_is() {
        for name in
            ["host", "x-forwarded-proto", "forwarded", "content-length", "x-hub-signature-256", "stripe-signature"]
        {
            assert!(is_plain(name) || is_signature(name), "{name}");
        }
    }
}
