//! Receives GitHub's webhooks, and leaves the work to `hooks-worker`: whatever becomes of that, this one goes on.
//!
//! ```sh
//! GITHUB_WEBHOOK_SECRET=… cargo run --bin hooks-receiver
//! cargo run --bin hooks-worker
//! ```

use axum::Router;
use hookporter::axum::{EndpointService, serve};
use hookporter::sqlite::AcceptingInbox;
use hookporter::{Endpoint, Secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let secret = Secret::env("GITHUB_WEBHOOK_SECRET")?;
    let inbox = AcceptingInbox::open(file()).await?;
    let github = Endpoint::github(secret)?.inbox(&inbox);
    let app = Router::new().route_service("/webhooks/github", EndpointService::new(github)?);
    serve(listen(), app).await?;
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
