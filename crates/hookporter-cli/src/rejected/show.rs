//! A kept request.

use std::process::ExitCode;

use clap::Args;
use hookporter::Rejection;
use hookporter::diagnosis::Diagnosis;
use hookporter::operating::RefusedRequest;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::judging::Setup;
use super::{Arguments, open};
use crate::args::Freshness;
use crate::failure::Failure;
use crate::style::{Paint, Style};
use crate::{moment, output, send};

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Its number, as `rejected list --kept` says it
    number: i64,
    /// Judge it anew, as a request of this sender's; see `hookporter providers`
    #[arg(long, value_name = "ID", requires = "secret_env")]
    provider: Option<String>,
    /// The variable with the secret; repeat it for a rotation. ID names the key [default: the variable's name]
    #[arg(long, value_name = "[ID=]VAR", requires = "provider")]
    secret_env: Vec<String>,
    /// What the sender calls, where it signs the URL
    #[arg(long, value_name = "URL", requires = "provider")]
    public_url: Option<String>,
    #[command(flatten)]
    freshness: Freshness,
}

/// What an endpoint says of it now.
struct Judged {
    verdict: Result<(), Rejection>,
    causes: Vec<Diagnosis>,
}

pub(super) fn run(args: &Arguments, show: &Show) -> Result<ExitCode, Failure> {
    let store = open(args)?;
    let found = store.wait(store.refused()?.refused_request(show.number))?;
    let absent = || Failure::Run(format!("request {}: none of this number is kept", show.number));
    let request = found.ok_or_else(absent)?;
    let judged = show.provider.as_ref().map(|provider| judged(show, provider, &request)).transpose()?;
    if args.json {
        output::say(&for_programs(show.number, &request, judged.as_ref()));
    } else {
        for_people(show.number, &request, judged.as_ref());
    }
    Ok(ExitCode::SUCCESS)
}

fn judged(show: &Show, provider: &str, request: &RefusedRequest) -> Result<Judged, Failure> {
    if let Some(key) = &request.sealed_by {
        let key = output::escaped(key);
        return Err(Failure::Run(format!("request {} is encrypted with key {key}: no proof to judge", show.number)));
    }
    let Show { secret_env, public_url, freshness, .. } = show;
    let (name, public_url) = (Some(&*request.endpoint), public_url.as_deref());
    let (endpoint, _) = Setup { provider, secret_env, name, public_url, freshness }.endpoint()?;
    Ok(send::runtime()?.block_on(async {
        let verdict = endpoint.judge(request).await;
        let causes = if verdict.is_ok() { Vec::new() } else { endpoint.diagnose(request).await };
        Judged { verdict, causes }
    }))
}

/// A query may bear a secret, as headers may: whoever has the proof can send the request again.
fn path(request: &RefusedRequest) -> &str {
    request.target.split('?').next().unwrap_or_default()
}

/// What the body is told from others by; `None` where it is encrypted.
fn digest(request: &RefusedRequest) -> Option<String> {
    let hex = || Sha256::digest(&request.body).iter().map(|byte| format!("{byte:02x}")).collect();
    request.sealed_by.is_none().then(hex)
}

fn for_programs(number: i64, request: &RefusedRequest, judged: Option<&Judged>) -> String {
    let header = |(name, value): &(String, Vec<u8>)| json!({ "name": name, "bytes": value.len() });
    let verdict = judged.map(|judged| {
        let refused = judged.verdict.as_ref().err();
        let cause = |one: &Diagnosis| {
            json!({
                "cause": one.cause.as_str(), "certainty": one.certainty.as_str(), "detail": one.to_string(),
                "guide": one.cause.guide(),
            })
        };
        json!({
            "holds": refused.is_none(), "reason": refused.map(|refused| refused.kind().as_str()),
            "detail": refused.map(ToString::to_string), "causes": judged.causes.iter().map(cause).collect::<Vec<_>>(),
        })
    });
    output::json(&json!({
        "number": number, "trace": request.trace.to_string(), "endpoint": request.endpoint,
        "reason": request.reason.as_str(), "detail": request.detail, "guide": request.reason.guide(),
        "arrived_at": request.arrived_at.as_secs(), "reached_proof": request.reached_proof,
        "sealed_by": request.sealed_by, "method": request.method, "path": path(request),
        "headers": request.headers.iter().map(header).collect::<Vec<_>>(), "body_bytes": request.body.len(),
        "body_sha256": digest(request), "peer": request.peer.map(|peer| peer.to_string()), "judged": verdict,
    }))
}

fn for_people(number: i64, request: &RefusedRequest, judged: Option<&Judged>) {
    let style = Style::of_stdout();
    let say = |name: &str, text: &str| output::say(&format!("  {name:<10}  {}", output::escaped(text)));
    output::say(&style.paint(Paint::Bad, &format!("refused request {number}: {}", request.reason.as_str())));
    if request.detail != request.reason.as_str() {
        say("detail", &request.detail);
    }
    say("read", &request.reason.guide());
    say("endpoint", &request.endpoint);
    say("came", &moment::shown(request.arrived_at));
    say("trace", &request.trace.to_string());
    say("request", &format!("{} {}", request.method, path(request)));
    request.peer.iter().for_each(|peer| say("from", &peer.to_string()));
    for (name, value) in &request.headers {
        say("header", &format!("{name}: {} bytes", value.len()));
    }
    match (&request.sealed_by, digest(request)) {
        (Some(key), _) => say("encrypted", &format!("with key {key}: target, headers and body")),
        (None, digest) => {
            say("body", &format!("{} bytes, sha256 {}", request.body.len(), digest.unwrap_or_default()));
        }
    }
    let Some(judged) = judged else { return };
    match &judged.verdict {
        Ok(()) => {
            let holds = style.paint(Paint::Good, "its proof holds now");
            output::say(&format!("  {:<10}  {holds}: `rejected recheck {number}` hands it off", "judged"));
        }
        Err(rejection) => say("judged", &format!("still refused: {rejection}")),
    }
    for cause in &judged.causes {
        say(cause.certainty.as_str(), &cause.to_string());
        say("read", &cause.cause.guide());
    }
}
