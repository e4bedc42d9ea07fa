//! The health of endpoints as axum routes.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::health::HealthBoard;

/// Routes that show how endpoints fare: `/` as JSON, `/live` and `/ready` for whoever starts and stops processes.
///
/// The JSON names endpoints, key ids and the last errors: mount it where strangers do not come. `/live` is always 200;
/// `/ready` is 503 while an endpoint is paused in this process alone, or the process is about to end. Where several nodes share an inbox the JSON tells of all of them.
///
/// ```
/// use axum::{Router, routing::post_service};
/// use hookporter_core::Secret;
/// use hookporter_pipeline::Endpoint;
/// use hookporter_tower::{EndpointService, health};
///
/// # async fn push(_: hookporter_pipeline::Event) -> Result<(), std::convert::Infallible> { Ok(()) }
/// let github = Endpoint::github(Secret::new("a long and random secret"))?.otherwise(push);
/// let app: Router = Router::new()
///     .route_service("/webhooks/github", EndpointService::new(github.clone())?)
///     .nest("/health", health([github]));
/// # Ok::<(), hookporter_core::ConfigError>(())
/// ```
pub fn health<S>(endpoints: impl IntoIterator<Item = Endpoint>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let board = HealthBoard::new(endpoints);
    let shown = board.clone();
    let page = move || {
        let (kind, shown) =
            ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], shown.clone());
        async move { (kind, shown.fresh_json().await).into_response() }
    };
    let ready = move || {
        let status = if board.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        std::future::ready(status)
    };
    Router::new()
        .route("/", get(page))
        .route("/live", get(|| std::future::ready(StatusCode::OK)))
        .route("/ready", get(ready))
}
