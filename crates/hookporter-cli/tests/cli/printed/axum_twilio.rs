use axum::{Router, http::StatusCode, routing::post};
use hookporter::axum::{EndpointLayer, Verified, serve};
use hookporter::{Endpoint, Secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("PUBLIC_URL")?;
    let endpoint = Endpoint::twilio(Secret::env("TWILIO_WEBHOOK_SECRET")?, &url)?;
    let hook = post(receive).layer(EndpointLayer::new(endpoint));
    let app = Router::new().route("/webhooks/twilio", hook);
    serve("127.0.0.1:3000", app).await?;
    Ok(())
}

/// Runs only for a proven request that was not seen before.
async fn receive(Verified(event): Verified) -> StatusCode {
    println!("{:?} {:?}", event.event_type(), event.id());
    StatusCode::OK
}
