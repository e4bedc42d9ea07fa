//! Stripe on axum with a durable inbox: acknowledged once it is on disk, worked until it succeeds.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run
//! stripe listen --forward-to localhost:3000/webhooks/stripe
//! sqlite3 -readonly hooks.db 'SELECT * FROM journal'
//! ```

use axum::Router;
use hookporter::axum::{EndpointService, serve};
use hookporter::inbox::WorkError;
use hookporter::{Endpoint, Event, Inbox, Secret};
use serde::Deserialize;
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let inbox = Inbox::open(file()).await?;
    let stripe = Endpoint::stripe(Secret::env("STRIPE_WEBHOOK_SECRET")?)?
        // 200 once the event is committed and synced; 503 if it cannot be, and Stripe comes again.
        .inbox(&inbox);
    let app = Router::new().route_service("/webhooks/stripe", EndpointService::new(stripe)?);

    // The worker goes on until the server has ended, and then finishes what it has begun.
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = tokio::spawn(inbox.worker(work).run_until(async {
        let _ = stopped.await;
    }));
    serve(listen(), app).await?;
    let _ = stop.send(());
    let end = worker.await?;
    tracing::info!(end.given_back, "the worker has ended");
    inbox.close().await;
    Ok(())
}

/// What this program needs of an event; everything else in it is skipped.
#[derive(Debug, Deserialize)]
struct StripeEvent {
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

/// Runs for each event until it says `Ok`: after an error, a panic or a crash it runs again.
async fn work(event: Event) -> Result<(), WorkError> {
    if event.event_type() != Some("invoice.paid") {
        return Ok(());
    }
    // What is no invoice will not become one: there is no use in trying again.
    let paid: StripeEvent = event.json().map_err(WorkError::dead_letter)?;
    let invoice = paid.data.object;
    tracing::info!(event.id = event.id(), attempt = event.attempt(), invoice.id, invoice.amount_due, "paid");
    Ok(())
}

/// Where the inbox is: `INBOX`, else `hooks.db` here.
fn file() -> String {
    std::env::var("INBOX").unwrap_or_else(|_| "hooks.db".to_owned())
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
