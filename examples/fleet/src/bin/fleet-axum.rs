//! A node on axum: it receives, and it works what any node has received.

use std::time::Duration;

use axum::Router;
use hookporter::axum::{EndpointService, health, serve};
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> Result<(), fleet::Error> {
    tracing_subscriber::fmt().init();
    let (inbox, stripe) = fleet::open().await?;
    let app = Router::new()
        // For whoever starts and stops nodes; nginx passes nothing on to it.
        .nest("/health", health([stripe.clone()]))
        .route_service("/webhooks/stripe", EndpointService::new(stripe)?);

    // What a node was working when it died is another's after ten seconds.
    let worker = inbox.worker(fleet::work).lease(Duration::from_secs(10));
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = tokio::spawn(worker.run_until(async {
        let _ = stopped.await;
    }));
    serve(fleet::listen(), app).await?;
    let _ = stop.send(());
    let end = worker.await?;
    tracing::info!(end.given_back, "the worker has ended");
    inbox.close().await;
    Ok(())
}
