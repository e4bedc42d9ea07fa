//! A sender that no preset covers, on axum: its scheme in a few lines.
//!
//! ```sh
//! ACME_SECRET=… cargo run
//! ```

use axum::{Router, http::StatusCode, routing::post};
use hookporter::axum::{EndpointLayer, Verified, serve};
use hookporter::{Endpoint, Header, Json, Scheme, Secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let scheme = Scheme::hmac_sha256()
        .signed("{timestamp}.{body}")
        .signature(Header::new("x-acme-signature").prefix("sha256=").hex())
        .timestamp(Header::new("x-acme-time").unix_seconds())
        .event_id(Json::pointer("/id"))
        .event_type(Json::pointer("/type"));
    let acme = Endpoint::custom("acme", scheme, Secret::env("ACME_SECRET")?)?;
    let app = Router::new().route("/webhooks/acme", post(receive).layer(EndpointLayer::new(acme)));
    serve(listen(), app).await?;
    Ok(())
}

async fn receive(Verified(event): Verified) -> StatusCode {
    tracing::info!(id = event.id(), kind = event.event_type(), "arrived");
    StatusCode::OK
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
