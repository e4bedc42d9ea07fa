//! The health of a running server's endpoints, as its health page has it.

use clap::Args;
use hookporter::{Clock, SystemClock, UnixTime};
use serde::Deserialize;

use crate::failure::Failure;
use crate::wire::Place;
use crate::{fetch, output, send};

/// Where a server shows its health.
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// The health page of a running server, plain HTTP: where `health([…])` is mounted
    #[arg(long)]
    url: String,
    /// Print JSON as the server has it, on one line
    #[arg(long)]
    pub(crate) json: bool,
}

/// The page. What is not there is left out: another version of the library may know less.
#[derive(Debug, Deserialize)]
pub(crate) struct Board {
    pub(crate) light: String,
    #[serde(default)]
    pub(crate) ready: bool,
    pub(crate) endpoints: Vec<Endpoint>,
    /// All nodes, where several share an inbox.
    pub(crate) fleet: Option<Fleet>,
}

/// All nodes together.
#[derive(Debug, Deserialize)]
pub(crate) struct Fleet {
    #[serde(default)]
    pub(crate) light: String,
    #[serde(default)]
    pub(crate) is_cut_off: bool,
    #[serde(default)]
    pub(crate) nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) is_here: bool,
    #[serde(default)]
    pub(crate) is_up: bool,
    #[serde(default)]
    pub(crate) light: String,
    #[serde(default)]
    pub(crate) silent_for: u64,
    /// How its endpoints fare.
    #[serde(default)]
    pub(crate) endpoints: Vec<Endpoint>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) endpoint: String,
    #[serde(default)]
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) light: String,
    #[serde(default)]
    pub(crate) alarms: Vec<Alarm>,
    #[serde(default)]
    pub(crate) totals: Totals,
    pub(crate) last_accepted_age: Option<u64>,
    #[serde(default)]
    pub(crate) keys: Vec<KeyUse>,
    #[serde(default)]
    pub(crate) has_tenants: bool,
    /// How far a pause reaches: `this-process` or `every-node`.
    pub(crate) paused: Option<String>,
    #[serde(default)]
    pub(crate) revoked_keys: Vec<Revoked>,
}

/// A key that counts no more.
#[derive(Debug, Deserialize)]
pub(crate) struct Revoked {
    pub(crate) key: String,
    pub(crate) tenant: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Alarm {
    pub(crate) alarm: String,
    #[serde(default)]
    pub(crate) light: String,
    #[serde(default)]
    pub(crate) message: String,
    pub(crate) guide: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Totals {
    #[serde(default)]
    pub(crate) calls: u64,
    #[serde(default)]
    pub(crate) errors: u64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct KeyUse {
    pub(crate) id: String,
    pub(crate) last_used: String,
}

/// A board, and what it was read from.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) board: Board,
    /// By the server's clock, else by this machine's.
    pub(crate) now: UnixTime,
    text: String,
}

impl Shown {
    /// Gets the page and reads it.
    pub(crate) fn read(&self) -> Result<Read, Failure> {
        let place = Place::parse("--url", &self.url)?;
        let page = send::runtime()?.block_on(fetch::get(&place))?;
        let url = output::escaped(&self.url);
        if page.status != 200 {
            let hint = if page.status == 404 { "; compare the path with where `health([…])` is mounted" } else { "" };
            return Err(Failure::Run(format!("{url} answers {}{hint}", page.status)));
        }
        let wrong =
            |what: String| Failure::Run(format!("{url} is no health page of Hookporter's: {}", output::escaped(&what)));
        let text = String::from_utf8(page.body.to_vec()).map_err(|error| wrong(error.to_string()))?;
        let board = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        Ok(Read { board, now: page.date.unwrap_or_else(|| SystemClock.now()), text })
    }
}

impl Read {
    /// The page as it was, for programs.
    pub(crate) fn json(&self) -> String {
        output::json_as_it_is(&self.text)
    }
}

impl Board {
    /// Whether anything is red.
    pub(crate) fn is_red(&self) -> bool {
        let is_red_elsewhere = self.fleet.as_ref().is_some_and(|fleet| fleet.light == "red");
        self.light == "red" || is_red_elsewhere || self.endpoints.iter().any(|endpoint| endpoint.light == "red")
    }
}
