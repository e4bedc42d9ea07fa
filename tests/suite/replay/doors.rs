//! Whom an endpoint lets through without a proof, and whose answers count.

use hookporter::inbox::{Attempt, ChangeKind};
use hookporter::{Endpoint, Event};
use tower::ServiceExt;

use super::state::State;
use super::{Scene, Shape, acme, ends, impatient, request, send, through, work};
use crate::server::{Adapter, BOTH};

/// Headers that say "I am a replay" to whoever would believe them.
const LOOK_ALIKES: [&str; 6] = ["x-hookporter-replay", "replay", "x-replay", "attempt", "x-attempt", "event"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_header_makes_a_stranger_s_request_a_replay() {
    for adapter in BOTH {
        let scene = Scene::with(adapter, State::new(), acme()).await;
        let strangers = |id: &str| {
            let forged = LOOK_ALIKES
                .iter()
                .fold(request(id).without_signature(), |request, name| request.with_header(name, "acme"));
            assert_eq!(send(scene.address, &forged), 401, "{adapter:?}");
        };
        for round in 1..=3 {
            let id = format!("evt_{round}");
            strangers(&id);
            scene.keeps(&id);
            scene.work(1).await;
            strangers(&id);
            assert_eq!(scene.state.seen().len(), round, "the replays alone");
        }
    }
}

/// What a handler was given of a replay.
async fn given(adapter: Adapter) -> (Scene, Event, Attempt) {
    let scene = Scene::with(adapter, State::new(), acme()).await;
    scene.keeps("evt_1");
    scene.work(1).await;
    let pass = scene.state.only();
    (scene, pass.event, pass.attempt.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_handler_is_given_opens_no_door_on_axum() {
    let (scene, event, attempt) = given(Adapter::Tower).await;
    let app = super::axum::app(Shape::Same, &scene.state, &scene.endpoint);
    let mut request = request("evt_1").without_signature().into_http_with(axum::body::Body::from);
    request.extensions_mut().insert(event);
    request.extensions_mut().insert(attempt);
    assert_eq!(app.oneshot(request).await.unwrap().status(), 401);
}

#[test]
fn what_a_handler_is_given_opens_no_door_on_actix() {
    use actix_web::HttpMessage;

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (scene, event, attempt) = runtime.block_on(given(Adapter::Actix));
    actix_web::rt::System::new().block_on(async {
        let app = super::actix::app(Shape::Same, scene.state.clone(), scene.endpoint.clone());
        let app = actix_web::test::init_service(app).await;
        let request = actix_web::test::TestRequest::post().uri(super::TARGET).set_payload("{}").to_request();
        request.extensions_mut().insert(event);
        request.extensions_mut().insert(attempt);
        assert_eq!(actix_web::test::call_service(&app, request).await.status(), 401);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_comes_out_of_no_inbox_goes_through_no_app() {
    for adapter in BOTH {
        let at_once = State::new();
        send(super::serve(adapter, &at_once, &acme()).await, &request("evt_1"));
        let delivered = at_once.only().event;
        let state = State::new();
        let error = through(adapter, Shape::Same, &state, &acme())(delivered).await.unwrap_err();
        assert_eq!(error.to_string(), "only events out of an inbox can be sent through the app");
        assert!(state.seen().is_empty());
    }
}

/// Works one event through an app of this shape, with this endpoint in it; the error.
async fn misled(adapter: Adapter, shape: Shape, endpoint: impl Fn(&Scene) -> Endpoint) -> String {
    let scene = Scene::with(adapter, State::new(), acme()).await;
    scene.keeps("evt_1");
    let function = through(adapter, shape, &scene.state, &endpoint(&scene));
    let changes = work(impatient(scene.inbox.worker(function)), 3).await;
    assert_eq!(ends(&changes), [(1, "failed"), (2, "failed"), (3, "dead")], "{adapter:?}");
    assert!(scene.state.seen().is_empty(), "{adapter:?}: the handler ran");
    changes[0].error.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_comes_from_behind_the_endpoint_counts() {
    let nowhere = "no route of the app led to the endpoint `acme`: POST /webhooks/t%2F1 was answered";
    for adapter in BOTH {
        let same = |scene: &Scene| scene.endpoint.clone();
        let error = misled(adapter, Shape::Gone, same).await;
        assert_eq!(error, format!("{nowhere} 200"), "{adapter:?}: a catch-all's");
        let error = misled(adapter, Shape::Alone, same).await;
        assert!(error.starts_with("the endpoint `acme` wraps no handler"), "{adapter:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_endpoint_lets_no_event_through_and_no_attempt_is_spent_on_it() {
    for adapter in BOTH {
        for shape in [Shape::Same, Shape::Behind] {
            let scene = Scene::with(adapter, State::new(), acme()).await;
            scene.keeps("evt_1");
            let endpoint = match shape {
                Shape::Same => super::other().inbox(&scene.inbox),
                _ => scene.endpoint.clone(),
            };
            let function = through(adapter, shape, &scene.state, &endpoint);
            let changes = work(impatient(scene.inbox.worker(function)), 1).await;
            assert_eq!(ends(&changes), [(1, "dead")], "{adapter:?} {shape:?}");
            assert!(scene.state.seen().is_empty(), "{adapter:?} {shape:?}: the handler ran");
            let error = changes[0].error.as_deref().unwrap();
            let text = "POST /webhooks/t%2F1 leads to the endpoint `other`, and this event is of `acme`: ";
            assert!(error.starts_with(text), "{adapter:?} {shape:?}: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_that_is_back_is_found_again() {
    for adapter in BOTH {
        let scene = Scene::with(adapter, State::new(), acme()).await;
        scene.keeps("evt_1");
        let gone = through(adapter, Shape::Gone, &scene.state, &scene.endpoint);
        let there = scene.function();
        let function = move |event: Event| if event.attempt() == 1 { gone(event) } else { there(event) };
        let changes = work(impatient(scene.inbox.worker(function)), 2).await;
        assert_eq!(ends(&changes), [(1, "failed"), (2, "worked")]);
        assert!(matches!(changes[1].kind, ChangeKind::Worked));
    }
}
