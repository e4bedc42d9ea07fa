use axum::{Router, http::StatusCode, routing::post};
use hookporter::axum::{EndpointLayer, Verified, serve};
use hookporter::{Endpoint, Secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = Endpoint::stripe(Secret::env("STRIPE_WEBHOOK_SECRET")?)?;
    let hook = post(receive).layer(EndpointLayer::new(endpoint));
    let app = Router::new().route("/webhooks/stripe", hook);
    serve("127.0.0.1:3000", app).await?;
    Ok(())
}

/// Runs only for a proven request that was not seen before.
async fn receive(Verified(event): Verified) -> StatusCode {
    println!("{:?} {:?}", event.event_type(), event.id());
    StatusCode::OK
}
