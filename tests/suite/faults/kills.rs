//! `kill -9` at the worst moments: between the commit and the answer, the answer and the worker, in the midst of the work.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use hookporter::inbox::WorkError;
use hookporter::{Endpoint, Event, Inbox, Secret};

use super::scene::{KEY, Place, TARGET, both_at_once, has_strace, outcomes_of, paid};
use super::scene::{receive, receive_disturbed, send_timed, send_until_kept, work};
use crate::attacks::raw;
use crate::examples::program::{Program, signal};
use crate::server::{Adapter, PATH};
use crate::wire::Wire;

/// What a victim is to do, its file or address, and its file where it has both.
const LIFE: &str = "HOOKPORTER_FAULTS_LIFE";
const AT: &str = "HOOKPORTER_FAULTS_AT";
const FILE: &str = "HOOKPORTER_FAULTS_FILE";

/// This same program once more.
fn victim_of(life: &str, at: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["faults::kills::victim", "--exact", "--ignored", "--nocapture"]).env(LIFE, life).env(AT, at);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
#[ignore = "the victim of the tests beside it"]
fn victim() {
    let (life, at) = (std::env::var(LIFE).expect("which life"), std::env::var(AT).expect("where"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match &*life {
        "kills itself in the work" => runtime.block_on(kills_itself(&at)),
        "accepts with tower" => runtime.block_on(accepts(Adapter::Tower, &at)),
        "accepts with actix" => runtime.block_on(accepts(Adapter::Actix, &at)),
        "holds in memory" => runtime.block_on(background(&at, true)),
        "works in memory" => runtime.block_on(background(&at, false)),
        other => panic!("no life is called {other}"),
    }
}

/// Accepts into its inbox, and nobody works it.
async fn accepts(adapter: Adapter, address: &str) {
    let inbox = Inbox::open(std::env::var_os(FILE).expect("which file")).await.unwrap();
    let endpoint = Endpoint::stripe(Secret::new(KEY)).unwrap().inbox(&inbox);
    match adapter {
        Adapter::Tower => {
            let service = hookporter::axum::EndpointService::new(endpoint).unwrap();
            let app: axum::Router = axum::Router::new().route_service(TARGET, service);
            hookporter::axum::serve(address, app).await.unwrap();
        }
        Adapter::Actix => {
            let resource = hookporter::actix::EndpointResource::new(TARGET, endpoint).unwrap();
            let app = move || actix_web::App::new().service(resource.clone());
            hookporter::actix::serve(address, app).await.unwrap();
        }
    }
}

/// Starts a receiver without a worker.
fn accepting(adapter: Adapter, place: &Place) -> Program {
    let life = match adapter {
        Adapter::Tower => "accepts with tower",
        Adapter::Actix => "accepts with actix",
    };
    Program::run(life, |address| {
        let mut command = victim_of(life, &address.to_string());
        command.env(FILE, place.inbox());
        command
    })
}

async fn kills_itself(file: &str) {
    let inbox = Inbox::open(file).await.unwrap();
    let worker = inbox.worker(|event: Event| async move {
        println!("\nattempt {} of {}", event.attempt(), event.id().unwrap());
        signal(std::process::id(), "KILL");
        std::future::pending::<Result<(), WorkError>>().await
    });
    // Where there is no event, the test is to fail and not to hang.
    let _ = worker.run_until(tokio::time::sleep(Duration::from_secs(20))).await;
}

const SECRET: &str = "a secret that is long enough";
const CAPACITY: usize = 4;

/// A receiver that works in memory; `holds`: and never gets to it.
async fn background(address: &str, holds: bool) {
    let handle = move |event: Event| async move {
        if holds {
            std::future::pending::<()>().await;
        }
        println!("\nworked {}", String::from_utf8_lossy(event.body()));
        Ok::<(), std::io::Error>(())
    };
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().background(CAPACITY).on("push", handle);
    let service = hookporter::axum::EndpointService::new(endpoint).unwrap();
    let app: axum::Router = axum::Router::new().route_service(PATH, service);
    hookporter::axum::serve(address, app).await.unwrap();
}

#[test]
fn killed_between_the_commit_and_the_answer_the_retry_is_a_duplicate() {
    if !has_strace("a kill before the answer") {
        return;
    }
    both_at_once(|adapter| {
        let place = Place::new();
        let kill = [
            "-e",
            "trace=sendto,sendmsg,writev",
            "-e",
            // Whatever the answer is written with.
            "inject=sendto,sendmsg,writev:signal=SIGKILL:when=1",
        ];
        let program = receive_disturbed(adapter, &place, &kill);
        let (answer, _) = send_timed(program.address, &paid("evt_1"));
        assert_eq!(answer, None, "{adapter:?}: killed before the answer");
        program.has_died();
        assert_eq!(place.only_event().id, "evt_1", "{adapter:?}");

        let program = receive(adapter, &place, &[]);
        let (answer, _) = send_timed(program.address, &paid("evt_1"));
        assert_eq!(answer.map(|answer| answer.status), Some(200), "{adapter:?}");
        assert_eq!(outcomes_of(&program, 1), [("duplicate".to_owned(), None)], "{adapter:?}");
        assert_eq!(place.only_event().id, "evt_1", "{adapter:?}");
    });
}

#[test]
fn killed_between_the_answer_and_the_work_it_is_worked_after_the_restart() {
    both_at_once(|adapter| {
        let place = Place::new();
        let program = accepting(adapter, &place);
        let (status, _) = send_until_kept(&program, "evt_1");
        program.kill();
        assert_eq!(status, Some(200), "{adapter:?}");
        let mut program = work(&place);
        program.says("attempt=1");
        let events = place.all_done();
        assert_eq!((events.len(), events[0].attempts), (1, 1), "{adapter:?}: {events:?}");
    });
}

#[test]
fn killed_in_the_midst_of_the_work_it_is_worked_again_as_the_second_attempt() {
    let place = Place::new();
    let program = accepting(Adapter::Tower, &place);
    assert_eq!(send_until_kept(&program, "evt_1").0, Some(200));
    program.kill();

    let inbox = place.inbox();
    let ended = victim_of("kills itself in the work", inbox.to_str().unwrap()).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(said.contains("attempt 1 of evt_1") && ended.status.code().is_none(), "{said}");
    let left = place.only_event();
    assert_eq!((&*left.state, left.attempts), ("working", 1), "the attempt was written down before it began");

    // Nobody waits for the lease of a process that is gone.
    let mut program = work(&place);
    program.says("attempt=2");
    let events = place.all_done();
    assert_eq!((events.len(), events[0].attempts), (1, 2), "{events:?}");
}

/// In memory the promise is another one: what was acknowledged is lost, but no more than the capacity; and it is not
/// remembered as done, so that a redelivery is worked.
#[test]
fn killed_with_work_in_memory_no_more_is_lost_than_the_capacity() {
    let start =
        |life: &'static str| Program::run(life, move |address: SocketAddr| victim_of(life, &address.to_string()));
    let push = |at: usize| hookporter_testkit::github(SECRET).event("push").target(PATH).body(format!("{at}")).build();
    let told = |program: &Program, at: usize| {
        let mut wire = Wire::connect(program.address);
        wire.write(&raw(&push(at)));
        wire.answer().unwrap().status
    };
    let program = start("holds in memory");
    let answers: Vec<u16> = (0..CAPACITY + 2).map(|at| told(&program, at)).collect();
    assert_eq!(answers, [200, 200, 200, 200, 503, 503], "no more than the capacity is acknowledged");
    program.kill();

    let mut program = start("works in memory");
    std::thread::sleep(Duration::from_millis(300));
    assert!(!program.output().contains("worked"), "{}", program.output());
    assert_eq!(told(&program, 0), 200);
    program.says("worked 0");
}
