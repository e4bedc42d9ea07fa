//! Senders that must get no body: what a handler answers reaches them as a status only.

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpResponse, web};
use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::{Router, routing::post};
use hookporter::actix::EndpointMiddleware;
use hookporter::axum::EndpointLayer;
use hookporter::{Endpoint, FrozenClock, Secret, UnixTime};
use hookporter_testkit::SignedRequest;
use tower::ServiceExt;

use crate::attacks::NOW;

/// What Telegram would run as a call of the bot.
const ANSWER: &str = r#"{"method":"sendMessage","chat_id":1,"text":"no"}"#;

fn endpoint(id: &str) -> (Endpoint, SignedRequest) {
    let keys = hookporter_testkit::keys(id).unwrap();
    let now = UnixTime::from_secs(NOW);
    let request = hookporter_testkit::provider(id, keys.sender).unwrap().at(now).target("/hook").build();
    (Endpoint::provider(id, Secret::new(keys.receiver)).unwrap().clock(FrozenClock(now)), request)
}

async fn by_tower(endpoint: Endpoint, request: &SignedRequest, status: u16) -> (u16, String) {
    let handler = move || async move { (StatusCode::from_u16(status).unwrap(), ANSWER) };
    let app = Router::new().route("/hook", post(handler).layer(EndpointLayer::new(endpoint)));
    let response = app.oneshot(request.clone().into_http_with(Body::from)).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1024).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn by_actix(endpoint: Endpoint, request: &SignedRequest, status: u16) -> (u16, String) {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap();
    let handler = move || std::future::ready(HttpResponse::build(status).body(ANSWER));
    let resource = web::resource("/hook").wrap(EndpointMiddleware::new(endpoint)).route(web::post().to(handler));
    let app = init_service(App::new().service(resource)).await;
    let made = TestRequest::post().uri(request.target()).set_payload(request.body().clone());
    let made = request.headers().iter().fold(made, |made, (name, value)| made.append_header((&**name, &**value)));
    let response = call_service(&app, made.to_request()).await;
    let status = response.status().as_u16();
    (status, String::from_utf8(read_body(response).await.to_vec()).unwrap())
}

#[actix_web::test]
async fn a_handlers_body_is_left_out_where_the_sender_must_get_none() {
    for (id, status, told) in [("telegram", 200, ""), ("telegram", 400, ""), ("xero", 200, ""), ("line", 200, ANSWER)] {
        let (endpoint, request) = endpoint(id);
        assert_eq!(by_tower(endpoint, &request, status).await, (status, told.to_owned()), "tower {id}");
        let (endpoint, request) = self::endpoint(id);
        assert_eq!(by_actix(endpoint, &request, status).await, (status, told.to_owned()), "actix {id}");
        let (endpoint, request) = self::endpoint(id);
        let verbatim = by_tower(endpoint.verbatim(), &request, status).await;
        assert_eq!(verbatim, (status, ANSWER.to_owned()), "verbatim {id}");
    }
}
