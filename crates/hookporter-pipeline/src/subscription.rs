//! Subscriptions that are confirmed by calling a URL, and the user's function that calls it.

use std::fmt;
use std::future::Future;

use hookporter_core::provider::Confirmation;
use hookporter_core::{ConfigError, Provider};

#[cfg(feature = "fetch")]
use crate::client::{Client, Scheme};
use crate::handoff::BoxError;
use crate::routes::Handler;
use crate::{Endpoint, Event};

/// A subscription that its sender asks to confirm, in a proven event (SNS).
///
/// **The proof says who sends, not that you want it**: anybody can subscribe your URL to a topic of their own. Confirm
/// the topics that you know.
pub struct Subscription {
    asked: Confirmation,
    event: Event,
}

impl Subscription {
    /// What is subscribed to: the topic's ARN.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.asked.topic
    }

    /// The URL to call with GET, on a host of the sender's. Whoever knows it can confirm.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.asked.url
    }

    /// The event that asks.
    #[must_use]
    pub const fn event(&self) -> &Event {
        &self.event
    }
}

impl fmt::Debug for Subscription {
    // The URL has a token in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("topic", &self.asked.topic).finish_non_exhaustive()
    }
}

/// Subscriptions.
impl Endpoint {
    /// Gives subscriptions that the sender asks to confirm (SNS) to an async function, in place of handing them off. The
    /// sender is told 2xx once it succeeded; an error is told 503, and the sender asks again. Not filtered by
    /// [`Endpoint::only_types`].
    ///
    /// Default: none, and such an event is handed off like others. With the feature `fetch`,
    /// `Endpoint::fetch_confirmations` is a ready one.
    ///
    /// ```
    /// # #[cfg(all(feature = "cloud", feature = "rsa"))] {
    /// # use hookporter_core::ConfigError;
    /// use hookporter_pipeline::{Endpoint, Keys, Subscription};
    ///
    /// # fn endpoint(certificates: Keys) -> Result<Endpoint, ConfigError> {
    /// let sns = Endpoint::aws_sns(certificates)?.confirm_subscriptions(|asked: Subscription| async move {
    ///     println!("GET {}", asked.url());
    ///     Ok::<(), std::io::Error>(())
    /// })?;
    /// # Ok(sns)
    /// # }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for a sender that asks for no such call.
    pub fn confirm_subscriptions<F, R, E>(self, confirm: F) -> Result<Self, ConfigError>
    where
        F: Fn(Subscription) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let Some(rule) = self.provider.and_then(Provider::subscription) else {
            let problem = "this sender's subscriptions are not confirmed by a call".to_owned();
            return Err(ConfigError::Setting { setting: "confirm_subscriptions", problem });
        };
        let handler = Handler::new(move |event: Event| {
            let asked = rule.read(event.payload());
            let confirmed = asked.map(|asked| confirm(Subscription { asked, event }));
            async move {
                match confirmed {
                    Some(confirmed) => confirmed.await.map_err(Into::into),
                    None => {
                        Err(BoxError::from("the event names no URL of the sender's to confirm a subscription with"))
                    }
                }
            }
        });
        Ok(Self { confirmer: Some((rule.event_type(), handler)), ..self })
    }

    /// The handler of an event that asks for a subscription to be confirmed.
    pub(crate) fn confirmer_of(&self, event: &Event) -> Option<&Handler> {
        let (kind, handler) = self.confirmer.as_ref()?;
        (event.event_type() == Some(kind)).then_some(handler)
    }
}

/// Subscriptions, confirmed over HTTPS.
#[cfg(feature = "fetch")]
impl Endpoint {
    /// Confirms subscriptions (SNS) to these topics by calling the URL that the sender says, on a host of its own. One to
    /// another topic is acknowledged and not confirmed, and the log says so. See [`Endpoint::confirm_subscriptions`].
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for no topic, and for a sender that asks for no such call.
    pub fn fetch_confirmations<S: Into<String>>(
        self,
        topics: impl IntoIterator<Item = S>,
    ) -> Result<Self, ConfigError> {
        let client = Client::new(Scheme::HttpsOnly);
        let topics: Vec<String> = topics.into_iter().map(Into::into).collect();
        if topics.is_empty() {
            let problem = "names no topic, so that none is ever confirmed".to_owned();
            return Err(ConfigError::Setting { setting: "fetch_confirmations", problem });
        }
        let name = self.name.clone();
        self.confirm_subscriptions(move |asked: Subscription| {
            let (client, name) = (client.clone(), name.clone());
            let wanted = topics.iter().any(|topic| topic == asked.topic());
            async move {
                if !wanted {
                    tracing::warn!(target: "hookporter", endpoint = &*name, topic = ?asked.topic(), "not confirmed");
                    return Ok::<_, BoxError>(());
                }
                let Confirmation { topic, url, .. } = asked.asked;
                tokio::task::spawn_blocking(move || call(&client, &url)).await??;
                tracing::info!(target: "hookporter", endpoint = &*name, ?topic, "subscription confirmed");
                Ok(())
            }
        })
    }
}

/// Calls the URL of a confirmation. It blocks.
#[cfg(feature = "fetch")]
fn call(client: &Client, url: &str) -> Result<(), BoxError> {
    match client.get(url)? {
        (200, _) => Ok(()),
        (status, _) => Err(format!("the confirmation was answered {status}").into()),
    }
}

#[cfg(all(test, feature = "fetch"))]
mod tests {
    use super::*;
    use crate::client::tests::{answer, server};

    #[test]
    fn only_200_confirms() {
        for (status, confirmed) in [("200 OK", true), ("403 Forbidden", false), ("302 Found", false)] {
            let url = server(vec![answer(status, "")]);
            assert_eq!(call(&Client::new(Scheme::Any), &url).is_ok(), confirmed, "{status}");
        }
        let url = server(vec![answer("200 OK", "")]);
        assert!(call(&Client::new(Scheme::HttpsOnly), &url).is_err(), "no plain HTTP");
    }
}
