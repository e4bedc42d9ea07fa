//! actix-web servers: a runtime per worker.

use actix_web::{App, HttpResponse, HttpServer, web};
use hookporter_actix::{EndpointMiddleware, EndpointResource};
use hookporter_bench::server::{Kind, PATH};
use hookporter_pipeline::Endpoint;

/// Serves on a free port of loopback, and says which.
pub(super) fn serve(kind: Kind, workers: usize) {
    // Outside of the factory: clones share what was seen.
    let endpoint = kind.endpoint();
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || App::new().configure(|config| mount(config, kind, &endpoint)))
            .workers(workers)
            .bind(("127.0.0.1", 0))
            .expect("a free port");
        println!("{}", server.addrs().first().expect("its address").port());
        server.run().await.expect("it serves for ever");
    });
}

fn mount(config: &mut web::ServiceConfig, kind: Kind, endpoint: &Endpoint) {
    let bare = || web::resource(PATH).route(web::post().to(handler));
    match kind {
        Kind::ActixGitHub => config.service(bare().wrap(EndpointMiddleware::new(endpoint.clone()))),
        Kind::ActixGitHubService => {
            config.service(EndpointResource::new(PATH, endpoint.clone()).expect("it has a hand-off"))
        }
        _ => config.service(bare()),
    };
}

async fn handler(body: web::Bytes) -> HttpResponse {
    std::hint::black_box(&body);
    HttpResponse::Ok().finish()
}
