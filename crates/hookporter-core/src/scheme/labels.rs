//! What a scheme says of the labels of its events.

use crate::labels::{Identity, LabelSource};
use crate::scheme::Scheme;

impl Scheme {
    /// Where the event id is. Unless [`Scheme::identity`] says otherwise, a signed id identifies the event, an
    /// unsigned one does so together with a digest.
    pub fn event_id(mut self, source: impl Into<LabelSource>) -> Self {
        self.labels.id = source.into();
        self
    }

    /// Where the event type is.
    pub fn event_type(mut self, source: impl Into<LabelSource>) -> Self {
        self.labels.kind = source.into();
        self
    }

    /// Where the API version is.
    pub fn api_version(mut self, source: impl Into<LabelSource>) -> Self {
        self.labels.version = source.into();
        self
    }

    /// What identifies an event.
    pub fn identity(mut self, identity: Identity) -> Self {
        self.labels.identity = Some(identity);
        self
    }
}
