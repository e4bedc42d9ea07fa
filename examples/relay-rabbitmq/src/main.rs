//! Receives Stripe's webhooks, and hands them on to RabbitMQ: a relay is a worker whose function publishes and waits for the
//! broker's confirmation.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… AMQP_URL=amqp://127.0.0.1:5672 cargo run
//! cargo run --bin relay-consumer
//! ```
//!
//! Stripe is told 200 once its event is on disk, whatever the broker does. While that is away, or takes nothing, events wait in
//! the inbox, and no attempt of theirs counts.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hookporter::axum::{EndpointService, serve};
use hookporter::{Endpoint, Inbox, Secret};
use relay_rabbitmq::Broker;
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let secret = Secret::env("STRIPE_WEBHOOK_SECRET")?;
    let inbox = Inbox::open(file()).await?;
    // What is of one customer goes on one after the other, in the order in which it came.
    let stripe = Endpoint::stripe(secret)?.inbox(&inbox).in_order_by(|event| event.member("/data/object/customer"));
    let app = Router::new().route_service("/webhooks/stripe", EndpointService::new(stripe)?);

    // As many wait for the broker as this; all others wait in the inbox.
    let broker = Arc::new(Broker::new(relay_rabbitmq::url()));
    let relay = inbox.worker(move |event| {
        let broker = broker.clone();
        async move { broker.publish(&event).await }
    });
    let relay = relay.concurrency(64).drain(Duration::from_secs(3));
    let (stop, stopped) = oneshot::channel::<()>();
    let relay = tokio::spawn(relay.run_until(async {
        let _ = stopped.await;
    }));
    serve(listen(), app).await?;
    let _ = stop.send(());
    let end = relay.await?;
    tracing::info!(end.given_back, "the relay has ended");
    inbox.close().await;
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
