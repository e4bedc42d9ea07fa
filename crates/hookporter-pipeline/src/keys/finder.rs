//! Finders: keys that requests name.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hookporter_core::{KeyName, Keyring};

use crate::handoff::{BoxError, BoxFuture};
use crate::keys::{Keys, KeysKind};

/// Who knows the keys that requests name: by the `kid` of a token (Plaid, Google Pub/Sub), or by the URL of a certificate
/// (SNS, PayPal).
///
/// A name is a stranger's text. Before a finder is asked, an id is known to be short and no path, and a URL to be on a host
/// that the preset pins; everything else is refused ([`Reason::UntrustedCertUrl`](hookporter_core::Reason)). What a
/// finder says is remembered for a second, so that a revoked key is dead within it, unless [`Keys::remember_for`] says
/// otherwise. A name that it does not know is not asked for again within 30 seconds, and unknown names altogether only as
/// often as [`Keys::ask_per_minute`] allows. While it fails, requests are told 503.
pub trait KeyFinder: Send + Sync + 'static {
    /// The keys of this name, for a tenant (`None` where the endpoint has no tenants). `Ok(None)` means that there is no
    /// such key or tenant: the request is refused.
    ///
    /// A key that its sender has withdrawn is no key any more, or one with [`Secret::expires_at`].
    ///
    /// [`Secret::expires_at`]: hookporter_core::Secret::expires_at
    ///
    /// # Errors
    /// Any error of the source.
    fn find(&self, tenant: Option<Arc<str>>, name: KeyName) -> BoxFuture<'_, Result<Option<Keyring>, BoxError>>;

    /// Whether the keys that it finds bring this part themselves ([`Secret::with_part`]), as they must where every tenant
    /// has its own. Default: no, so that an endpoint builds only with [`Keys::with_part`].
    ///
    /// [`Secret::with_part`]: hookporter_core::Secret::with_part
    fn brings_part(&self, name: &str) -> bool {
        let _ = name;
        false
    }
}

/// A finder, and how it is asked.
#[derive(Clone)]
pub(crate) struct Finding {
    pub(super) finder: Arc<dyn KeyFinder>,
    /// What belongs to every key that it finds.
    pub(super) parts: Vec<(&'static str, String)>,
    pub(super) remember: Duration,
    pub(super) per_minute: u32,
}

/// How long an answer counts unless the endpoint says otherwise: a revoked key is dead within it.
pub(super) const REMEMBER: Duration = Duration::from_secs(1);
/// Longer than any sender's keys should outlive their withdrawal.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Unknown names in a minute: more than any rotation needs, and no load to anybody.
const PER_MINUTE: u32 = 60;

impl Keys {
    /// Keys that requests name, from a finder of your own.
    #[must_use]
    pub fn find(finder: impl KeyFinder) -> Self {
        let finder = Arc::new(finder);
        Self(KeysKind::Finder(Finding { finder, parts: Vec::new(), remember: REMEMBER, per_minute: PER_MINUTE }))
    }

    /// Keys that requests name, from an async function of the name: `Ok(None)` for a key that does not exist.
    ///
    /// ```
    /// use hookporter_core::Secret;
    /// use hookporter_pipeline::{BoxError, Keys};
    ///
    /// let keys = Keys::find_by(|name| async move {
    ///     let known = (name.as_str() == "k1").then(|| Secret::new("the public key called k1"));
    ///     Ok::<_, BoxError>(known)
    /// });
    /// ```
    pub fn find_by<F, R, K, E>(finder: F) -> Self
    where
        F: Fn(KeyName) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Option<K>, E>> + Send + 'static,
        K: Into<Keyring>,
        E: Into<BoxError>,
    {
        Self::find(Function(finder))
    }

    /// Sets what belongs to every key that a finder finds, such as PayPal's `webhook_id`; other keys bring it themselves
    /// ([`Secret::with_part`](hookporter_core::Secret::with_part)). Default: nothing.
    #[must_use]
    pub fn with_part(self, name: &'static str, value: &str) -> Self {
        self.map_finding(|mut finding| {
            finding.parts.push((name, value.to_owned()));
            finding
        })
    }

    /// Remembers what a finder found for this long, from a second to a day: a key that is withdrawn counts until then.
    /// Other keys are not concerned. Default: one second.
    #[must_use]
    pub fn remember_for(self, time: Duration) -> Self {
        self.map_finding(|finding| Finding { remember: time.clamp(REMEMBER, LONGEST), ..finding })
    }

    /// How often a finder is asked in a minute for names that it has not known so far; beyond that they are told 503.
    /// Whoever has many tenants needs more. Default: 60.
    #[must_use]
    pub fn ask_per_minute(self, most: u32) -> Self {
        self.map_finding(|finding| Finding { per_minute: most, ..finding })
    }

    fn map_finding(self, change: impl FnOnce(Finding) -> Finding) -> Self {
        match self.0 {
            KeysKind::Finder(finding) => Self(KeysKind::Finder(change(finding))),
            other => Self(other),
        }
    }
}

struct Function<F>(F);

impl<F, R, K, E> KeyFinder for Function<F>
where
    F: Fn(KeyName) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Option<K>, E>> + Send + 'static,
    K: Into<Keyring>,
    E: Into<BoxError>,
{
    fn find(&self, _: Option<Arc<str>>, name: KeyName) -> BoxFuture<'_, Result<Option<Keyring>, BoxError>> {
        let answer = (self.0)(name);
        Box::pin(async move { answer.await.map(|found| found.map(Into::into)).map_err(Into::into) })
    }
}
