//! Where endpoints are mounted for `POST` alone, a challenge of another method still reaches them; and what a handler
//! answers goes no further where the sender wants nothing.

use actix_web::{App, HttpResponse, test, web};
use axum::{Router, body::Body, routing::post};
use hookporter::{Endpoint, actix::EndpointMiddleware, axum::EndpointLayer};
use tower::ServiceExt;

use super::{endpoint, willing};
use crate::server::PATH;

/// Status, body and `Content-Type` of the answers to a request; the handler's are `told` and a word.
async fn answers(
    endpoint: Endpoint,
    told: u16,
    method: &str,
    target: &str,
    request: &[(String, String)],
    body: &str,
) -> [Seen; 2] {
    let handler = move || async move { (axum::http::StatusCode::from_u16(told).unwrap(), "a word") };
    let app = Router::new().route(PATH, post(handler).layer(EndpointLayer::new(endpoint.clone())));
    let mut http = http::Request::builder().method(method).uri(target);
    for (name, value) in request {
        http = http.header(name, value);
    }
    let answer = app.oneshot(http.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
    let tower = (status, String::from_utf8(bytes.to_vec()).unwrap(), kind);

    let resource = web::resource(PATH).wrap(EndpointMiddleware::new(endpoint.no_dedupe())).route(web::post().to(
        move || async move {
            let status = actix_web::http::StatusCode::from_u16(told).unwrap();
            HttpResponse::build(status).content_type("text/plain").body("a word")
        },
    ));
    let app = test::init_service(App::new().service(resource)).await;
    let mut call = test::TestRequest::with_uri(target).method(method.parse().unwrap());
    for (name, value) in request {
        call = call.insert_header((name.as_str(), value.as_str()));
    }
    let answer = test::call_service(&app, call.set_payload(body.to_owned()).to_request()).await;
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let actix = (status, String::from_utf8(test::read_body(answer).await.to_vec()).unwrap(), kind);
    [tower, actix]
}

type Seen = (u16, String, Option<String>);

#[actix_web::test]
async fn a_route_for_post_lets_challenges_in() {
    for (id, method, query, answer) in [
        ("x-twitter", "GET", "?crc_token=abc", "response_token"),
        ("dropbox", "GET", "?challenge=abc", "abc"),
        ("trello", "HEAD", "", ""),
    ] {
        for (status, body, _) in answers(willing(id), 200, method, &format!("{PATH}{query}"), &[], "").await {
            assert_eq!(status, 200, "{id}");
            assert!(body.contains(answer), "{id}: {body}");
        }
    }
}

#[actix_web::test]
async fn a_handlers_body_is_left_out_where_the_sender_wants_none() {
    for (id, told, body) in [
        ("okta", 200, ""),
        ("xero", 200, ""),
        // Telegram runs a body as a call of the bot, whatever the status.
        ("telegram", 200, ""),
        ("telegram", 400, ""),
        ("intercom", 200, "a word"),
        ("line", 200, "a word"),
    ] {
        let key = hookporter_testkit::keys(id).unwrap().sender;
        let signed = hookporter_testkit::provider(id, key).unwrap().target(PATH).build();
        let text = String::from_utf8(signed.body().to_vec()).unwrap();
        for (status, answered, kind) in answers(endpoint(id), told, "POST", PATH, signed.headers(), &text).await {
            assert_eq!((status, answered.as_str(), kind.is_some()), (told, body, !body.is_empty()), "{id}");
        }
        let verbatim = endpoint(id).verbatim();
        for (_, answered, _) in answers(verbatim, told, "POST", PATH, signed.headers(), &text).await {
            assert_eq!(answered, "a word", "{id}");
        }
    }
}
