//! GitHub on axum, inline: the handler runs before the answer, and its answer is the answer.
//!
//! ```sh
//! GITHUB_WEBHOOK_SECRET=… cargo run
//! gh webhook forward --repo OWNER/NAME --events push --url http://localhost:3000/webhooks/github --secret …
//! ```

use axum::{Router, http::StatusCode, routing::post};
use hookporter::axum::{EndpointLayer, Verified, serve};
use hookporter::{Endpoint, Secret};
use serde::Deserialize;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let github = Endpoint::github(Secret::env("GITHUB_WEBHOOK_SECRET")?)?;
    let app = Router::new().route("/webhooks/github", post(receive).layer(EndpointLayer::new(github)));
    serve(listen(), app).await?;
    Ok(())
}

#[derive(Debug, Deserialize)]
struct Push {
    #[serde(rename = "ref")]
    git_ref: String,
    commits: Vec<serde::de::IgnoredAny>,
}

/// Runs for proven requests only, within two seconds; what takes longer belongs into the background.
///
/// The event type comes from a header that GitHub does not sign: it says how to read the body, and no more.
async fn receive(Verified(event): Verified) -> StatusCode {
    match event.event_type() {
        Some("push") => match event.json::<Push>() {
            Ok(push) => tracing::info!(push.git_ref, commits = push.commits.len(), "push"),
            Err(error) => {
                tracing::error!(%error, "push");
                // 503: GitHub keeps the delivery, and it can be sent again once this is mended.
                return StatusCode::SERVICE_UNAVAILABLE;
            }
        },
        Some("ping") => tracing::info!("the webhook is set up"),
        kind => tracing::info!(kind, "nothing to do"),
    }
    StatusCode::OK
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
