//! Keys that count no more, on every node: by id, never the key itself.

use std::process::ExitCode;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use hookporter::nodes::{Order, RevokedKey};
use serde_json::json;

use crate::everywhere::{self, Nodes};
use crate::failure::Failure;
use crate::output;
use crate::store::{At, Store};

/// An id is a name that somebody gave.
const LONGEST: usize = 100;
/// How keys begin that somebody may write in the place of an id: then it would be in a database that is to have none.
const KEYS: [&str; 6] = ["whsec_", "whsk_", "whpk_", "sk_", "rk_", "-----BEGIN"];

/// Which inbox, and for whom it is told.
#[derive(Debug, Args)]
pub(super) struct Place {
    #[command(flatten)]
    at: At,
    /// Print JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// Which key.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// The endpoint's name; `receive` names it after its sender
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    endpoint: String,
    /// The id of the key, as `hookporter keys --url` and the log name it; never the key
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    key: String,
    /// Whose key it is, by name or as `hookporter keys revoked` lists it [default: whichever tenant's it is]
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    tenant: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Which {
    fn key(&self) -> Result<RevokedKey, Failure> {
        if self.key.chars().count() > LONGEST || KEYS.iter().any(|prefix| self.key.starts_with(prefix)) {
            return Err(Failure::usage("ID: it takes the id of a key, and this looks like the key itself (not shown)"));
        }
        let key = RevokedKey::new(&self.endpoint, &self.key);
        Ok(if let Some(tenant) = &self.tenant { key.of_tenant(tenant) } else { key })
    }
}

pub(super) fn revoke(which: &Which) -> Result<ExitCode, Failure> {
    let key = which.key()?;
    let store = Store::open(&which.place.at.place()?)?;
    let nodes = Nodes::of(&store)?;
    let having = nodes.having(&key.endpoint)?;
    let before = nodes.standing(&Order::Revoke(key.clone()))?;
    store.wait(nodes.side.revoke(&key))?;
    output::say(&match before {
        _ if which.place.json => told(&key, true, having),
        Some(said) => format!("{} is revoked on every node already, {}", shown(&key), everywhere::since(&said)),
        None => format!("{} is revoked on every node: {}", shown(&key), everywhere::taken_up(having)),
    });
    Ok(ExitCode::SUCCESS)
}

pub(super) fn restore(which: &Which) -> Result<ExitCode, Failure> {
    let key = which.key()?;
    let store = Store::open(&which.place.at.place()?)?;
    let nodes = Nodes::of(&store)?;
    if nodes.standing(&Order::Revoke(key.clone()))?.is_none() {
        let listed = "`hookporter keys revoked` lists what is, by endpoint, tenant and id";
        return Err(Failure::Run(format!("{} is not revoked on every node; {listed}", shown(&key))));
    }
    let having = nodes.having(&key.endpoint)?;
    store.wait(nodes.side.restore(&key))?;
    output::say(&if which.place.json {
        told(&key, false, having)
    } else {
        format!("{} counts again: {}", shown(&key), everywhere::taken_up(having))
    });
    Ok(ExitCode::SUCCESS)
}

/// Lists them.
pub(super) fn list(place: &Place) -> Result<ExitCode, Failure> {
    let store = Store::open(&place.at.place()?)?;
    let said = Nodes::of(&store)?.said()?;
    let mut is_none = true;
    for said in &said {
        let Order::Revoke(key) = &said.order else { continue };
        is_none = false;
        output::say(&if place.json {
            output::json(&everywhere::facts(said))
        } else {
            format!("{}, {}", shown(key), everywhere::since(said))
        });
    }
    if is_none && !place.json {
        output::say("no key is revoked");
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(key: &RevokedKey) -> String {
    format!("{}: key {}", output::escaped(&key.endpoint), everywhere::key(key))
}

fn told(key: &RevokedKey, is_revoked: bool, nodes: u64) -> String {
    let RevokedKey { endpoint, tenant, key, .. } = key;
    output::json(&json!({
        "endpoint": endpoint, "tenant": tenant, "key": key.as_str(), "revoked": is_revoked, "nodes": nodes,
    }))
}
