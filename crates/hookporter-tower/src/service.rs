//! The service that stands alone: verifies, hands off, acknowledges.

use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use hookporter_core::ConfigError;
use hookporter_pipeline::Endpoint;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::body::ReplyBody;
use crate::judge::judge;
use crate::response;

/// Verifies, hands off and acknowledges, with no handler behind it. See the [crate docs](crate).
#[derive(Debug, Clone)]
pub struct EndpointService {
    endpoint: Arc<Endpoint>,
}

impl EndpointService {
    /// A service for `endpoint`.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] if the endpoint has neither a hand-off nor a handler of its own, so that an event would
    /// have nowhere to go, or only reports, so that a refused request would; if its inbox has another one of its name, or is less
    /// [durable](Endpoint::durability) than it must be.
    pub fn new(endpoint: Endpoint) -> Result<Self, ConfigError> {
        let problem = if endpoint.is_report_only() {
            "a report-only endpoint passes requests on and needs a handler to wrap: use `EndpointLayer`"
        } else if endpoint.stands_alone() {
            endpoint.check_inbox()?;
            return Ok(Self { endpoint: Arc::new(endpoint) });
        } else {
            "give it `on(…)`, `otherwise(…)`, `channel(…)` or `handoff(…)`, or wrap a handler with `EndpointLayer`"
        };
        Err(ConfigError::Setting { setting: "EndpointService", problem: problem.to_owned() })
    }
}

impl<B> Service<Request<B>> for EndpointService
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<ReplyBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let endpoint = self.endpoint.clone();
        // Outside of the future, which would else hold the request and its parts.
        let (parts, body) = request.into_parts();
        Box::pin(async move { Ok(response::alone(judge(&endpoint, &parts, pin!(body)).await)) })
    }
}
