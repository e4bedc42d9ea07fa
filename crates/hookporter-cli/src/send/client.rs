//! The client: every header as it was signed, also one that is there twice.

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use hookporter_testkit::SignedRequest;
use http::Request;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Instant, timeout};

use crate::failure::Failure;
use crate::wire::Place;

/// The status, or why there is none.
pub(crate) type Answered = Result<u16, String>;

/// Longer than any sender waits.
const LONGEST: Duration = Duration::from_secs(30);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How much of an answer is read, so that its connection can be used again.
const ANSWER: usize = 64 * 1024;

/// Sends one request as often as it is asked to.
pub(crate) struct Client {
    inner: legacy::Client<HttpConnector, Full<Bytes>>,
    request: Request<Full<Bytes>>,
}

impl Client {
    /// A client for `signed`, which goes to the authority of `url`.
    pub(crate) fn new(url: &str, signed: &SignedRequest) -> Result<Self, Failure> {
        let place = Place::parse("--url", url)?;
        let authority = place.authority();
        let mut request =
            Request::builder().method(signed.method()).uri(format!("http://{authority}{}", signed.target()));
        for (name, value) in signed.headers() {
            request = request.header(name, value);
        }
        let body = Full::new(signed.body().clone());
        let request =
            request.body(body).map_err(|error| Failure::usage(format!("this makes no HTTP request: {error}")))?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        Ok(Self { inner: legacy::Client::builder(TokioExecutor::new()).build(connector), request })
    }

    /// Sends it once; what came of it, and how long that took.
    pub(crate) fn send(&self) -> impl Future<Output = (Answered, Duration)> + Send + 'static {
        let (client, request) = (self.inner.clone(), self.request.clone());
        async move {
            let began = Instant::now();
            let answered = match timeout(LONGEST, exchange(client, request)).await {
                Ok(answered) => answered,
                Err(_) => Err(format!("no answer within {} s", LONGEST.as_secs())),
            };
            (answered, began.elapsed())
        }
    }
}

async fn exchange(client: legacy::Client<HttpConnector, Full<Bytes>>, request: Request<Full<Bytes>>) -> Answered {
    let response = client.request(request).await.map_err(|error| causes(&error))?;
    let status = response.status().as_u16();
    // An answer that is too long is an answer all the same.
    let _ = Limited::new(response.into_body(), ANSWER).collect().await;
    Ok(status)
}

/// What went wrong, down to what the system said.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
