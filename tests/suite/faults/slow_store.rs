//! A store that is slow, or that somebody else has locked.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use hookporter::{Endpoint, Inbox, Secret};
use rusqlite::Connection;

use super::scene::{BUDGET, Place, SLACK, both_at_once, has_strace, outcomes_of, paid, receive, receive_disturbed};
use super::scene::{outcomes, send_timed};
use crate::attacks::raw;
use crate::examples::program::Program;
use crate::server::{Adapter, PATH};
use crate::wire::Wire;

fn is_told_at_the_budget(took: Duration, what: &str) {
    assert!((BUDGET - Duration::from_millis(100)..BUDGET + SLACK).contains(&took), "{what}: told after {took:?}");
}

/// The sender was told 503 in time, comes again, and its event is there already: the commit came late.
fn the_retry_is_a_duplicate(program: &Program, place: &Place, id: &str, what: &str) {
    // What is shown is written by a thread of its own, a moment later.
    crate::server::wait_for(|| outcomes(program).last().is_some_and(|(last, _)| last == "unavailable"));
    crate::server::wait_for(|| place.events().iter().any(|event| event.id == id));
    let before = outcomes(program).len();
    let (answer, _) = send_timed(program.address, &paid(id));
    assert_eq!(answer.map(|answer| answer.status), Some(200), "{what}");
    let outcomes = outcomes_of(program, before + 1);
    assert_eq!(outcomes[before - 1], ("unavailable".to_owned(), Some("handoff-timeout".to_owned())), "{what}");
    assert_eq!(outcomes[before], ("duplicate".to_owned(), None), "{what}");
    let rows = place.events().into_iter().filter(|event| event.id == id).count();
    assert_eq!(rows, 1, "{what}");
}

#[test]
fn a_sync_that_takes_seconds_is_503_at_the_budget_and_the_retry_a_duplicate() {
    if !has_strace("a slow sync") {
        return;
    }
    both_at_once(|adapter| {
        let place = Place::new();
        // One sync, behind those of the opening.
        let slow = ["-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:delay_enter=6000000:when=40"];
        let program = receive_disturbed(adapter, &place, &slow);
        let refused = (0..80).find_map(|at| {
            let id = format!("evt_{at}");
            let (answer, took) = send_timed(program.address, &paid(&id));
            let status = answer.unwrap_or_else(|| panic!("{adapter:?}: no answer")).status;
            assert!(matches!(status, 200 | 503), "{adapter:?}: {status}");
            assert!(took < BUDGET + SLACK, "{adapter:?}: told after {took:?}");
            (status == 503).then_some((id, took))
        });
        let (id, took) = refused.unwrap_or_else(|| panic!("{adapter:?}: no sync was slow"));
        is_told_at_the_budget(took, &format!("{adapter:?}"));
        the_retry_is_a_duplicate(&program, &place, &id, &format!("{adapter:?}"));
    });
}

#[test]
fn another_programs_lock_is_503_at_the_budget_and_the_retry_a_duplicate() {
    both_at_once(|adapter| {
        let place = Place::new();
        let program = receive(adapter, &place, &[]);
        let other = Connection::open(place.inbox()).unwrap();
        other.busy_timeout(Duration::from_secs(5)).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let (answer, took) = send_timed(program.address, &paid("evt_1"));
        assert_eq!(answer.map(|answer| answer.status), Some(503), "{adapter:?}");
        is_told_at_the_budget(took, &format!("{adapter:?}"));
        other.execute_batch("COMMIT").unwrap();
        the_retry_is_a_duplicate(&program, &place, "evt_1", &format!("{adapter:?}"));
    });
}

const SECRET: &str = "a secret that is long enough";

/// Serves on one thread, which does everything: the address, and what ends it.
fn serve_on_one_thread(adapter: Adapter, inbox: &Inbox) -> (std::net::SocketAddr, tokio::sync::oneshot::Sender<()>) {
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().budget(Duration::from_millis(500)).inbox(inbox);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (report, bound) = mpsc::channel();
    let stop_soon = async {
        let _ = stopped.await;
    };
    std::thread::spawn(move || match adapter {
        Adapter::Tower => {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
                let service = hookporter::axum::EndpointService::new(endpoint).unwrap();
                let app: axum::Router = axum::Router::new()
                    .route_service(PATH, service)
                    .route("/alive", axum::routing::get(|| std::future::ready("yes")));
                let server = hookporter::axum::Server::bind("127.0.0.1:0").await.unwrap();
                report.send(server.local_addr().unwrap()).unwrap();
                server.run(app, stop_soon).await;
            });
        }
        Adapter::Actix => actix_web::rt::System::new().block_on(async {
            let server = hookporter::actix::Server::bind("127.0.0.1:0").unwrap().workers(1);
            report.send(server.local_addr().unwrap()).unwrap();
            let resource = hookporter::actix::EndpointResource::new(PATH, endpoint).unwrap();
            let app = move || {
                let alive = actix_web::web::to(|| std::future::ready(actix_web::HttpResponse::Ok()));
                actix_web::App::new().service(resource.clone()).route("/alive", alive)
            };
            server.run(app, stop_soon).await.unwrap();
        }),
    });
    (bound.recv_timeout(Duration::from_secs(10)).unwrap(), stop)
}

/// The store waits on a thread of its own, so the only thread of the runtime goes on.
#[test]
fn on_a_runtime_of_one_thread_a_store_that_blocks_keeps_nobody_else_waiting() {
    both_at_once(|adapter| {
        let place = Place::new();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let inbox = runtime.block_on(Inbox::open(place.inbox())).unwrap();
        let (address, _stop) = serve_on_one_thread(adapter, &inbox);
        let other = Connection::open(place.inbox()).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let push = hookporter_testkit::github(SECRET).event("push").target(PATH).build();
        let mut waiting = Wire::connect(address);
        let started = Instant::now();
        waiting.write(&raw(&push));
        std::thread::sleep(Duration::from_millis(100));
        let mut alive = Wire::connect(address);
        let asked = Instant::now();
        alive.write(b"GET /alive HTTP/1.1\r\nhost: hooks.test\r\n\r\n");
        assert_eq!(alive.answer().map(|answer| answer.status), Some(200), "{adapter:?}");
        assert!(asked.elapsed() < SLACK, "{adapter:?}: {:?}", asked.elapsed());
        assert_eq!(waiting.answer().map(|answer| answer.status), Some(503), "{adapter:?}");
        let took = started.elapsed();
        let budget = Duration::from_millis(500);
        assert!((budget - Duration::from_millis(100)..budget + SLACK).contains(&took), "{adapter:?}: {took:?}");
        other.execute_batch("COMMIT").unwrap();
        // The store tries for the lock now and then.
        let told = || send_timed(address, &push).0.map(|answer| answer.status);
        assert!((0..60).any(|_| told() == Some(200)), "{adapter:?}: nothing is taken any more");
        runtime.block_on(inbox.close());
        assert_eq!(place.events().len(), 1, "{adapter:?}");
    });
}
