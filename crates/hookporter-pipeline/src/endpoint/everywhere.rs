//! What is said of an endpoint for every node that has its inbox.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hookporter_core::{Delivery, PreparedKeyring, Reason, Rejection};

use crate::Endpoint;
use crate::exchange::Exchange;
use crate::inbox::InboxError;
use crate::nodes::{Reach, Revoked, RevokedKey, SharedSide};

/// Every node: see [`nodes`](crate::nodes).
impl Endpoint {
    /// Takes no request for now, on every node that has the endpoint's inbox, and on those that start later: senders are told 503
    /// and come again. Where its inbox is not shared it is [`Endpoint::pause`], and [`Reach::ThisProcess`] says so.
    ///
    /// # Errors
    /// [`InboxError`] if the inbox cannot be reached: [`Endpoint::pause`] pauses this process all the same.
    pub async fn pause_everywhere(&self) -> Result<Reach, InboxError> {
        let Some(side) = self.shared_side() else {
            self.pause();
            return Ok(Reach::ThisProcess);
        };
        self.join();
        side.pause(&self.name).await?;
        Ok(Reach::EveryNode)
    }

    /// Takes requests again, on every node. It ends [`Endpoint::pause`] of this process, too; of other processes it does not.
    ///
    /// # Errors
    /// [`InboxError`] if the inbox cannot be reached.
    pub async fn resume_everywhere(&self) -> Result<Reach, InboxError> {
        let Some(side) = self.shared_side() else {
            self.resume();
            return Ok(Reach::ThisProcess);
        };
        self.join();
        side.resume(&self.name).await?;
        self.resume();
        Ok(Reach::EveryNode)
    }

    /// Has a key count no more, by its id: what is signed with it is refused, on every node within a second, and after every
    /// restart, until [`Endpoint::restore_key`]. Other keys go on. Where the inbox is not shared it is this process's, while it
    /// runs.
    ///
    /// It goes by the id, whatever the secret is: give a new secret an id of its own
    /// ([`Secret::named`](hookporter_core::Secret::named)), or it is refused, too. An id that is no key's, or not yet, can be
    /// revoked as well. `tenant` is whose key it is; `None` on an endpoint with tenants means every tenant's of that id.
    ///
    /// ```
    /// # async fn example(stripe: hookporter_pipeline::Endpoint) -> Result<(), hookporter_pipeline::inbox::InboxError> {
    /// let reach = stripe.revoke_key(None, "2026-05").await?;
    /// println!("{}", reach.as_str());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InboxError`] if the inbox cannot be reached: whether the key is revoked is open then.
    pub async fn revoke_key(&self, tenant: Option<&str>, key: &str) -> Result<Reach, InboxError> {
        self.revoke(&self.key_of(tenant, key)).await
    }

    /// Has a revoked key count again: the id and the tenant as they were revoked.
    ///
    /// # Errors
    /// [`InboxError`] if the inbox cannot be reached.
    pub async fn restore_key(&self, tenant: Option<&str>, key: &str) -> Result<Reach, InboxError> {
        self.restore(&self.key_of(tenant, key)).await
    }

    /// The keys of the endpoint that are revoked, by tenant and id.
    #[must_use]
    pub fn revoked_keys(&self) -> Vec<RevokedKey> {
        match self.shared_side() {
            Some(side) => side.agreement().revoked_of(&self.name),
            None => self.state.revoked_here().clone(),
        }
    }

    /// Whether it is paused, and how far that reaches; a pause everywhere is told before one of this process.
    #[must_use]
    pub fn paused(&self) -> Option<Reach> {
        self.join();
        let switches = &self.state.switches;
        if switches.paused_everywhere.load(Ordering::Relaxed) {
            return Some(Reach::EveryNode);
        }
        switches.paused_here.load(Ordering::Relaxed).then_some(Reach::ThisProcess)
    }

    /// How far it reaches to pause it everywhere, or to revoke a key of it.
    #[must_use]
    pub fn reach(&self) -> Reach {
        if self.shared_side().is_some() { Reach::EveryNode } else { Reach::ThisProcess }
    }

    fn key_of(&self, tenant: Option<&str>, key: &str) -> RevokedKey {
        let key = RevokedKey::new(&self.name, key);
        if let Some(tenant) = tenant { key.of_tenant(tenant) } else { key }
    }

    async fn revoke(&self, key: &RevokedKey) -> Result<Reach, InboxError> {
        let Some(side) = self.shared_side() else {
            self.change_revoked(|revoked| revoked.push(key.clone()));
            return Ok(Reach::ThisProcess);
        };
        self.join();
        side.revoke(key).await?;
        Ok(Reach::EveryNode)
    }

    async fn restore(&self, key: &RevokedKey) -> Result<Reach, InboxError> {
        let Some(side) = self.shared_side() else {
            self.change_revoked(|revoked| revoked.retain(|one| one != key));
            return Ok(Reach::ThisProcess);
        };
        self.join();
        side.restore(key).await?;
        Ok(Reach::EveryNode)
    }

    fn change_revoked(&self, change: impl FnOnce(&mut Vec<RevokedKey>)) {
        let mut revoked = self.state.revoked_here();
        change(&mut revoked);
        revoked.sort_unstable();
        revoked.dedup();
        self.state.switches.revoke(Revoked::new(&*revoked));
    }

    /// Where its nodes agree, if its inbox is one that several share.
    pub(crate) fn shared_side(&self) -> Option<&Arc<dyn SharedSide>> {
        self.inbox_handoff()?.shared()
    }

    /// Goes by what the nodes agree on, from the first moment at which somebody asks: its name is what it is by then.
    #[inline]
    pub(crate) fn join(&self) {
        if let Some(inbox) = self.inbox_handoff()
            && let Some(side) = inbox.shared()
        {
            self.state.member.get_or_init(|| side.agreement().join(self, inbox));
        }
    }

    /// The keys that count: without those that are revoked.
    pub(crate) fn counting(&self, exchange: &Exchange, keys: Arc<PreparedKeyring>) -> Arc<PreparedKeyring> {
        match self.state.switches.revoked() {
            None => keys,
            Some(revoked) => Arc::new(keys.without(|id| revoked.has(exchange.tenant.as_deref(), id))),
        }
    }

    /// A delivery whose key was not revoked. That is judged behind the proof: only whoever has the key can bring it about, and the
    /// operator is told that somebody still has it.
    #[inline]
    pub(crate) fn judge_key(&self, exchange: &mut Exchange, delivery: &Delivery) -> Result<(), Rejection> {
        if !self.state.switches.is_revoked(exchange.tenant.as_deref(), delivery.key_id()) {
            return Ok(());
        }
        exchange.reached_proof = true;
        Err(exchange.refused_unjudged(Rejection::new(Reason::KeyRevoked), delivery.body().clone()))
    }
}
