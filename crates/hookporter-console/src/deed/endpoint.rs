//! What can be done with an endpoint: on every node that has its inbox, where several have it.

use hookporter_pipeline::Endpoint;
use hookporter_pipeline::nodes::Reach;
use serde_json::json;

use super::{Done, end};
use crate::fields::Fields;
use crate::room::Room;
use crate::trouble::Trouble;

pub(super) async fn pause(room: &Room, name: &str, fields: &mut Fields) -> Result<Done, Trouble> {
    end(fields)?;
    let endpoint = room.endpoint(name)?;
    let reach = endpoint.pause_everywhere().await?;
    Ok(switched(endpoint, reach, ["paused", "paused-everywhere"]))
}

pub(super) async fn resume(room: &Room, name: &str, fields: &mut Fields) -> Result<Done, Trouble> {
    end(fields)?;
    let endpoint = room.endpoint(name)?;
    let reach = endpoint.resume_everywhere().await?;
    Ok(switched(endpoint, reach, ["resumed", "resumed-everywhere"]))
}

fn switched(endpoint: &Endpoint, reach: Reach, words: [&'static str; 2]) -> Done {
    let json = json!({ "endpoint": endpoint.name(), "state": endpoint.health().state, "reach": reach });
    Done { word: word(reach, words), count: None, json }
}

const fn word(reach: Reach, [here, everywhere]: [&'static str; 2]) -> &'static str {
    match reach {
        Reach::EveryNode => everywhere,
        _ => here,
    }
}

pub(super) async fn revoke(room: &Room, name: &str, fields: &mut Fields) -> Result<Done, Trouble> {
    let key = Key::of(fields, "what is signed with a revoked key is refused: say `deliberate`")?;
    let reach = room.endpoint(name)?.revoke_key(key.tenant.as_deref(), &key.id).await?;
    Ok(key.done(name, reach, ["key-revoked", "key-revoked-everywhere"]))
}

pub(super) async fn restore(room: &Room, name: &str, fields: &mut Fields) -> Result<Done, Trouble> {
    let key = Key::of(fields, "whoever has a restored key is let in again: say `deliberate`")?;
    let reach = room.endpoint(name)?.restore_key(key.tenant.as_deref(), &key.id).await?;
    Ok(key.done(name, reach, ["key-restored", "key-restored-everywhere"]))
}

/// Which key: by its id, and the tenant whose it is.
struct Key {
    id: String,
    tenant: Option<String>,
}

impl Key {
    fn of(fields: &mut Fields, why: &'static str) -> Result<Self, Trouble> {
        let id = fields.text("key")?.ok_or_else(|| Trouble::request("`key` is missing: the id of a key"))?;
        let tenant = fields.text("tenant")?;
        let deliberate = fields.flag("deliberate")?;
        end(fields)?;
        if deliberate { Ok(Self { id, tenant }) } else { Err(Trouble::request(why)) }
    }

    fn done(&self, endpoint: &str, reach: Reach, words: [&'static str; 2]) -> Done {
        let json = json!({ "endpoint": endpoint, "key": self.id, "tenant": self.tenant, "reach": reach });
        Done { word: word(reach, words), count: None, json }
    }
}
