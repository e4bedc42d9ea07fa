//! A server with the timeouts and the shutdown that a webhook receiver needs.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::KeepAlive;
use actix_web::{App, Error, HttpServer};

use crate::mounted::Mounted;

/// Serves the app that `app` makes, once per worker, until SIGTERM or Ctrl-C, then drains and returns.
///
/// A bare `HttpServer` drops background work when it stops, and does not even wait for open requests at Ctrl-C; this
/// closes both. Runs under `#[actix_web::main]` and `#[tokio::main]`.
///
/// # Errors
/// An [`io::Error`] if the address cannot be bound, or a worker cannot start.
///
/// ```no_run
/// # async fn run() -> std::io::Result<()> {
/// hookporter_actix::serve("0.0.0.0:3000", || actix_web::App::new()).await
/// # }
/// ```
pub async fn serve<A, F, T, B>(address: A, app: F) -> io::Result<()>
where
    A: ToSocketAddrs,
    F: Fn() -> App<T> + Send + Clone + 'static,
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
        + 'static,
    B: MessageBody + 'static,
{
    Server::bind(address)?.run(app, terminated()).await
}

/// A listening server and its limits.
#[derive(Debug)]
#[must_use = "a server that is not run answers nobody"]
pub struct Server {
    listener: TcpListener,
    head_timeout: Duration,
    shutdown_timeout: Duration,
    workers: Option<usize>,
    keep_alive: bool,
}

/// How long a sender that is told no before its body ended may go on sending. Long enough for it to see the answer:
/// a connection that is closed under unread bytes is reset, and the answer is lost.
const LINGER: Duration = Duration::from_secs(5);

impl Server {
    /// Binds an address; port 0 takes a free one.
    ///
    /// # Errors
    /// An [`io::Error`] if the address cannot be bound.
    pub fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        Ok(Self::from_listener(TcpListener::bind(address)?))
    }

    /// Takes a listener that is bound already.
    pub const fn from_listener(listener: TcpListener) -> Self {
        let timeout = Duration::from_secs(10);
        Self { listener, head_timeout: timeout, shutdown_timeout: timeout, workers: None, keep_alive: true }
    }

    /// Replaces how long a connection may take to send its first request's head, or stay idle. Default: 10 s.
    pub fn head_timeout(self, longest: Duration) -> Self {
        Self { head_timeout: longest, ..self }
    }

    /// Replaces how long background work, and then open requests, get at shutdown. Default: 10 s.
    pub fn shutdown_timeout(self, longest: Duration) -> Self {
        Self { shutdown_timeout: longest, ..self }
    }

    /// Replaces the number of worker threads. Default: one per core.
    pub fn workers(self, count: usize) -> Self {
        Self { workers: Some(count), ..self }
    }

    /// Closes every connection after one answer. Default: connections stay open for more.
    ///
    /// For a server that strangers reach without a proxy: actix bounds how long the first request of a connection takes
    /// to send its head, and no other's.
    pub fn no_keep_alive(self) -> Self {
        Self { keep_alive: false, ..self }
    }

    /// The address that is listened on.
    ///
    /// # Errors
    /// An [`io::Error`] of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves the app that `app` makes until `shutdown` completes; then answers deliveries with 503, lets the work that
    /// is under way end, lets open requests end, and returns.
    ///
    /// # Errors
    /// An [`io::Error`] if a worker cannot start.
    pub async fn run<F, T, B>(self, app: F, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()>
    where
        F: Fn() -> App<T> + Send + Clone + 'static,
        T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>
            + 'static,
        B: MessageBody + 'static,
    {
        let mounted = Mounted::default();
        let collector = mounted.clone();
        let factory = move || {
            collector.collect_here();
            app()
        };
        let longest = self.shutdown_timeout;
        let drained = async move {
            shutdown.await;
            // The workers' threads carry the background work and end with the server, so this comes first; and what
            // is acknowledged meanwhile would be lost, so nothing is.
            mounted.shut_down();
            match hookporter_pipeline::drain(longest).await {
                0 => tracing::info!(target: "hookporter", "drained"),
                left => {
                    tracing::warn!(target: "hookporter", left, "work was under way when the shutdown timeout passed")
                }
            }
        };
        let mut server = HttpServer::new(factory)
            .client_request_timeout(self.head_timeout)
            .keep_alive(if self.keep_alive { KeepAlive::Timeout(self.head_timeout) } else { KeepAlive::Disabled })
            .client_disconnect_timeout(LINGER)
            .shutdown_timeout(self.shutdown_timeout.as_secs().max(1))
            // Answers are one small segment.
            .tcp_nodelay(true)
            .shutdown_signal(drained);
        if let Some(count) = self.workers {
            server = server.workers(count.max(1));
        }
        server.listen(self.listener)?.run().await
    }
}

/// Completes at SIGTERM or Ctrl-C.
async fn terminated() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupted => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = interrupted.await;
}
