//! Shipmondo on axum: the body is `{"data": "<JSON web token>"}`, and the handler gets what the token says.
//!
//! Shipmondo waits three seconds, wants exactly 200 and does not come again: hence the background.
//!
//! ```sh
//! SHIPMONDO_WEBHOOK_KEY=… cargo run
//! ```

use axum::{Router, http::StatusCode, routing::post};
use hookporter::axum::{EndpointLayer, Verified, VerifiedJson, serve};
use hookporter::{Endpoint, Secret};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let shipmondo = Endpoint::shipmondo(Secret::env("SHIPMONDO_WEBHOOK_KEY")?)?.background(1_000);
    let app = Router::new().route("/webhooks/shipmondo", post(work).layer(EndpointLayer::new(shipmondo)));
    serve(listen(), app).await?;
    Ok(())
}

/// The token proves the payload. The `SMD-…` headers are not part of it: hints for people, not for decisions.
async fn work(Verified(event): Verified, VerifiedJson(payload): VerifiedJson<Value>) -> StatusCode {
    let webhook = payload.get("webhook").and_then(Value::as_str);
    let order = payload.pointer("/data/order_id").and_then(Value::as_str);
    tracing::info!(webhook, order, hint = event.event_type(), "arrived");
    StatusCode::OK
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
