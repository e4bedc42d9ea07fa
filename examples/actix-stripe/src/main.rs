//! Stripe on actix-web: typed events, acknowledged at once, worked in the background.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run
//! stripe listen --forward-to localhost:3000/webhooks/stripe
//! ```

use actix_web::{App, HttpResponse, web};
use hookporter::actix::{EndpointMiddleware, VerifiedJson, serve};
use hookporter::{Endpoint, Secret};
use serde::Deserialize;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    // Built once, outside of the factory: every worker's copy shares what was seen.
    let stripe = Endpoint::stripe(Secret::env("STRIPE_WEBHOOK_SECRET")?)?.background(1_000);
    serve(listen(), move || {
        let hook = web::resource("/webhooks/stripe").wrap(EndpointMiddleware::new(stripe.clone()));
        App::new().service(hook.route(web::post().to(work)))
    })
    .await?;
    Ok(())
}

/// What this program needs of an event; everything else in it is skipped.
#[derive(Debug, Deserialize)]
struct StripeEvent {
    id: String,
    #[serde(rename = "type")]
    kind: String,
}

/// Runs in the background, for proven requests only.
async fn work(VerifiedJson(event): VerifiedJson<StripeEvent>) -> HttpResponse {
    tracing::info!(event.id, event.kind, "arrived");
    HttpResponse::Ok().finish()
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
