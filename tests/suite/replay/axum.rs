//! The app on axum.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, OriginalUri, Path, Query, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any_service, post};
use axum::{Extension, Json, Router, extract};
use hookporter::Endpoint;
use hookporter::axum::{EndpointLayer, EndpointService, NotWorked, Server, Verified};
use hookporter::inbox::Attempt;

use super::said::{Said, Streamed, hang};
use super::state::{Dropped, Seen, State};
use super::{Function, Shape};

#[derive(serde::Deserialize)]
struct Invoice {
    amount: u32,
}

async fn handler(
    extract::State(state): extract::State<State>,
    (Path(tenant), Query(query)): (Path<String>, Query<BTreeMap<String, String>>),
    (OriginalUri(uri), route): (OriginalUri, MatchedPath),
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    attempt: Option<Extension<Attempt>>,
    (Verified(event), headers): (Verified, HeaderMap),
    Json(invoice): Json<Invoice>,
) -> Response {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    let seen = Seen {
        tenant,
        query,
        amount: invoice.amount,
        uri: uri.to_string(),
        route: route.as_str().to_owned(),
        peer: peer.map(|Extension(ConnectInfo(peer))| peer.ip()),
        headers,
    };
    let said = state.saw(seen, event.clone(), attempt.map(|Extension(attempt)| attempt));
    match said {
        Said::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Said::RetryAfter(value) => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, value)]).into_response(),
        Said::NotWorked(error) => NotWorked::from(error).into_response(),
        Said::WrongType => {
            hookporter::axum::VerifiedJsonRejection::Payload(event.json::<u32>().unwrap_err()).into_response()
        }
        Said::Panic(text) => panic!("{text}"),
        Said::Hang => {
            let _dropped = Dropped(state.dropped.clone());
            match hang().await {}
        }
        Said::Block(time) => {
            std::thread::sleep(time);
            StatusCode::CREATED.into_response()
        }
        Said::Stream(whole) => Response::new(Body::new(Streamed { left: 4, whole, ended: state.streamed.clone() })),
    }
}

async fn count(extract::State(state): extract::State<State>, request: Request, next: Next) -> Response {
    state.count();
    next.run(request).await
}

/// Middleware outside and inside of a `nest`, and a fallback that answers 200 to everything.
pub fn app(shape: Shape, state: &State, endpoint: &Endpoint) -> Router {
    let counted = || middleware::from_fn_with_state(state.clone(), count);
    let path = "/{tenant}";
    let hooks = match shape {
        Shape::Same => Router::new().route(path, post(handler).layer(EndpointLayer::new(endpoint.clone()))),
        Shape::Alone => Router::new().route(path, any_service(EndpointService::new(endpoint.clone()).unwrap())),
        Shape::Around(status) => {
            let status = StatusCode::from_u16(status).unwrap();
            let hook: MethodRouter<State> = post(handler).layer(EndpointLayer::new(endpoint.clone()));
            Router::new().route(path, hook.layer(middleware::map_response(move |_: Response| async move { status })))
        }
        Shape::Behind => {
            let hook: MethodRouter<State> = post(handler).layer(EndpointLayer::new(endpoint.clone()));
            Router::new().route(path, hook.layer(EndpointLayer::new(super::other())))
        }
        Shape::Gone => Router::new().route("/elsewhere/{tenant}", post(handler)),
    };
    Router::new()
        .nest("/webhooks", hooks.layer(counted()))
        .fallback(|| async { "the single-page app" })
        .layer(counted())
        .with_state(state.clone())
}

pub async fn serve(state: &State, endpoint: &Endpoint) -> SocketAddr {
    let server = Server::bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr().unwrap();
    tokio::spawn(server.run(app(Shape::Same, state, endpoint), std::future::pending()));
    address
}

pub fn through(shape: Shape, state: &State, endpoint: &Endpoint) -> Function {
    Box::new(hookporter::axum::through(app(shape, state, endpoint)))
}
