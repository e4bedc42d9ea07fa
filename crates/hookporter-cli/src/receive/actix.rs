//! The receiver on actix-web.

use std::net::TcpListener;

use actix_web::{App, rt};
use hookporter::Endpoint;
use hookporter::actix::{EndpointResource, Server};

use super::{SHUTDOWN, shutdown};
use crate::failure::Failure;

/// Serves `endpoint` at `path` until it is told to end. `ready` is called once connections are taken.
pub(super) fn serve(
    listener: TcpListener,
    path: &str,
    endpoint: Endpoint,
    ready: impl FnOnce(),
) -> Result<(), Failure> {
    let failed = |error| Failure::system("the server", error);
    let resource = EndpointResource::new(path, endpoint)?;
    rt::System::new().block_on(async move {
        let requested = shutdown::requested().map_err(failed)?;
        ready();
        let app = move || App::new().service(resource.clone());
        Server::from_listener(listener).shutdown_timeout(SHUTDOWN).run(app, requested).await.map_err(failed)
    })
}
