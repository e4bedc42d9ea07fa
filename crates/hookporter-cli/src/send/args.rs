//! The arguments of `send`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::simulate::Fault;
use crate::duration;

/// What makes one request of a kind, where faults are requests of every kind.
const ONE: [&str; 6] = ["stale", "future", "tamper", "wrong_key", "duplicate", "concurrent"];

/// Sign an event now, and send it; or see how a receiver takes every fault
///
/// Every call makes a new event; --duplicate and --concurrent send copies of the same one. --simulate and --fault say of each
/// fault what a receiver that does right by this sender answers, and what this one answered; exit status 1 if any differs.
/// The receiver may be any. It takes the good ones for events of the sender's.
#[derive(Debug, Args)]
pub(crate) struct Send {
    /// The sender to stand in for; see `hookporter providers`
    #[arg(long, value_name = "ID")]
    pub(crate) provider: String,
    /// The variable with the secret; with the private key where the scheme is asymmetric. A second one is the other key of a
    /// rotation, for the fault `second-key`
    #[arg(long, value_name = "[ID=]VAR", required = true)]
    pub(crate) secret_env: Vec<String>,
    /// Where to send it, plain HTTP
    #[arg(long)]
    pub(crate) url: String,
    /// The URL that is signed, where the sender signs one [default: --url]
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// The body, or with `-` stdin [default: a sample of this sender's]
    #[arg(long, value_name = "FILE")]
    pub(crate) body: Option<String>,
    /// The event type, wherever this sender says it
    #[arg(long, value_name = "TYPE")]
    pub(crate) event: Option<String>,
    /// Sign a timestamp that lies this far in the past
    #[arg(long, value_name = "D", value_parser = duration::parse, conflicts_with = "future")]
    pub(crate) stale: Option<Duration>,
    /// Sign a timestamp that lies this far ahead
    #[arg(long, value_name = "D", value_parser = duration::parse)]
    pub(crate) future: Option<Duration>,
    /// Change something after signing. `header`: the signed time; where none is signed, the form of the signature
    #[arg(long, value_enum)]
    pub(crate) tamper: Option<Tamper>,
    /// Sign with a key that no receiver has
    #[arg(long)]
    pub(crate) wrong_key: bool,
    /// Send so many copies in all, one after another
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) duplicate: Option<u32>,
    /// Send so many copies at the same time; fewer than --duplicate: so many at a time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) concurrent: Option<u32>,
    /// Try every fault, one after another
    #[arg(long, conflicts_with_all = ONE)]
    pub(crate) simulate: bool,
    /// Try this fault; may be repeated
    #[arg(long, value_enum, value_name = "NAME", conflicts_with_all = ONE)]
    pub(crate) fault: Vec<Fault>,
    /// How long the body of the fault `slow` takes, at most ten minutes. A receiver of Hookporter's gives a body 10 s: more than
    /// that must be answered 408
    #[arg(long, value_name = "D", value_parser = duration::parse, default_value = "3s")]
    pub(crate) slow: Duration,
    /// The receiver's largest body, in bytes, for the fault `oversize` [default: this sender's]
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..=268_435_456))]
    pub(crate) body_limit: Option<u32>,
    /// Print JSON, one object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Tamper {
    Body,
    Header,
    Signature,
}
