//! `Verified` and `VerifiedJson`.

use actix_web::test::init_service;
use actix_web::{App, HttpResponse, web};
use hookporter_actix::{EndpointMiddleware, NotVerified, Verified, VerifiedJson, VerifiedJsonRejection};
use serde::Deserialize;

use crate::kit::{delivery, github, send, to_actix};

#[derive(Deserialize)]
struct Push {
    number: u32,
}

#[actix_web::test]
async fn behind_the_middleware_they_give_what_was_proven() {
    let handler = |path: web::Path<String>,
                   state: web::Data<String>,
                   body: web::Bytes,
                   Verified(event): Verified,
                   VerifiedJson(push): VerifiedJson<Push>| async move {
        assert_eq!(event.body(), &body, "the body is there for other extractors too");
        assert_eq!((event.target(), event.event_type()), ("/scope/hook/ann?b=1&a=2", Some("push")));
        format!("{path} {} {}", state.as_str(), push.number)
    };
    let resource =
        web::resource("/hook/{tenant}").wrap(EndpointMiddleware::new(github())).route(web::post().to(handler));
    let state = web::Data::new("state".to_owned());
    let app = init_service(App::new().app_data(state).service(web::scope("/scope").service(resource))).await;
    let told = send(&app, to_actix(&delivery("/scope/hook/ann?b=1&a=2", r#"{"number": 7}"#)).to_request()).await;
    assert_eq!((told.status, &*told.body), (200, "ann state 7"));
}

#[actix_web::test]
async fn a_payload_of_another_shape_is_for_the_sender_to_send_again() {
    let strict = |_: VerifiedJson<Push>| async { HttpResponse::Ok().finish() };
    let lenient = |push: Result<VerifiedJson<Push>, VerifiedJsonRejection>| async move {
        assert!(matches!(push, Err(VerifiedJsonRejection::Payload(error)) if !error.is_syntax()));
        HttpResponse::UnprocessableEntity().finish()
    };
    let app = init_service(
        App::new()
            .service(web::resource("/strict").wrap(EndpointMiddleware::new(github())).route(web::post().to(strict)))
            .service(web::resource("/lenient").wrap(EndpointMiddleware::new(github())).route(web::post().to(lenient))),
    )
    .await;
    let told = send(&app, to_actix(&delivery("/strict", r#"{"number": "seven"}"#)).to_request()).await;
    assert_eq!((told.status, &*told.body, told.retry_after.is_some()), (503, "", true));
    let told = send(&app, to_actix(&delivery("/lenient", r#"{"number": "seven"}"#)).to_request()).await;
    assert_eq!(told.status, 422);
}

#[actix_web::test]
async fn without_the_middleware_they_are_closed() {
    let optional = |event: Option<Verified>, other: Result<Verified, NotVerified>| async move {
        assert!(event.is_none() && other.is_err());
        HttpResponse::Ok().finish()
    };
    let app = init_service(
        App::new()
            .route("/event", web::post().to(|_: Verified| async { HttpResponse::Ok().finish() }))
            .route("/json", web::post().to(|_: VerifiedJson<Push>| async { HttpResponse::Ok().finish() }))
            .route("/optional", web::post().to(optional)),
    )
    .await;
    for path in ["/event", "/json"] {
        let told = send(&app, to_actix(&delivery(path, r#"{"number": 7}"#)).to_request()).await;
        assert_eq!((told.status, &*told.body, told.retry_after.is_some()), (503, "", true), "{path}");
    }
    assert_eq!(send(&app, to_actix(&delivery("/optional", "{}")).to_request()).await.status, 200);
}
