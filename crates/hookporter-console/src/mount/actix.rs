//! The console as an actix scope.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, Scope, web};
use bytes::{Bytes, BytesMut};

use super::BODY_DEADLINE;
use crate::{Answer, BodyTrouble, Console, Request};

impl Console {
    /// A scope that shows it under this path, to be wrapped in your own authentication: the console has none. Give a clone of
    /// one console to each of the server's threads.
    ///
    /// ```
    /// use actix_web::App;
    /// use hookporter_console::Console;
    ///
    /// let console = Console::new([]);
    /// let app = move || App::new().service(console.clone().into_scope("/console") /* .wrap(…) */);
    /// # drop(app);
    /// ```
    pub fn into_scope(self, path: &str) -> Scope {
        let answer = move |request: HttpRequest, payload: Payload| {
            let console = self.clone();
            async move {
                let mut body = Body { payload: payload.into_inner(), is_read: false };
                let answer = console.answer(asked(&request), read(&mut body)).await;
                let mut response = sent(answer);
                if !body.is_read && !matches!(body.payload, actix_web::dev::Payload::None) {
                    response.extensions_mut().insert(body);
                }
                response
            }
        };
        web::scope(path).default_service(web::to(answer))
    }
}

/// A body. While one that is not read to its end lives, actix closes the connection behind the answer, and throws away what still
/// comes; so it goes into the extensions of the response.
struct Body {
    payload: actix_web::dev::Payload,
    is_read: bool,
}

fn asked(request: &HttpRequest) -> Request {
    // What is left of the path when the scopes around have had theirs.
    let below = request.match_info().unprocessed();
    let mut asked = Request::new(request.method().as_str(), request.uri().path(), below);
    asked = asked.with_query(request.query_string());
    let authority = request.uri().authority();
    if let Some(authority) = authority {
        asked = asked.add_header("host", authority.as_str().as_bytes());
    }
    for (name, value) in request.headers() {
        // In HTTP/2 the authority takes its place.
        if authority.is_none() || name != actix_web::http::header::HOST {
            asked = asked.add_header(name.as_str(), value.as_bytes());
        }
    }
    asked
}

async fn read(body: &mut Body) -> Result<Bytes, BodyTrouble> {
    let Body { payload, is_read } = body;
    let whole = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = std::future::poll_fn(|cx| poll(payload, cx)).await {
            let chunk = chunk.map_err(|_| BodyTrouble::Broken)?;
            if body.len().saturating_add(chunk.len()) > Console::LONGEST_BODY {
                return Err(BodyTrouble::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        *is_read = true;
        Ok(body.freeze())
    };
    tokio::time::timeout(BODY_DEADLINE, whole).await.unwrap_or(Err(BodyTrouble::TooSlow))
}

type Chunk = Result<Bytes, actix_web::error::PayloadError>;

fn poll(payload: &mut actix_web::dev::Payload, cx: &mut std::task::Context<'_>) -> std::task::Poll<Option<Chunk>> {
    use futures_core::Stream;
    std::pin::Pin::new(payload).poll_next(cx)
}

fn sent(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in &answer.headers {
        response.insert_header((*name, value.as_ref()));
    }
    response.body(answer.body)
}
