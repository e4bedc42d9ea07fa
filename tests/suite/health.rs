//! The health pages of both adapters.

use hookporter::{BoxError, Endpoint, Event, Secret};
use hookporter_testkit::SignedRequest;
use serde_json::Value;

const SECRET: &str = "a long and random secret";

fn github() -> Endpoint {
    Endpoint::github(Secret::new(SECRET)).unwrap().otherwise(|_: Event| async { Ok::<_, BoxError>(()) })
}

fn push(secret: &str, at: usize) -> SignedRequest {
    hookporter_testkit::github(secret).event("push").target("/hook").body(format!("[{at}]")).build()
}

/// What an app is asked: a webhook, or a page of its health. Its status and its body.
trait App {
    async fn hook(&self, request: SignedRequest) -> u16;
    async fn page(&self, path: &str) -> (u16, String);
}

async fn the_story(app: impl App, endpoint: Endpoint) {
    let health = async || serde_json::from_str::<Value>(&app.page("/health").await.1).unwrap();
    assert_eq!(health().await["endpoints"][0]["state"], "unknown");
    assert_eq!(app.hook(push(SECRET, 0)).await, 200);
    for at in 0..5 {
        assert_eq!(app.hook(push("a secret of nobody's at all", at)).await, 401);
    }
    let red = health().await;
    assert_eq!(
        (&red["light"], &red["endpoints"][0]["alarms"][0]["alarm"]),
        (&"red".into(), &"rejects-everything".into())
    );
    assert!(!red.to_string().contains(SECRET));
    assert_eq!((app.page("/health/live").await.0, app.page("/health/ready").await.0), (200, 200));
    endpoint.pause();
    assert_eq!((app.page("/health/live").await.0, app.page("/health/ready").await.0), (200, 503));
    assert_eq!(app.hook(push(SECRET, 9)).await, 503);
    endpoint.resume();
    assert_eq!(app.page("/health/ready").await.0, 200);
    assert_eq!(app.hook(push(SECRET, 9)).await, 200);
    assert_eq!(health().await["light"], "green");
}

mod on_axum {
    use axum::Router;
    use axum::body::Body;
    use axum::http::Request;
    use hookporter::axum::{EndpointService, health};
    use tower::ServiceExt;

    use super::*;

    impl App for Router {
        async fn hook(&self, request: SignedRequest) -> u16 {
            let mut http = Request::post(request.target());
            for (name, value) in request.headers() {
                http = http.header(name, value);
            }
            self.clone()
                .oneshot(http.body(Body::from(request.body().clone())).unwrap())
                .await
                .unwrap()
                .status()
                .as_u16()
        }

        async fn page(&self, path: &str) -> (u16, String) {
            let response = self.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            let status = response.status().as_u16();
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            (status, String::from_utf8(body.to_vec()).unwrap())
        }
    }

    #[tokio::test]
    async fn the_pages_tell_the_story() {
        let endpoint = github();
        let service = EndpointService::new(endpoint.clone()).unwrap();
        let app = Router::new().route_service("/hook", service).nest("/health", health([endpoint.clone()]));
        the_story(app, endpoint).await;
    }
}

mod on_actix {
    use actix_http::Request;
    use actix_web::body::MessageBody;
    use actix_web::dev::{Service, ServiceResponse};
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use hookporter::actix::{EndpointResource, health};

    use super::*;

    struct Actix<S>(S);

    impl<S, B> App for Actix<S>
    where
        S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
        B: MessageBody,
    {
        async fn hook(&self, request: SignedRequest) -> u16 {
            let mut http = TestRequest::post().uri(request.target()).set_payload(request.body().clone());
            for (name, value) in request.headers() {
                http = http.insert_header((name.as_str(), value.as_str()));
            }
            call_service(&self.0, http.to_request()).await.status().as_u16()
        }

        async fn page(&self, path: &str) -> (u16, String) {
            let response = call_service(&self.0, TestRequest::get().uri(path).to_request()).await;
            let status = response.status().as_u16();
            (status, String::from_utf8(read_body(response).await.to_vec()).unwrap())
        }
    }

    #[actix_web::test]
    async fn the_pages_tell_the_story() {
        let endpoint = github();
        let hook = EndpointResource::new("/hook", endpoint.clone()).unwrap();
        let app = actix_web::App::new().service(hook).service(health("/health", [endpoint.clone()]));
        the_story(Actix(init_service(app).await), endpoint).await;
    }
}
