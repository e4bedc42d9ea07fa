//! Pausing an endpoint on every node, and what is said of it in the numbers of an inbox.

use std::process::ExitCode;

use hookporter::nodes::{Order, Said};
use serde_json::json;

use super::{Arguments, open};
use crate::everywhere::{self, Nodes};
use crate::failure::Failure;
use crate::output;

pub(super) fn pause(args: &Arguments, endpoint: &str) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    let nodes = Nodes::of(&store)?;
    let having = nodes.having(endpoint)?;
    let before = nodes.standing(&Order::Pause(endpoint.to_owned()))?;
    store.wait(nodes.side.pause(endpoint))?;
    let name = output::escaped(endpoint);
    output::say(&match before {
        _ if args.json => told(endpoint, true, having),
        Some(said) => format!("`{name}` is paused on every node already, {}", everywhere::since(&said)),
        None => format!("`{name}` is paused on every node: {}", everywhere::taken_up(having)),
    });
    Ok(ExitCode::SUCCESS)
}

pub(super) fn resume(args: &Arguments, endpoint: &str) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    let nodes = Nodes::of(&store)?;
    let name = output::escaped(endpoint);
    if nodes.standing(&Order::Pause(endpoint.to_owned()))?.is_none() {
        return Err(Failure::Run(format!(
            "`{name}` is not paused on every node; what paused it in one process alone ends there"
        )));
    }
    let having = nodes.having(endpoint)?;
    store.wait(nodes.side.resume(endpoint))?;
    output::say(&if args.json {
        told(endpoint, false, having)
    } else {
        format!("`{name}` takes requests again: {}", everywhere::taken_up(having))
    });
    Ok(ExitCode::SUCCESS)
}

fn told(endpoint: &str, is_paused: bool, nodes: u64) -> String {
    output::json(&json!({ "endpoint": endpoint, "paused": is_paused, "nodes": nodes }))
}

/// The paused endpoints, and how many keys are revoked, below the numbers of an inbox.
pub(super) fn below(said: &[Said]) {
    for said in said {
        if let Order::Pause(endpoint) = &said.order {
            output::say(&format!("paused        {}, {}", output::escaped(endpoint), everywhere::since(said)));
        }
    }
    let keys = said.iter().filter(|said| matches!(said.order, Order::Revoke(_))).count();
    if keys > 0 {
        output::say(&format!("revoked_keys  {keys}; `hookporter keys revoked` lists them"));
    }
}

/// The same for programs.
pub(super) fn members(said: &[Said]) -> [(&'static str, serde_json::Value); 2] {
    let (paused, revoked): (Vec<_>, Vec<_>) = said.iter().partition(|said| matches!(said.order, Order::Pause(_)));
    let facts = |said: Vec<&Said>| said.into_iter().map(everywhere::facts).collect();
    [("paused", facts(paused)), ("revoked_keys", facts(revoked))]
}
