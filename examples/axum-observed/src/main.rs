//! GitHub on axum, watched: metrics for Prometheus at `/metrics`, a trace of every request to an OpenTelemetry collector, health
//! at `/health`, and a log that keeps no sender waiting.
//!
//! ```sh
//! GITHUB_WEBHOOK_SECRET=… OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 cargo run
//! curl localhost:3000/metrics
//! ```
//!
//! `grafana.json` beside this package's manifest is a dashboard over these metrics; `prometheus.yml` is what scrapes them.
//! `/metrics` and `/health` are for your own network: have the proxy in front pass on `/webhooks/` alone.

use std::error::Error;
use std::time::Duration;

use axum::{Router, http::StatusCode, routing::get, routing::post};
use hookporter::axum::{EndpointLayer, Verified, health, serve};
use hookporter::{Endpoint, Secret};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Level;
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// From a millisecond to what no sender waits for.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 10.0];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let github = Endpoint::github(Secret::env("GITHUB_WEBHOOK_SECRET")?)?;
    let metrics = record()?;
    // Behind a pipe that nobody reads, what is too much is dropped; the guard writes the rest at the end.
    let (log, _guard) = tracing_appender::non_blocking(std::io::stdout());
    let traces = traces()?;
    tracing_subscriber::registry()
        // The span of each request is at this level; at `INFO` there are warnings of what was turned away, and no spans.
        .with(Targets::new().with_default(Level::INFO).with_target("hookporter", Level::DEBUG))
        .with(fmt::layer().with_writer(log))
        .with(tracing_opentelemetry::layer().with_tracer(traces.tracer("webhooks")))
        .init();

    let app = Router::new()
        .route("/webhooks/github", post(work).layer(EndpointLayer::new(github.clone())))
        .route("/metrics", get(move || async move { metrics.render() }))
        .nest("/health", health([github]));
    serve(listen(), app).await?;
    // What is left of the traces; it waits for the collector, on a thread that may wait.
    tokio::task::spawn_blocking(move || traces.shutdown()).await??;
    Ok(())
}

/// Counts from now on, and what renders it.
fn record() -> Result<PrometheusHandle, Box<dyn Error>> {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?;
    let metrics = builder.install_recorder()?;
    hookporter::describe_metrics();
    let upkeep = metrics.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });
    Ok(metrics)
}

/// Sends spans to the collector of `OTEL_EXPORTER_OTLP_ENDPOINT`; without one, nowhere.
fn traces() -> Result<SdkTracerProvider, Box<dyn Error>> {
    let provider = SdkTracerProvider::builder();
    if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_none() {
        return Ok(provider.build());
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().build()?;
    Ok(provider.with_batch_exporter(exporter).build())
}

/// Runs for proven requests only; what it says belongs to the span of its request.
async fn work(Verified(event): Verified) -> StatusCode {
    tracing::info!(kind = event.event_type(), "working");
    StatusCode::OK
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
