//! Routing by event type to async functions, with events typed by `async-stripe` and `octocrab`.
//!
//! Those crates can verify too; here they only read what Hookporter has proven.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… GITHUB_WEBHOOK_SECRET=… cargo run
//! ```

use axum::{Router, routing::post_service};
use hookporter::axum::{EndpointService, serve};
use hookporter::{BoxError, Endpoint, Event, Secret};
use octocrab::models::webhook_events::{WebhookEvent, WebhookEventPayload};
use stripe_webhook::EventObject;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let stripe = Endpoint::stripe(Secret::env("STRIPE_WEBHOOK_SECRET")?)?
        .on("invoice.paid", invoice_paid)
        .on("customer.subscription.deleted", subscription_deleted)
        // Every other type is acknowledged and dropped; without this line it would be answered 503.
        .ignore_other_types()
        .background(1_000);
    let github = Endpoint::github(Secret::env("GITHUB_WEBHOOK_SECRET")?)?
        .on("push", pushed)
        .on("ping", ping)
        .ignore_other_types();
    let app = Router::new()
        .route("/webhooks/stripe", post_service(EndpointService::new(stripe)?))
        .route("/webhooks/github", post_service(EndpointService::new(github)?));
    serve(listen(), app).await?;
    Ok(())
}

async fn invoice_paid(event: Event) -> Result<(), BoxError> {
    let event: stripe_webhook::Event = event.json()?;
    if let EventObject::InvoicePaid(invoice) = event.data.object {
        tracing::info!(event = %event.id, paid = invoice.amount_paid, "invoice paid");
    }
    Ok(())
}

async fn subscription_deleted(event: Event) -> Result<(), BoxError> {
    let event: stripe_webhook::Event = event.json()?;
    if let EventObject::CustomerSubscriptionDeleted(subscription) = event.data.object {
        tracing::info!(event = %event.id, subscription = %subscription.id, "subscription ended");
    }
    Ok(())
}

async fn pushed(event: Event) -> Result<(), BoxError> {
    let event = WebhookEvent::try_from_header_and_body("push", event.body())?;
    if let WebhookEventPayload::Push(push) = event.specific {
        tracing::info!(reference = push.r#ref, commits = push.commits.len(), "push");
    }
    Ok(())
}

async fn ping(event: Event) -> Result<(), BoxError> {
    tracing::info!(key = event.key_id().as_str(), "the webhook is set up");
    Ok(())
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
