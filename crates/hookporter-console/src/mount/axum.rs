//! The console as axum routes.

use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Request as AxumRequest};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use axum::routing::any;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::BODY_DEADLINE;
use crate::{Answer, BodyTrouble, Console, Request};

impl Console {
    /// Routes that show it, to be nested under any path, behind your own authentication: the console has none.
    ///
    /// ```
    /// use axum::{Router, middleware};
    /// use hookporter_console::Console;
    /// # async fn only_staff(request: axum::extract::Request, next: middleware::Next) -> axum::response::Response {
    /// #     next.run(request).await
    /// # }
    ///
    /// let console = Console::new([]).into_router().layer(middleware::from_fn(only_staff));
    /// let app: Router = Router::new().nest_service("/console", console);
    /// ```
    pub fn into_router<S>(self) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let answer = move |request: AxumRequest| {
            let console = self.clone();
            async move {
                let (parts, body) = request.into_parts();
                sent(console.answer(asked(&parts), read(body)).await)
            }
        };
        Router::new().route("/", any(answer.clone())).route("/{*below}", any(answer))
    }
}

fn asked(parts: &Parts) -> Request {
    let whole = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let mut request = Request::new(parts.method.as_str(), whole.path(), parts.uri.path());
    request = request.with_query(parts.uri.query().unwrap_or_default());
    if let Some(authority) = whole.authority() {
        request = request.add_header("host", authority.as_str().as_bytes());
    }
    for (name, value) in &parts.headers {
        // In HTTP/2 the authority takes its place.
        if whole.authority().is_none() || name != axum::http::header::HOST {
            request = request.add_header(name.as_str(), value.as_bytes());
        }
    }
    request
}

async fn read(body: Body) -> Result<Bytes, BodyTrouble> {
    let read = Limited::new(body, Console::LONGEST_BODY).collect();
    match tokio::time::timeout(BODY_DEADLINE, read).await {
        Err(_) => Err(BodyTrouble::TooSlow),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyTrouble::TooLarge),
        Ok(Err(_)) => Err(BodyTrouble::Broken),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
    }
}

fn sent(answer: Answer) -> Response<Body> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(*name, value.as_ref());
    }
    response.body(Body::from(answer.body)).unwrap_or_else(|_| {
        // A header that cannot be sent: there is none, but for what a user wrote.
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
