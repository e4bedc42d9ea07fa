//! A server with the timeouts and the shutdown that a webhook receiver needs.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tower_service::Service;

/// Serves `app` (an axum `Router`, or any tower service) until SIGTERM or Ctrl-C, then drains and returns.
///
/// A bare `axum::serve` waits for ever for a slow head and for open connections at shutdown; this closes both.
///
/// # Errors
/// An [`io::Error`] if the address cannot be bound.
///
/// ```no_run
/// # async fn run() -> std::io::Result<()> {
/// let app: axum::Router = axum::Router::new();
/// hookporter_tower::serve("0.0.0.0:3000", app).await
/// # }
/// ```
pub async fn serve<A, S, B>(address: A, app: S) -> io::Result<()>
where
    A: ToSocketAddrs,
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    Server::bind(address).await?.run(app, terminated()).await;
    Ok(())
}

/// A listening server and its limits.
#[derive(Debug)]
#[must_use = "a server that is not run answers nobody"]
pub struct Server {
    listener: TcpListener,
    head_timeout: Duration,
    shutdown_timeout: Duration,
}

impl Server {
    /// Binds an address; port 0 takes a free one.
    ///
    /// # Errors
    /// An [`io::Error`] if the address cannot be bound.
    pub async fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        Ok(Self::from_listener(TcpListener::bind(address).await?))
    }

    /// Takes a listener that is bound already.
    pub const fn from_listener(listener: TcpListener) -> Self {
        Self { listener, head_timeout: Duration::from_secs(10), shutdown_timeout: Duration::from_secs(10) }
    }

    /// Replaces how long a connection may take to send a request's head, or stay idle. Default: 10 s.
    pub fn head_timeout(self, longest: Duration) -> Self {
        Self { head_timeout: longest, ..self }
    }

    /// Replaces how long open requests and background work get at shutdown. Default: 10 s.
    pub fn shutdown_timeout(self, longest: Duration) -> Self {
        Self { shutdown_timeout: longest, ..self }
    }

    /// The address that is listened on.
    ///
    /// # Errors
    /// An [`io::Error`] of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves `app` until `shutdown` completes; then accepts no more, lets open requests and background work end
    /// within the shutdown timeout, and returns.
    pub async fn run<S, B>(self, app: S, shutdown: impl Future<Output = ()>)
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send + 'static,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(self.head_timeout);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(self.head_timeout).max_concurrent_streams(256);
        let open = GracefulShutdown::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let (stream, peer) = tokio::select! {
                () = &mut shutdown => break,
                accepted = accept(&self.listener) => accepted,
            };
            let spoken = Arc::new(AtomicBool::new(false));
            let app = TowerToHyperService::new(Noted { inner: app.clone(), peer, spoken: spoken.clone() });
            let connection = open.watch(builder.serve_connection(TokioIo::new(stream), app).into_owned());
            let silence = silent(self.head_timeout, spoken);
            tokio::spawn(async move {
                tokio::select! {
                    ended = connection => if let Err(error) = ended {
                        tracing::debug!(target: "hookporter", error, "connection");
                    },
                    () = silence => {}
                }
            });
        }
        drop(self.listener);
        let ended = async {
            open.shutdown().await;
            hookporter_pipeline::drain(self.shutdown_timeout).await
        };
        match tokio::time::timeout(self.shutdown_timeout, ended).await {
            Ok(0) => tracing::info!(target: "hookporter", "drained"),
            _ => tracing::warn!(target: "hookporter", "work was still under way when the shutdown timeout passed"),
        }
    }
}

/// Completes if no request has come after `longest`. hyper's own timeout begins with the first bytes that tell HTTP/1 from
/// HTTP/2, and a sender may never send them.
async fn silent(longest: Duration, spoken: Arc<AtomicBool>) {
    tokio::time::sleep(longest).await;
    if spoken.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

/// Notes that a request has come, and from where.
#[derive(Clone)]
struct Noted<S> {
    inner: S,
    peer: SocketAddr,
    spoken: Arc<AtomicBool>,
}

impl<S: Service<Request<Incoming>>> Service<Request<Incoming>> for Noted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Incoming>) -> S::Future {
        #[cfg(feature = "axum")]
        request.extensions_mut().insert(axum::extract::ConnectInfo(self.peer));
        #[cfg(not(feature = "axum"))]
        request.extensions_mut().insert(crate::PeerAddress::new(self.peer.ip()));
        self.spoken.store(true, Ordering::Relaxed);
        self.inner.call(request)
    }
}

/// The next connection. Out of file descriptors, say, it waits instead of spinning.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are one small segment.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) => {
                tracing::warn!(target: "hookporter", %error, "accept");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
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
