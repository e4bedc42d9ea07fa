//! Endpoints that stand alone.

use std::convert::Infallible;

use actix_web::test::init_service;
use actix_web::{App, web};
use hookporter_actix::EndpointResource;
use hookporter_core::{ConfigError, Reason};

use crate::kit::{delivery, github, send, to_actix};

#[actix_web::test]
async fn events_go_to_the_endpoints_own_routes() {
    let (endpoint, mut others) = github().channel(1);
    let endpoint = endpoint.on("push", |_| async { Ok::<_, Infallible>(()) });
    let resource = EndpointResource::new("/hook/{any}", endpoint.clone()).expect("stands alone");
    let app = init_service(App::new().service(web::scope("/scope").service(resource))).await;

    let told = send(&app, to_actix(&delivery("/scope/hook/1", "{}")).to_request()).await;
    assert_eq!((told.status, &*told.body), (200, ""));
    assert!(others.try_recv().is_err());
    let told = send(&app, to_actix(&delivery("/scope/hook/1", "forged").tampered_signature()).to_request()).await;
    assert_eq!((told.status, told.reason), (401, Some(Reason::InvalidSignature)));
    let told =
        send(&app, to_actix(&delivery("/scope/hook/1", "")).method("GET".parse().expect("a method")).to_request())
            .await;
    assert_eq!((told.status, told.allow.as_deref()), (405, Some("POST")));

    let issue = |body: &'static str| {
        let maker =
            hookporter_testkit::github("a secret that is long enough").event("issues").target("/scope/hook/2?x=1");
        to_actix(&maker.body(body).build()).to_request()
    };
    assert_eq!(send(&app, issue("one")).await.status, 200);
    let told = send(&app, issue("two")).await;
    assert_eq!((told.status, told.reason, told.retry_after.is_some()), (503, Some(Reason::HandoffFull), true));
    let event = others.try_recv().expect("handed off");
    assert_eq!((&event.body()[..], event.target()), (&b"one"[..], "/scope/hook/2?x=1"));
}

#[test]
fn an_endpoint_that_would_lose_events_does_not_build() {
    for endpoint in [github(), github().report_only(), github().background(1)] {
        let refused = EndpointResource::new("/hook", endpoint);
        assert!(matches!(refused, Err(ConfigError::Setting { setting: "EndpointResource", .. })));
    }
}
