//! The same endpoint behind either adapter, on a free port, with what became of each request written down.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use hookporter::{BoxFuture, Endpoint, Event, Outcome, Reason, Record};

/// Which adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adapter {
    Tower,
    Actix,
}

pub const BOTH: [Adapter; 2] = [Adapter::Tower, Adapter::Actix];

/// The path that every test server serves.
pub const PATH: &str = "/hook";

/// Where an endpoint is mounted, in the words of either framework.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    tower: &'static str,
    actix: &'static str,
}

/// At [`PATH`].
pub const HOOK: Route = Route { tower: PATH, actix: PATH };

/// At every path, so that the endpoint sees what a router would turn away.
pub const EVERYWHERE: Route = Route { tower: "/{*rest}", actix: "/{rest:.*}" };

/// What the wrapped handler does with an event; the status that it answers.
pub type Handler = Arc<dyn Fn(&Event) -> u16 + Send + Sync>;

/// A handler that takes its time.
pub type AsyncHandler = Arc<dyn Fn(Event) -> BoxFuture<'static, u16> + Send + Sync>;

/// A running server.
pub struct Server {
    pub address: SocketAddr,
    pub endpoint: Endpoint,
    records: Arc<Mutex<Vec<Record>>>,
    handed_off: Arc<Mutex<Vec<Event>>>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves `endpoint` around a handler that takes every event.
    pub fn start(adapter: Adapter, endpoint: Endpoint) -> Self {
        Self::with_handler(adapter, endpoint, Arc::new(|_| 200))
    }

    /// Serves `endpoint` on another route around a handler that takes every event.
    pub fn on_route(adapter: Adapter, route: Route, endpoint: Endpoint) -> Self {
        Self::mounted(adapter, route, endpoint, Arc::new(|_| Box::pin(std::future::ready(200))))
    }

    /// Serves `endpoint` around `handler`.
    pub fn with_handler(adapter: Adapter, endpoint: Endpoint, handler: Handler) -> Self {
        let handler = move |event: Event| {
            let handler = handler.clone();
            Box::pin(async move { handler(&event) }) as BoxFuture<'static, u16>
        };
        Self::with_async_handler(adapter, endpoint, Arc::new(handler))
    }

    /// Serves `endpoint` around a handler that takes its time.
    pub fn with_async_handler(adapter: Adapter, endpoint: Endpoint, handler: AsyncHandler) -> Self {
        Self::mounted(adapter, HOOK, endpoint, handler)
    }

    fn mounted(adapter: Adapter, route: Route, endpoint: Endpoint, handler: AsyncHandler) -> Self {
        crate::trace::watch();
        let records = Arc::new(Mutex::new(Vec::new()));
        let handed_off = Arc::new(Mutex::new(Vec::new()));
        let seen = records.clone();
        let endpoint = endpoint.observer(move |record: &Record| seen.lock().unwrap().push(record.clone()));
        let taken = handed_off.clone();
        let handler: AsyncHandler = Arc::new(move |event| {
            taken.lock().unwrap().push(event.clone());
            handler(event)
        });
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (report, bound) = mpsc::channel();
        let served = endpoint.clone();
        let thread = std::thread::spawn(move || match adapter {
            Adapter::Tower => tower_server(served, route, handler, &report, stopped),
            Adapter::Actix => actix_server(served, route, handler, &report, stopped),
        });
        let address = bound.recv_timeout(Duration::from_secs(20)).unwrap();
        Self { address, endpoint, records, handed_off, stop: Some(stop), thread: Some(thread) }
    }

    /// Everything that was written down so far.
    pub fn records(&self) -> Vec<Record> {
        self.records.lock().unwrap().clone()
    }

    /// Every event that the handler was given so far.
    pub fn handed_off(&self) -> Vec<Event> {
        self.handed_off.lock().unwrap().clone()
    }

    /// The only record so far, waiting a little for it.
    pub fn only_record(&self) -> Record {
        wait_for(|| !self.records.lock().unwrap().is_empty());
        let records = self.records();
        assert_eq!(records.len(), 1, "one request, one record: {records:?}");
        records.into_iter().next().unwrap()
    }

    /// Outcome and reason of the only record so far.
    pub fn only_outcome(&self) -> (Outcome, Option<Reason>) {
        let record = self.only_record();
        (record.outcome, record.reason)
    }

    /// Forgets records and hand-offs, so that one server serves many cases.
    pub fn forget(&self) {
        self.records.lock().unwrap().clear();
        self.handed_off.lock().unwrap().clear();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            if !std::thread::panicking() {
                ended.unwrap();
                assert_eq!(crate::trace::leaks(), Vec::<String>::new(), "the secret was logged");
            }
        }
    }
}

/// Where handlers stand until a test opens it: what they are to be busy with lasts as long as the test needs it.
#[derive(Clone, Default)]
pub struct Door(Arc<AtomicBool>);

impl Door {
    pub fn open(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Waits until it is open.
    pub async fn opens(&self) {
        while !self.0.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Waits until `done` holds, at most half a minute: machines are busy.
pub fn wait_for(done: impl Fn() -> bool) {
    for _ in 0..3000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

type Bound = mpsc::Sender<SocketAddr>;
type Stopped = tokio::sync::oneshot::Receiver<()>;

/// The handler's status; a request that only report-only let through is answered 299, so that a test can tell.
async fn status(handler: AsyncHandler, event: Option<Event>) -> u16 {
    match event {
        Some(event) => handler(event).await,
        None => UNPROVEN,
    }
}

/// What the test servers answer for a request without a proof.
pub const UNPROVEN: u16 = 299;

fn tower_server(endpoint: Endpoint, route: Route, handler: AsyncHandler, report: &Bound, stopped: Stopped) {
    use axum::{Router, http::StatusCode, routing::any};
    use hookporter::axum::{EndpointLayer, Server, Verified};

    let handle = move |event: Option<Verified>| {
        let handler = handler.clone();
        async move { StatusCode::from_u16(status(handler, event.map(|Verified(event)| event)).await).unwrap() }
    };
    let app: Router = Router::new().route(route.tower, any(handle).layer(EndpointLayer::new(endpoint)));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::bind("127.0.0.1:0").await.unwrap().shutdown_timeout(Duration::from_millis(200));
        report.send(server.local_addr().unwrap()).unwrap();
        let stop = async {
            let _ = stopped.await;
        };
        server.run(app, stop).await;
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
}

fn actix_server(endpoint: Endpoint, route: Route, handler: AsyncHandler, report: &Bound, stopped: Stopped) {
    use actix_web::{App, HttpResponse, HttpServer, http::StatusCode, web};
    use hookporter::actix::{EndpointMiddleware, Verified};

    actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(move || {
            let handler = handler.clone();
            let handle = move |event: Option<Verified>| {
                let handler = handler.clone();
                async move {
                    let status = status(handler, event.map(|Verified(event)| event)).await;
                    HttpResponse::new(StatusCode::from_u16(status).unwrap())
                }
            };
            let middleware = EndpointMiddleware::new(endpoint.clone());
            App::new().service(web::resource(route.actix).wrap(middleware).route(web::route().to(handle)))
        })
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
