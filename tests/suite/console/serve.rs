//! The scene behind either framework, on a free port.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::scene::Scene;
use crate::server::Adapter;

/// A running server; `/staff/console` may change things, `/staff/look` may not.
pub struct Served {
    pub address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

type Bound = mpsc::Sender<SocketAddr>;
type Stopped = tokio::sync::oneshot::Receiver<()>;

impl Served {
    pub fn start(adapter: Adapter, scene: &Scene) -> Self {
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (report, bound) = mpsc::channel();
        let hooks =
            [("/hooks/stripe", &scene.stripe), ("/hooks/github", &scene.github), ("/hooks/orders", &scene.orders)];
        let hooks = hooks.map(|(path, endpoint)| (path, endpoint.clone()));
        let (changing, looking) = scene.consoles();
        let thread = std::thread::spawn(move || match adapter {
            Adapter::Tower => {
                use axum::{Router, routing::any};
                use hookporter::axum::{EndpointLayer, Server};
                let answer = || any(|| async { "" });
                let app = hooks.into_iter().fold(Router::new(), |app, (path, endpoint)| {
                    app.route(path, answer().layer(EndpointLayer::new(endpoint)))
                });
                let app = app
                    .nest_service("/staff/console", changing.into_router::<()>())
                    .nest_service("/staff/look", looking.into_router::<()>());
                run_tower(app, &report, stopped, Server::bind("127.0.0.1:0"));
            }
            Adapter::Actix => run_actix(&report, stopped, move |config| {
                use actix_web::web;
                use hookporter::actix::EndpointMiddleware;
                let at = |path: &str, endpoint: &hookporter::Endpoint| {
                    let answer = web::route().to(|| async { "" });
                    web::resource(path.to_owned()).wrap(EndpointMiddleware::new(endpoint.clone())).route(answer)
                };
                for (path, endpoint) in &hooks {
                    config.service(at(path, endpoint));
                }
                config
                    .service(changing.clone().into_scope("/staff/console"))
                    .service(looking.clone().into_scope("/staff/look"));
            }),
        });
        let address = bound.recv_timeout(Duration::from_secs(20)).unwrap();
        Self { address, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run_tower(
    app: axum::Router,
    report: &Bound,
    stopped: Stopped,
    bind: impl Future<Output = std::io::Result<hookporter::axum::Server>>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let server = bind.await.unwrap().shutdown_timeout(Duration::from_millis(200));
        report.send(server.local_addr().unwrap()).unwrap();
        let stop = async {
            let _ = stopped.await;
        };
        server.run(app, stop).await;
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
}

fn run_actix(
    report: &Bound,
    stopped: Stopped,
    configure: impl Fn(&mut actix_web::web::ServiceConfig) + Clone + Send + 'static,
) {
    use actix_web::{App, HttpServer};
    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(move || App::new().configure(configure.clone()))
            .workers(2)
            .disable_signals()
            .shutdown_timeout(1)
            .bind("127.0.0.1:0")
            .unwrap();
        report.send(server.addrs()[0]).unwrap();
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(async move {
            let _ = stopped.await;
            handle.stop(false).await;
        });
        server.await.unwrap();
    });
}
