//! `providers`: what is known of each sender.

mod markdown;
mod table;

use std::process::ExitCode;

use hookporter::Provider;
use serde::Serialize;

use crate::args::Providers;
use crate::{duration, output};

/// Shows every preset.
pub(crate) fn run(args: &Providers) -> ExitCode {
    if args.json {
        let known: Vec<_> = Provider::all().iter().map(|provider| Known::of(provider)).collect();
        output::say(&output::json(&known));
    } else if args.markdown {
        output::say(&markdown::of(Provider::all()));
    } else {
        output::say(&table::of(Provider::all()));
    }
    ExitCode::SUCCESS
}

/// How old and how new a request may be, in words.
fn freshness(provider: &Provider) -> String {
    provider.tolerance().map_or_else(
        || "no timestamp".to_owned(),
        |tolerance| format!("-{}, +{}", duration::whole(tolerance.past()), duration::whole(tolerance.future())),
    )
}

/// One preset, for programs: a field that is not known is null.
#[derive(Serialize)]
struct Known {
    id: &'static str,
    name: &'static str,
    proof: &'static str,
    freshness: Option<Freshness>,
    event_id: &'static str,
    event_type: &'static str,
    api_version: &'static str,
    handshake: Option<String>,
    success_status: String,
    ack_status: u16,
    refusal_status: u16,
    time_limit_seconds: Option<u64>,
    retries: &'static str,
    evidence: String,
    unverified: Option<&'static str>,
    documentation: &'static str,
    replay: &'static str,
    methods: &'static [&'static str],
    body_limit: usize,
}

#[derive(Serialize)]
struct Freshness {
    past_seconds: u64,
    future_seconds: u64,
}

impl Known {
    fn of(provider: &Provider) -> Self {
        let [event_id, event_type, api_version] = provider.label_sources();
        let acknowledgement = provider.acknowledgement();
        Self {
            id: provider.id(),
            name: provider.name(),
            proof: provider.proof(),
            freshness: provider.tolerance().map(|tolerance| Freshness {
                past_seconds: tolerance.past().as_secs(),
                future_seconds: tolerance.future().as_secs(),
            }),
            event_id,
            event_type,
            api_version,
            handshake: Some(provider.handshake_text()).filter(|text| !text.is_empty()),
            success_status: acknowledgement.success.to_string(),
            ack_status: acknowledgement.status,
            refusal_status: provider.refusal_status(),
            time_limit_seconds: acknowledgement.time_limit.map(|limit| limit.as_secs()),
            retries: acknowledgement.retries,
            evidence: provider.evidence().to_string(),
            unverified: Some(provider.unverified()).filter(|text| !text.is_empty()),
            documentation: provider.documentation(),
            replay: provider.replay(),
            methods: provider.methods(),
            body_limit: provider.body_limit(),
        }
    }
}
