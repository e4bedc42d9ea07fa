//! Stripe on axum, each payment booked exactly once: the booking and the event's completion are one transaction.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run
//! stripe listen --forward-to localhost:3000/webhooks/stripe
//! curl localhost:3000/balances/cus_…
//! ```

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use hookporter::axum::{EndpointService, serve};
use hookporter::inbox::WorkError;
use hookporter::sqlite::rusqlite::{Connection, OptionalExtension};
use hookporter::{Endpoint, Event, Inbox, Secret};
use serde::Deserialize;
use tokio::sync::oneshot;

/// Tables of this program, in the inbox's own file.
const TABLES: &str =
    "CREATE TABLE IF NOT EXISTS balances (customer TEXT PRIMARY KEY, cents INTEGER NOT NULL) WITHOUT ROWID";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let inbox = Inbox::open(file()).await?;
    inbox.with_connection(|connection| connection.execute_batch(TABLES)).await?;
    let stripe = Endpoint::stripe(Secret::env("STRIPE_WEBHOOK_SECRET")?)?.inbox(&inbox);
    let app = Router::new()
        .route_service("/webhooks/stripe", EndpointService::new(stripe)?)
        .route("/balances/{customer}", get(balance))
        .with_state(inbox.clone());

    let (stop, stopped) = oneshot::channel::<()>();
    let worker = tokio::spawn(inbox.transactional_worker(book).run_until(async {
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
    object: Invoice,
}

#[derive(Debug, Deserialize)]
struct Invoice {
    customer: String,
    amount_paid: i64,
}

/// Books a payment. Runs in the transaction in which its event is completed: however often it has to begin anew, the sum is
/// added once. It does nothing but SQL, since nothing else would be undone with it, and since senders wait meanwhile.
fn book(event: &Event, connection: &Connection) -> Result<(), WorkError> {
    if event.event_type() != Some("invoice.paid") {
        return Ok(());
    }
    let paid: StripeEvent = event.json().map_err(WorkError::dead_letter)?;
    let Invoice { customer, amount_paid } = paid.data.object;
    connection
        .prepare_cached(
            "INSERT INTO balances VALUES (?1, ?2) ON CONFLICT DO UPDATE SET cents = cents + excluded.cents",
        )?
        .execute((&customer, amount_paid))?;
    Ok(())
}

/// What a customer has paid. A page like this belongs behind your own authentication.
async fn balance(State(inbox): State<Inbox>, Path(customer): Path<String>) -> Result<String, StatusCode> {
    let found = inbox.with_connection(move |connection| {
        let mut balance = connection.prepare_cached("SELECT cents FROM balances WHERE customer = ?1")?;
        balance.query_row([&customer], |row| row.get::<_, i64>(0)).optional()
    });
    match found.await {
        Ok(Some(cents)) => Ok(cents.to_string()),
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Where the inbox is: `INBOX`, else `hooks.db` here.
fn file() -> String {
    std::env::var("INBOX").unwrap_or_else(|_| "hooks.db".to_owned())
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
