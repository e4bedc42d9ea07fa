//! A node on actix-web: it receives, and it works what any node has received.

use std::time::Duration;

use actix_web::App;
use hookporter::actix::{EndpointResource, health, serve};
use tokio::sync::oneshot;

#[actix_web::main]
async fn main() -> Result<(), fleet::Error> {
    tracing_subscriber::fmt().init();
    let (inbox, stripe) = fleet::open().await?;
    let hook = EndpointResource::new("/webhooks/stripe", stripe.clone())?;
    // The health is for whoever starts and stops nodes; nginx passes nothing on to it.
    let app = move || App::new().service(hook.clone()).service(health("/health", [stripe.clone()]));

    // What a node was working when it died is another's after ten seconds.
    let worker = inbox.worker(fleet::work).lease(Duration::from_secs(10));
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = actix_web::rt::spawn(worker.run_until(async {
        let _ = stopped.await;
    }));
    serve(fleet::listen(), app).await?;
    let _ = stop.send(());
    let end = worker.await?;
    tracing::info!(end.given_back, "the worker has ended");
    inbox.close().await;
    Ok(())
}
