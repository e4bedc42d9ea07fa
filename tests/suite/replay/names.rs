//! Two endpoints of one name on one inbox would take each other's events for their own.

use hookporter::Endpoint;
use hookporter::inbox::ChangeKind;
use hookporter::{actix, tower};

use super::state::State;
use super::{Scene, acme, request, send, serve, through, work};
use crate::server::{Adapter, BOTH};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_endpoint_of_a_name_is_answered_503_and_one_of_its_own_name_works_the_same_event() {
    for adapter in BOTH {
        let scene = Scene::with(adapter, State::new(), acme()).await;
        if adapter == Adapter::Actix {
            // Its app is made on the server's thread, some time before the first answer.
            scene.keeps("evt_1");
        }
        let second = acme().inbox(&scene.inbox);
        let address = serve(adapter, &State::new(), &second).await;
        for id in ["evt_1", "evt_2"] {
            assert_eq!(send(address, &request(id)), 503, "{adapter:?}: {id}");
        }
        scene.keeps("evt_1");

        let state = State::new();
        let deploy = second.named("deploy");
        assert_eq!(send(serve(adapter, &state, &deploy).await, &request("evt_1")), 200, "{adapter:?}");
        let (first, other) = (scene.function(), through(adapter, super::Shape::Same, &state, &deploy));
        let function = move |event: hookporter::Event| match event.endpoint() {
            "deploy" => other(event),
            _ => first(event),
        };
        let changes = work(scene.inbox.worker(function), 2).await;
        let worked = |change: &hookporter::inbox::Change| matches!(change.kind, ChangeKind::Worked);
        assert!(changes.iter().all(worked), "{adapter:?}: {changes:?}");
        assert_eq!((scene.state.only().event.endpoint(), state.only().event.endpoint()), ("acme", "deploy"));
    }
}

/// What an adapter says where its constructor can.
fn refused(adapter: Adapter, endpoint: Endpoint) -> Option<String> {
    let error = match adapter {
        Adapter::Tower => tower::EndpointService::new(endpoint).err(),
        Adapter::Actix => actix::EndpointResource::new("/", endpoint).err(),
    };
    error.map(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clones_are_one_endpoint_and_a_name_is_free_once_the_last_is_gone() {
    for adapter in BOTH {
        let directory = super::directory::Directory::new();
        let inbox = hookporter::Inbox::open(directory.file()).await.unwrap();
        let first = acme().inbox(&inbox);
        assert_eq!(refused(adapter, first.clone()), None, "{adapter:?}");
        assert_eq!(refused(adapter, first.clone()), None, "{adapter:?}");
        let error = refused(adapter, acme().inbox(&inbox.clone())).unwrap();
        assert!(error.contains("another endpoint of this inbox is named `acme`"), "{adapter:?}: {error}");
        assert!(error.contains("`named`"), "{adapter:?}: {error}");
        assert_eq!(refused(adapter, acme().named("second").inbox(&inbox)), None, "{adapter:?}");
        // Of another inbox, the name is another's.
        let elsewhere = super::directory::Directory::new();
        let other = hookporter::Inbox::open(elsewhere.file()).await.unwrap();
        assert_eq!(refused(adapter, acme().inbox(&other)), None, "{adapter:?}");
        drop(first);
        assert_eq!(refused(adapter, acme().inbox(&inbox)), None, "{adapter:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_no_constructor_can_fail_the_log_says_it_when_an_endpoint_is_mounted() {
    crate::trace::watch();
    let directory = super::directory::Directory::new();
    let inbox = hookporter::Inbox::open(directory.file()).await.unwrap();
    for (name, adapter) in [("logged-1", Adapter::Tower), ("logged-2", Adapter::Actix)] {
        let mount = |endpoint| match adapter {
            Adapter::Tower => drop(tower::EndpointLayer::new(endpoint)),
            Adapter::Actix => drop(actix::EndpointMiddleware::new(endpoint)),
        };
        let text = format!("another endpoint of this inbox is named `{name}`");
        let first = acme().named(name).inbox(&inbox);
        mount(first.clone());
        mount(first.clone());
        assert_eq!(crate::trace::ours_with(&text), [""; 0], "{adapter:?}: clones");
        mount(acme().named(name).inbox(&inbox));
        assert_eq!(crate::trace::ours_with(&text).len(), 1, "{adapter:?}");
    }
}
