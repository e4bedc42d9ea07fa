//! Hubla on actix-web: the endpoint itself routes by event type to plain async functions.
//!
//! Hubla's token proves only that the sender knows it, and covers no byte of the body: serve this over TLS.
//!
//! ```sh
//! HUBLA_TOKEN=… cargo run
//! ```

use actix_web::App;
use hookporter::actix::{EndpointResource, serve};
use hookporter::{Endpoint, Event, PayloadError, Secret};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let hubla = Endpoint::hubla(Secret::env("HUBLA_TOKEN")?)?
        .on("invoice.payment_succeeded", paid)
        .on("subscription.deactivated", left)
        .ignore_other_types();
    let hook = EndpointResource::new("/webhooks/hubla", hubla)?;
    serve(listen(), move || App::new().service(hook.clone())).await?;
    Ok(())
}

async fn paid(event: Event) -> Result<(), PayloadError> {
    let body: serde_json::Value = event.json()?;
    tracing::info!(invoice = body.pointer("/event/invoice/id").and_then(|id| id.as_str()), "paid");
    Ok(())
}

async fn left(event: Event) -> Result<(), PayloadError> {
    tracing::info!(bytes = event.body().len(), "a subscription ended");
    Ok(())
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
