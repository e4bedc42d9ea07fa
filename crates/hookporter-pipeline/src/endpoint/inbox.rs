//! An endpoint with a durable inbox.

mod durability;

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::ConfigError;

use crate::endpoint::Mode;
use crate::inbox::{AcceptingSide, Change, InboxHandoff, Split};
use crate::{Endpoint, Event};

/// Durability.
impl Endpoint {
    /// Keeps events in a durable inbox: the sender is told 2xx once the event is committed and synced, and a worker of the
    /// inbox does the work. A store that promises less is refused: see [`Endpoint::durability`]. What the store has already is
    /// a duplicate for as long as the store remembers, restarts and rotations of keys included; a dead letter that the sender
    /// delivers once more is worked again.
    ///
    /// The worker's function is an async function of yours, or the handler that the adapter wraps: `hookporter::axum::through`
    /// and `hookporter::actix::through` send the stored request through the whole app, past the proof, so that the handler
    /// finds path parameters, state and extractors where it always does. The peer's address is kept for that, too.
    ///
    /// Events of a version that the endpoint does not handle are *parked*: kept, acknowledged, and not worked until
    /// somebody releases them. Types with an [`Endpoint::on`] of their own do not go to the inbox.
    ///
    /// What tells events apart, and leads a stored one back to its endpoint, is the endpoint's [name](Endpoint::named): two
    /// endpoints of one sender on one inbox need two. A second one of the same name is answered 503.
    ///
    /// The store's journal, where it has one, takes note of every request of the endpoint, accepted or not.
    ///
    /// Default: inline, nothing is kept.
    pub fn inbox<I: AcceptingSide + Clone>(self, inbox: &I) -> Self {
        let observers = self.observers.into_iter().chain(inbox.journal()).collect();
        Self { mode: Mode::Inbox(InboxHandoff::new(inbox.clone())), observers, ..self }
    }

    /// Answers 503 for versions that the endpoint does not handle, also with an inbox, which else parks such events.
    /// Default: off.
    pub fn refuse_unhandled_versions(self) -> Self {
        Self { refuse_unhandled: true, ..self }
    }

    /// Has the events of an inbox worked one after the other that are of one lane, in the order in which they were accepted;
    /// those of different lanes, and those without one, side by side. The function names the lane, such as a customer's id.
    /// Lanes are apart by endpoint and tenant. Default: in no order.
    ///
    /// An event that fails holds up its lane until it is worked or a dead letter; a dead letter and a parked event let the
    /// next one pass. The order is that of acceptance, which need not be that in which things happened at the sender.
    ///
    /// A store that [keeps no order](AcceptingSide::keeps_order), as the one on JetStream, is refused when the endpoint is mounted:
    /// see [`Endpoint::check_inbox`].
    ///
    /// ```
    /// # fn example(endpoint: hookporter_pipeline::Endpoint) -> hookporter_pipeline::Endpoint {
    /// endpoint.in_order_by(|event| event.member("/data/object/customer"))
    /// # }
    /// ```
    pub fn in_order_by(mut self, lane: impl Fn(&Event) -> Option<String> + Send + Sync + 'static) -> Self {
        self.keeping.lane = Some(Arc::new(lane));
        self
    }

    /// Has a delivery that tells of many events cut into these in the inbox, each with an id of its own, deduplication,
    /// attempts and lane. All of them are committed before the one answer. A delivery that cannot be cut, or tells of
    /// nothing, is kept in one piece, with a warning. Default: in one piece.
    ///
    /// A worker is given each event with its item as the body.
    ///
    /// ```
    /// # use hookporter_pipeline::inbox::Split;
    /// # fn example(adyen: hookporter_pipeline::Endpoint) -> Result<hookporter_pipeline::Endpoint, hookporter_core::ConfigError> {
    /// let item = "/NotificationRequestItem";
    /// // Adyen signs single fields, these among them.
    /// let items = Split::array("/notificationItems")
    ///     .signed_id(&format!("{item}/eventCode"))
    ///     .signed_id(&format!("{item}/pspReference"))
    ///     .signed_id(&format!("{item}/success"))
    ///     .event_type(&format!("{item}/eventCode"));
    /// adyen.split(items)
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Setting`] for a JSON pointer that is none.
    pub fn split(mut self, split: Split) -> Result<Self, ConfigError> {
        if let Some(pointer) = split.odd_pointer() {
            let problem = format!("`{pointer}` is no JSON pointer: it begins with `/`");
            return Err(ConfigError::Setting { setting: "split", problem });
        }
        self.keeping.split = Some(split);
        Ok(self)
    }

    /// An alarm where an event is due in the inbox, and not worked yet, that came longer ago than this: [`Alarm::Backlog`].
    /// Default: 15 minutes.
    ///
    /// [`Alarm::Backlog`]: crate::health::Alarm::Backlog
    pub fn backlog_alarm(self, longest: Duration) -> Self {
        Self { backlog: longest, ..self }
    }

    /// Tells a function of every event that the inbox has taken, parked, or taken out of its dead letters, once it is
    /// committed; [`Worker::on_change`](crate::inbox::Worker::on_change) tells what becomes of it. The function must not
    /// block: the sender waits for it. A panic in it is caught. Default: nobody is told.
    pub fn on_change(mut self, hook: impl Fn(&Change) + Send + Sync + 'static) -> Self {
        self.keeping.hooks.push(Arc::new(hook));
        self
    }

    /// Makes sure, for adapters, that the endpoint may use its inbox: that this is as [durable](Endpoint::durability) as it must
    /// be, that it keeps the [order](Endpoint::in_order_by) that is asked for, and that no other endpoint of this process has this one's name in it; clones are no others. Where nobody asks when an
    /// endpoint is mounted, its first event does.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] if it may not; an error is logged, too.
    pub fn check_inbox(&self) -> Result<(), ConfigError> {
        self.may_use_inbox()
            .inspect_err(|error| tracing::error!(target: "hookporter", endpoint = &*self.name, "{error}"))
    }

    /// The same without an error in the log.
    pub(crate) fn may_use_inbox(&self) -> Result<(), ConfigError> {
        self.join();
        self.demand_durability()?;
        self.demand_order()?;
        self.own_name()
    }

    fn demand_order(&self) -> Result<(), ConfigError> {
        match &self.mode {
            Mode::Inbox(inbox) if self.keeping.lane.is_some() && !inbox.keeps_order() => {
                let problem = "this inbox has events worked in no order, and `in_order_by` needs one that keeps it: take another store \
                     (the docs of each say it), or do without the order"
                    .to_owned();
                Err(ConfigError::Setting { setting: "in_order_by", problem })
            }
            _ => Ok(()),
        }
    }

    fn own_name(&self) -> Result<(), ConfigError> {
        match &self.mode {
            Mode::Inbox(inbox) if !inbox.names().claim(&self.name, &self.state) => {
                let name = &self.name;
                let problem = format!(
                    "another endpoint of this inbox is named `{name}`, so that each would take the other's events for its own: \
                     give this one a name with `named`, or build one endpoint and clone it where both are meant to be the same"
                );
                Err(ConfigError::Setting { setting: "named", problem })
            }
            _ => Ok(()),
        }
    }

    /// The inbox, if it has one.
    pub(crate) const fn inbox_handoff(&self) -> Option<&InboxHandoff> {
        match &self.mode {
            Mode::Inbox(inbox) => Some(inbox),
            _ => None,
        }
    }

    /// The inbox that keeps events which nobody handles yet.
    pub(crate) fn parking(&self) -> Option<&InboxHandoff> {
        match &self.mode {
            Mode::Inbox(inbox) if !self.refuse_unhandled => Some(inbox),
            _ => None,
        }
    }
}
