//! What every node does, whichever framework it is on: the same inbox, the same endpoint, the same work.
//!
//! ```sh
//! ./run.sh                      # from Debian packages: nginx, postgresql
//! docker compose up --build     # or in containers
//! ```

use hookporter::inbox::WorkError;
use hookporter::postgres::Inbox;
use hookporter::{Endpoint, Event, Secret};
use serde::Deserialize;

/// What a node that cannot start ends with.
pub type Error = Box<dyn std::error::Error>;

/// The inbox that all nodes have together, and the endpoint in front of it.
///
/// # Errors
/// A variable is missing or wrong, or the database cannot be reached: whatever runs the node starts it again.
pub async fn open() -> Result<(Inbox, Endpoint), Error> {
    let stripe = Endpoint::stripe(Secret::env("STRIPE_WEBHOOK_SECRET")?)?;
    let url = std::env::var("DATABASE_URL").map_err(|error| format!("DATABASE_URL: {error}"))?;
    let inbox = Inbox::connect(&url).await?;
    // 200 once the event is committed, on whichever node; 503 if it cannot be, and Stripe comes again.
    let stripe = stripe.inbox(&inbox).keep_headers(&["x-forwarded-for"])?;
    Ok((inbox, stripe))
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
#[must_use]
pub fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
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

/// Runs for each event, on one of the nodes, until it says `Ok`: after an error, a panic or the death of its node it runs again,
/// there or on another.
///
/// # Errors
/// What is no invoice will not become one: there is no use in trying again.
pub async fn work(event: Event) -> Result<(), WorkError> {
    if event.event_type() != Some("invoice.paid") {
        return Ok(());
    }
    let paid: StripeEvent = event.json().map_err(WorkError::dead_letter)?;
    let invoice = paid.data.object;
    // What nginx says of the sender: at the other end of the connection was nginx itself.
    let from = event.header("x-forwarded-for").map(String::from_utf8_lossy);
    tracing::info!(
        event.id = event.id(),
        attempt = event.attempt(),
        from = from.as_deref(),
        invoice.id,
        invoice.amount_due,
        "paid"
    );
    Ok(())
}
