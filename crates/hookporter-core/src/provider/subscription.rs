//! Subscriptions that are confirmed by calling a URL that the sender says in an event.

/// How a sender asks for a subscription to be confirmed: by an event that says which URL to call.
#[derive(Debug, Clone, Copy)]
pub struct SubscriptionRule {
    pub(crate) event_type: &'static str,
    pub(crate) read: fn(&[u8]) -> Option<Confirmation>,
}

/// What a proven event asks to call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Confirmation {
    /// What is subscribed to: the topic's ARN.
    pub topic: String,
    /// The URL, on one of the sender's own hosts. Whoever knows it can confirm.
    pub url: String,
}

impl SubscriptionRule {
    /// The type of such events.
    #[must_use]
    pub const fn event_type(&self) -> &'static str {
        self.event_type
    }

    /// What the payload of such an event asks for; `None` where it says no URL on a host of the sender's.
    #[must_use]
    pub fn read(&self, payload: &[u8]) -> Option<Confirmation> {
        (self.read)(payload)
    }
}
