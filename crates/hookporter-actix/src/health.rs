//! The health of endpoints as an actix scope.

use actix_web::http::header;
use actix_web::{HttpResponse, Scope, web};
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::health::HealthBoard;

/// A scope that shows how endpoints fare: `path` itself as JSON, `path/live` and `path/ready` for whoever starts and stops
/// processes.
///
/// The JSON names endpoints, key ids and the last errors: mount it where strangers do not come. `live` is always 200;
/// `ready` is 503 while an endpoint is paused in this process alone, or the process is about to end. Where several nodes share an inbox the JSON tells of all of them.
///
/// ```
/// use actix_web::App;
/// use hookporter_actix::{EndpointResource, health};
/// use hookporter_core::Secret;
/// use hookporter_pipeline::Endpoint;
///
/// # async fn push(_: hookporter_pipeline::Event) -> Result<(), std::convert::Infallible> { Ok(()) }
/// let github = Endpoint::github(Secret::new("a long and random secret"))?.otherwise(push);
/// let hook = EndpointResource::new("/webhooks/github", github.clone())?;
/// let app = App::new().service(hook).service(health("/health", [github]));
/// # Ok::<(), hookporter_core::ConfigError>(())
/// ```
pub fn health(path: &str, endpoints: impl IntoIterator<Item = Endpoint>) -> Scope {
    let board = HealthBoard::new(endpoints);
    let shown = board.clone();
    let page = move || {
        let mut response = HttpResponse::Ok();
        response.insert_header((header::CONTENT_TYPE, "application/json"));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        let shown = shown.clone();
        async move { response.body(shown.fresh_json().await) }
    };
    let ready = move || {
        let mut response = if board.is_ready() { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
        std::future::ready(response.finish())
    };
    web::scope(path)
        .route("", web::get().to(page))
        .route("/live", web::get().to(|| std::future::ready(HttpResponse::Ok().finish())))
        .route("/ready", web::get().to(ready))
}
