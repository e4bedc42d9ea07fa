//! The receiver on tower and axum.

use std::net::TcpListener;

use axum::Router;
use hookporter::Endpoint;
use hookporter::axum::{EndpointService, Server};

use super::{SHUTDOWN, shutdown};
use crate::failure::Failure;

/// Serves `endpoint` at `path` until it is told to end. `ready` is called once connections are taken.
pub(super) fn serve(
    listener: TcpListener,
    path: &str,
    endpoint: Endpoint,
    ready: impl FnOnce(),
) -> Result<(), Failure> {
    let app = Router::new().route_service(path, EndpointService::new(endpoint)?);
    let failed = |error| Failure::system("the server", error);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let ended = runtime.block_on(async move {
        let requested = shutdown::requested().map_err(failed)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
        ready();
        Server::from_listener(listener).shutdown_timeout(SHUTDOWN).run(app, requested).await;
        Ok(())
    });
    // What had its time is not waited for.
    runtime.shutdown_background();
    ended
}
