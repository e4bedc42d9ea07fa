//! The receiver on actix-web.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::{App, HttpServer, rt, web};
use hookporter::Endpoint;
use hookporter::actix::EndpointMiddleware;

use super::{SHUTDOWN, shutdown};
use crate::failure::Failure;

/// How long the head of a request may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves `endpoint` at `path` until it is told to end. `ready` is called once requests are taken.
pub(super) fn serve(
    listener: TcpListener,
    path: &str,
    endpoint: Endpoint,
    ready: impl FnOnce(),
) -> Result<(), Failure> {
    let failed = |error| Failure::system("the server", error);
    let path = path.to_owned();
    rt::System::new().block_on(async move {
        let requested = shutdown::requested().map_err(failed)?;
        let app = move || {
            let endpoint = EndpointMiddleware::new(endpoint.clone());
            App::new().service(web::resource(path.as_str()).wrap(endpoint))
        };
        let server = HttpServer::new(app)
            .disable_signals()
            .client_request_timeout(HEAD_TIMEOUT)
            .shutdown_timeout(SHUTDOWN.as_secs())
            .listen(listener)
            .map_err(failed)?
            .run();
        let handle = server.handle();
        rt::spawn(async move {
            requested.await;
            handle.stop(true).await;
        });
        ready();
        server.await.map_err(failed)
    })
}
