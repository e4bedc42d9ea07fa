//! What is said for every node.

use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::InboxError;
use hookporter_pipeline::inbox::store::Fault;
use hookporter_pipeline::nodes::{Agreement, NodeSeen, RevokedKey, Said, SharedSide};
use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

use crate::Inbox;
use crate::inbox::in_time;
use crate::nodes::AGREED;
use crate::text::kept;

/// How many keys may be revoked: every node reads all of them twice a second.
const MOST_REVOKED: i64 = 10_000;

impl Inbox {
    /// Says something to every node, and goes by it before it ends. Whether a row came of it.
    async fn say(&self, said: Query<'_, Postgres, PgArguments>) -> Result<bool, InboxError> {
        let shared = self.shared();
        in_time(async {
            let mut connection = shared.connection().await?;
            let row = said.fetch_optional(&mut *connection).await?;
            shared.nodes.look(&mut connection).await?;
            Ok(row.is_some())
        })
        .await
    }
}

fn tenant(key: &RevokedKey) -> std::borrow::Cow<'_, str> {
    kept(key.tenant.as_deref().unwrap_or_default())
}

impl SharedSide for Inbox {
    fn agreement(&self) -> &Agreement {
        &self.shared().nodes.agreement
    }

    fn pause(&self, endpoint: &str) -> BoxFuture<'static, Result<(), InboxError>> {
        let (inbox, endpoint) = (self.clone(), kept(endpoint).into_owned());
        Box::pin(async move {
            let (sql, node) = (inbox.sql(), kept(inbox.agreement().node()));
            let query = sqlx::query(sql.nodes.pause).bind(endpoint).bind(node).bind(sql.channel).bind(AGREED);
            inbox.say(query).await.map(drop)
        })
    }

    fn resume(&self, endpoint: &str) -> BoxFuture<'static, Result<(), InboxError>> {
        let (inbox, endpoint) = (self.clone(), kept(endpoint).into_owned());
        Box::pin(async move {
            let sql = inbox.sql();
            let query = sqlx::query(sql.nodes.resume).bind(endpoint).bind(sql.channel).bind(AGREED);
            inbox.say(query).await.map(drop)
        })
    }

    fn revoke(&self, key: &RevokedKey) -> BoxFuture<'static, Result<(), InboxError>> {
        let (inbox, key) = (self.clone(), key.clone());
        Box::pin(async move {
            let (sql, node) = (inbox.sql(), kept(inbox.agreement().node()));
            let query = sqlx::query(sql.nodes.revoke).bind(kept(&key.endpoint)).bind(tenant(&key));
            let query = query.bind(kept(key.key.as_str())).bind(node).bind(MOST_REVOKED);
            if inbox.say(query.bind(sql.channel).bind(AGREED)).await? {
                return Ok(());
            }
            let problem = format!("{MOST_REVOKED} keys are revoked: restore those that no node has any more");
            Err(Fault::Store(problem).into())
        })
    }

    fn restore(&self, key: &RevokedKey) -> BoxFuture<'static, Result<(), InboxError>> {
        let (inbox, key) = (self.clone(), key.clone());
        Box::pin(async move {
            let sql = inbox.sql();
            let query = sqlx::query(sql.nodes.restore).bind(kept(&key.endpoint)).bind(tenant(&key));
            let query = query.bind(kept(key.key.as_str())).bind(sql.channel).bind(AGREED);
            inbox.say(query).await.map(drop)
        })
    }

    fn said(&self) -> BoxFuture<'static, Result<Vec<Said>, InboxError>> {
        let inbox = self.clone();
        Box::pin(in_time(async move {
            let shared = inbox.shared();
            shared.nodes.said(&mut *shared.connection().await?).await
        }))
    }

    fn nodes(&self) -> BoxFuture<'static, Result<Vec<NodeSeen>, InboxError>> {
        let inbox = self.clone();
        Box::pin(in_time(async move {
            let shared = inbox.shared();
            shared.nodes.seen(&mut *shared.connection().await?).await
        }))
    }
}
