//! Who signs: the sender that is stood in for, its key, and what its events are to be.

use std::cell::Cell;

use hookporter::{ConfigError, Provider, Secret, UnixTime};
use hookporter_testkit::RequestMaker;

use crate::failure::Failure;
use crate::wire::Place;

/// A sender that is stood in for.
pub(crate) struct Signer<'a> {
    pub(crate) provider: &'static Provider,
    pub(crate) secret: Secret,
    /// What is signed, where the sender signs the URL.
    pub(crate) url: &'a str,
    /// Path and query as they are sent.
    pub(crate) target: String,
    pub(crate) event: Option<&'a str>,
    /// In place of a sample of this sender's.
    pub(crate) body: Option<Vec<u8>>,
    /// How many events there were.
    pub(crate) count: Cell<u32>,
}

impl<'a> Signer<'a> {
    /// A signer of samples that go to `place`; `url` is what it signs.
    pub(crate) fn new(provider: &'static Provider, secret: Secret, place: &Place, url: &'a str) -> Self {
        let target = place.target().to_owned();
        Self { provider, secret, url, target, event: None, body: None, count: Cell::new(0) }
    }

    /// Makes requests of one new event: every call's is another, as a sender's are.
    pub(crate) fn event(&self, now: UnixTime) -> Result<RequestMaker, ConfigError> {
        self.event_signed_with(&self.secret, self.url, now)
    }

    /// As [`Signer::event`], with another key and another URL.
    pub(crate) fn event_signed_with(
        &self,
        key: &Secret,
        url: &str,
        now: UnixTime,
    ) -> Result<RequestMaker, ConfigError> {
        let maker = hookporter_testkit::provider(self.provider.id(), key)?.url(url).target(&self.target).at(now);
        let maker = self.labelled(maker, now);
        Ok(match &self.body {
            Some(body) => with_body(maker, body.clone()),
            None => maker,
        })
    }

    fn labelled(&self, maker: RequestMaker, now: UnixTime) -> RequestMaker {
        let maker = match self.event {
            Some(event) => maker.event(event),
            None => maker,
        };
        if self.provider.id() == "discord" && self.event.is_some() {
            // Its events have no id, which is why a replay of one is taken again.
            return maker;
        }
        let count = self.count.replace(self.count.get().saturating_add(1));
        let more = if count == 0 { String::new() } else { format!("x{count:x}") };
        maker.event_id(&format!("evt_{:x}{:x}{more}", now.as_millis(), std::process::id()))
    }

    /// Why a request cannot be signed.
    pub(crate) fn failed(&self, error: ConfigError) -> Failure {
        crate::keys::cannot_sign(self.provider, error)
    }
}

/// The body that was given, with the content type that its looks suggest where that is clear.
fn with_body(maker: RequestMaker, body: Vec<u8>) -> RequestMaker {
    let is_form = body.contains(&b'=') && body.iter().all(|byte| byte.is_ascii_graphic());
    let maker = if serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok() {
        maker.header("content-type", "application/json")
    } else if is_form {
        maker.header("content-type", "application/x-www-form-urlencoded")
    } else {
        maker
    };
    maker.body(body)
}
