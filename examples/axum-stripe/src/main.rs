//! Stripe on axum: typed events, acknowledged at once, worked in the background.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run
//! stripe listen --forward-to localhost:3000/webhooks/stripe
//! ```

use axum::{Router, http::StatusCode, routing::post};
use hookporter::axum::{EndpointLayer, VerifiedJson, serve};
use hookporter::{Endpoint, Secret};
use serde::Deserialize;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let stripe = Endpoint::stripe(Secret::env("STRIPE_WEBHOOK_SECRET")?)?
        // 200 as soon as one of 1,000 places is taken; 503 while there is none, and Stripe comes again.
        .background(1_000);
    let app = Router::new().route("/webhooks/stripe", post(work).layer(EndpointLayer::new(stripe)));
    serve(listen(), app).await?;
    Ok(())
}

/// What this program needs of an event; everything else in it is skipped.
#[derive(Debug, Deserialize)]
struct StripeEvent {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Data {
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Object {
    id: Option<String>,
    amount_due: Option<i64>,
}

/// Runs in the background, for proven requests only.
async fn work(VerifiedJson(event): VerifiedJson<StripeEvent>) -> StatusCode {
    match event.kind.as_str() {
        "invoice.paid" => {
            let invoice = event.data.object;
            tracing::info!(event.id, invoice.id, invoice.amount_due, "paid");
        }
        kind => tracing::info!(event.id, kind, "nothing to do"),
    }
    StatusCode::OK
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
