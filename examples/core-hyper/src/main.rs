//! The bare core in a third framework: hyper, with nothing of Hookporter's but the verification.
//!
//! Papers, body, proof: three calls whose types leave no other order. What the pipeline adds elsewhere (duplicates, the
//! acknowledgement budget, hand-off) is yours here.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run
//! ```

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookporter_core::{
    Clock, Delivery, Head, HeaderVisitor, Headers, Keyring, Occurrence, PreparedKeyring, Provider, Reason, Rejection,
    Secret, SystemClock, Verifier,
};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};

/// How long a body may take: nothing else bounds it.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

struct Receiver {
    verifier: Verifier,
    keys: PreparedKeyring,
}

/// hyper's header map, as the core sees headers: absent, once, or repeated.
struct View<'a>(&'a HeaderMap);

impl Headers for View<'_> {
    fn occurrence(&self, name: &str) -> Occurrence<'_> {
        let mut values = self.0.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Occurrence::Absent,
            (Some(value), None) => Occurrence::Once(value.as_bytes()),
            _ => Occurrence::Repeated,
        }
    }

    fn visit<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for (name, value) in self.0 {
            visitor.see(name.as_str(), value.as_bytes());
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let verifier = Provider::by_id("stripe")?.verifier()?;
    let keys = verifier.prepare(&Keyring::from(Secret::env("STRIPE_WEBHOOK_SECRET")?))?;
    let receiver = Arc::new(Receiver { verifier, keys });
    let listener = tokio::net::TcpListener::bind(listen()).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let receiver = receiver.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| respond(receiver.clone(), request));
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(Duration::from_secs(10))
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn respond(receiver: Arc<Receiver>, request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let status = match verify(&receiver, request).await {
        Ok(delivery) => {
            tracing::info!(bytes = delivery.body().len(), key = delivery.key_id().as_str(), "arrived");
            StatusCode::OK
        }
        Err(rejection) => {
            tracing::warn!(%rejection, "turned away");
            StatusCode::from_u16(rejection.kind().status()).unwrap_or(StatusCode::UNAUTHORIZED)
        }
    };
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    Ok(response)
}

async fn verify(receiver: &Receiver, request: Request<Incoming>) -> Result<Delivery, Rejection> {
    if request.method() != hyper::Method::POST {
        return Err(Rejection::new(Reason::MethodNotAllowed));
    }
    let (parts, mut body) = request.into_parts();
    let headers = View(&parts.headers);
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let head = Head::new(parts.method.as_str(), target, &headers);
    let mut check = receiver.verifier.begin(&head, &receiver.keys, SystemClock.now())?;
    let read = async {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Rejection::new(Reason::BodyIncomplete))?;
            if let Ok(chunk) = frame.into_data() {
                check.push(chunk)?;
            }
        }
        Ok::<_, Rejection>(())
    };
    tokio::time::timeout(BODY_DEADLINE, read).await.map_err(|_| Rejection::new(Reason::BodyTooSlow))??;
    check.finish().map_err(|refused| refused.into_rejection())
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
