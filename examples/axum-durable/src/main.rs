//! A handler on axum made durable: Stripe is told 200 once the event is on disk, and the same handler, with its path
//! parameter, state and extractors, works it until it succeeds.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run
//! stripe listen --forward-to localhost:3000/webhooks/stripe/eu
//! sqlite3 -readonly hooks.db 'SELECT * FROM journal'
//! ```

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use hookporter::axum::{EndpointLayer, NotWorked, Verified, serve, through};
use hookporter::inbox::WorkError;
use hookporter::{Endpoint, Inbox, Secret};
use serde::Deserialize;
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let stripe = Endpoint::stripe(Secret::env("STRIPE_WEBHOOK_SECRET")?)?;
    let inbox = Inbox::open(file()).await?;
    // Without this line the handler runs while Stripe waits for its answer; with it, once the event is on disk.
    let stripe = stripe.inbox(&inbox);
    let app = Router::new()
        .route("/webhooks/stripe/{shop}", post(paid).layer(EndpointLayer::new(stripe)))
        .with_state(Ledger::default());

    // The worker sends what was kept through the same app. It goes on until the server has ended, and then finishes what it
    // has begun.
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = tokio::spawn(inbox.worker(through(app.clone())).run_until(async {
        let _ = stopped.await;
    }));
    serve(listen(), app).await?;
    let _ = stop.send(());
    let end = worker.await?;
    tracing::info!(end.given_back, "the worker has ended");
    inbox.close().await;
    Ok(())
}

/// What each shop was paid, in cents.
#[derive(Clone, Default)]
struct Ledger(Arc<Mutex<HashMap<String, i64>>>);

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
    #[serde(default)]
    amount_due: i64,
}

/// Runs for each event until it answers 2xx: after an error, a panic or a crash it runs again.
async fn paid(
    State(ledger): State<Ledger>,
    Path(shop): Path<String>,
    Verified(event): Verified,
) -> Result<StatusCode, NotWorked> {
    if event.event_type() != Some("invoice.paid") {
        return Ok(StatusCode::OK);
    }
    // What is no invoice will not become one: there is no use in trying again.
    let paid: StripeEvent = event.json().map_err(WorkError::dead_letter)?;
    let invoice = paid.data.object;
    let mut ledger = ledger.0.lock().unwrap_or_else(PoisonError::into_inner);
    let total = ledger.entry(shop.clone()).or_default();
    *total = total.saturating_add(invoice.amount_due);
    tracing::info!(event.id = event.id(), attempt = event.attempt(), shop, invoice.id, total, "paid");
    Ok(StatusCode::OK)
}

/// Where the inbox is: `INBOX`, else `hooks.db` here.
fn file() -> String {
    std::env::var("INBOX").unwrap_or_else(|_| "hooks.db".to_owned())
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
