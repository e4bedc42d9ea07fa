//! The resource that stands alone: verifies, hands off, acknowledges.

use std::sync::Arc;

use actix_web::dev::{AppService, HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::web;
use hookporter_core::ConfigError;
use hookporter_pipeline::{Endpoint, Verdict};

use crate::body::Reader;
use crate::judge::judge;
use crate::response;

/// Verifies, hands off and acknowledges at a path, with no handler behind it. Given to `App::service`. See the
/// [crate docs](crate).
#[derive(Debug, Clone)]
#[must_use = "a resource that no app serves answers nobody"]
pub struct EndpointResource {
    path: String,
    endpoint: Arc<Endpoint>,
}

impl EndpointResource {
    /// A resource at `path`, in which segments may be parameters as in `web::resource`.
    ///
    /// # Errors
    /// [`ConfigError::Setting`] if the endpoint has neither a hand-off nor a handler of its own, so that an event would
    /// have nowhere to go, or only reports, so that a refused request would; if its inbox has another one of its name, or is less
    /// [durable](Endpoint::durability) than it must be.
    pub fn new(path: impl Into<String>, endpoint: Endpoint) -> Result<Self, ConfigError> {
        let problem = if endpoint.is_report_only() {
            "a report-only endpoint passes requests on and needs a handler to wrap: use `EndpointMiddleware`"
        } else if endpoint.stands_alone() {
            endpoint.check_inbox()?;
            return Ok(Self { path: path.into(), endpoint: Arc::new(endpoint) });
        } else {
            "give it `on(…)`, `otherwise(…)`, `channel(…)` or `handoff(…)`, or wrap a handler with `EndpointMiddleware`"
        };
        Err(ConfigError::Setting { setting: "EndpointResource", problem: problem.to_owned() })
    }
}

impl HttpServiceFactory for EndpointResource {
    fn register(self, config: &mut AppService) {
        #[cfg(feature = "serve")]
        crate::mounted::add(&self.endpoint);
        let endpoint = self.endpoint;
        let service = web::service(self.path).finish(move |request| {
            let endpoint = endpoint.clone();
            async move { Ok(answer(&endpoint, request).await) }
        });
        service.register(config);
    }
}

async fn answer(endpoint: &Arc<Endpoint>, request: ServiceRequest) -> ServiceResponse {
    let (request, payload) = request.into_parts();
    let mut body = Reader::new(payload);
    match judge(endpoint, &request, &mut body).await {
        Verdict::Reply(reply) => response::of(request, reply, body.unread()),
        Verdict::Handle(ticket) => response::of(request, ticket.no_handler(), body.unread()),
        Verdict::Replay(replay) => response::of(request, replay.no_handler(), body.unread()),
        // The constructor refuses report-only.
        Verdict::PassOn(_) => ServiceResponse::new(request, response::unavailable(1)),
    }
}
