//! What an endpoint demands of its inbox.

use std::sync::atomic::Ordering;

use hookporter_core::ConfigError;

use crate::Endpoint;
use crate::inbox::Durability;

/// What the inbox must promise.
impl Endpoint {
    /// Demands of the inbox that what the sender was told 2xx for survives this at least. Default: [`Durability::Synced`], it
    /// survives the loss of power.
    ///
    /// An endpoint does without a store that is weaker: it is no error of the sender's that a server was set up to lose events.
    /// This method says so where the inbox is known already, an adapter when the endpoint is mounted, in the log where its
    /// constructor cannot fail; deliveries are answered 503. A store that turns weaker later, such as a server whose settings
    /// were changed, is answered for with 503 from then on.
    ///
    /// One that is weaker than [`Durability::Synced`], and allowed to be, is named in the log. Stores on SQLite are synced;
    /// those on servers say in their docs which of the server's settings they go by.
    ///
    /// ```
    /// use hookporter_pipeline::inbox::{AcceptingSide, Durability};
    /// # use hookporter_core::{ConfigError, Secret};
    /// # use hookporter_pipeline::Endpoint;
    /// # fn example(inbox: &(impl AcceptingSide + Clone)) -> Result<Endpoint, ConfigError> {
    ///
    /// // Somebody compares with the sender's list every night: a lost event is found again.
    /// let github = Endpoint::github(Secret::env("GITHUB_SECRET")?)?.inbox(inbox).durability(Durability::Written)?;
    /// # Ok(github)
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConfigError::Setting`] if the endpoint has an inbox that is weaker.
    pub fn durability(mut self, at_least: Durability) -> Result<Self, ConfigError> {
        self.keeping.durability = at_least;
        self.demand_durability()?;
        Ok(self)
    }

    /// What its inbox promises at this moment, and what is demanded of it, where it promises less.
    pub(crate) fn too_weak(&self) -> Option<(Durability, Durability)> {
        let (is, demanded) = (self.inbox_handoff()?.durability(), self.keeping.durability);
        (is < demanded).then_some((is, demanded))
    }

    /// That the inbox is as durable as it must be; one that may lose events is named in the log once.
    pub(crate) fn demand_durability(&self) -> Result<(), ConfigError> {
        let Some(is) = self.inbox_handoff().map(crate::inbox::InboxHandoff::durability) else { return Ok(()) };
        let Some(loss) = is.loss() else { return Ok(()) };
        let demanded = self.keeping.durability;
        if is < demanded {
            let problem = format!(
                "the inbox loses what was acknowledged {loss} (it promises `{is}`), and this endpoint demands `{demanded}`: set \
                 the store up to promise that, or say `.durability(Durability::{is:?})` where such a loss may be"
            );
            return Err(ConfigError::Setting { setting: "durability", problem });
        }
        if !self.state.told_of_loss.swap(true, Ordering::Relaxed) {
            let (endpoint, durability) = (&*self.name, is.as_str());
            tracing::warn!(
                target: "hookporter",
                endpoint,
                durability,
                "the inbox loses what was acknowledged {loss}, as this endpoint allows"
            );
        }
        Ok(())
    }
}
