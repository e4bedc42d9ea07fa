use actix_web::{App, HttpResponse, web};
use hookporter::actix::{EndpointMiddleware, Verified, serve};
use hookporter::{Endpoint, Secret};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("PUBLIC_URL")?;
    let endpoint = Endpoint::square(Secret::env("SQUARE_WEBHOOK_SECRET")?, &url)?;
    serve("127.0.0.1:3000", move || {
        let hook = web::resource("/webhooks/square").wrap(EndpointMiddleware::new(endpoint.clone()));
        App::new().service(hook.route(web::post().to(receive)))
    })
    .await?;
    Ok(())
}

/// Runs only for a proven request that was not seen before.
async fn receive(Verified(event): Verified) -> HttpResponse {
    println!("{:?} {:?}", event.event_type(), event.id());
    HttpResponse::Ok().finish()
}
