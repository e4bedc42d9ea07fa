//! A network that loses answers, and one that swallows everything.

use std::time::Duration;

use hookporter_pipeline::HandoffError;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, EventRecord};
use hookporter_redis::{Inbox, Settings};
use hookporter_testkit::inbox::{Mood, Network, Stopwatch, sample_record};
use tokio::time::{sleep, timeout};

use crate::server::Server;

async fn through(server: &Server, name: &str) -> (Inbox, Network) {
    let network = Network::to(server.address()).await.unwrap();
    let url = format!("redis://127.0.0.1:{}", network.port());
    (Settings::new().name(name).queue(32, 1_000_000).connect(&url).await.unwrap(), network)
}

async fn accept(inbox: Inbox, record: EventRecord) -> Result<Vec<Accepted>, HandoffError> {
    inbox.accept(vec![record]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_whose_answer_is_lost_is_not_acknowledged() {
    let Some(server) = Server::start() else { return };
    let (inbox, network) = through(&server, "answers").await;
    let look = server.look().await;
    let (mut kept_unanswered, mut at) = (0, 0);
    while kept_unanswered < 5 {
        at += 1;
        assert!(at < 40, "hardly ever was it the answer to an event that was lost");
        let id = format!("evt_{at}");
        network.set(Mood::LosesAnswer);
        if inbox.accept(vec![sample_record(&id)]).await.is_ok() {
            // It was the answer to another question, on another connection.
            continue;
        }
        // The server has it all the same, unless it was the question before it whose answer was lost: then it may come to it yet.
        let is_kept = look.events("answers").await == at;
        let began = Stopwatch::start();
        let again = loop {
            match inbox.accept(vec![sample_record(&id)]).await {
                Ok(again) => break again,
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
            assert!(began.elapsed() < Duration::from_secs(2));
        };
        assert!(again == [Accepted::Duplicate] || (again == [Accepted::New] && !is_kept), "event {at}: {again:?}");
        kept_unanswered += u32::from(again == [Accepted::Duplicate]);
        assert_eq!(look.events("answers").await, at);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_answers_holds_a_bounded_number_for_a_bounded_time() {
    let Some(server) = Server::start() else { return };
    let (inbox, network) = through(&server, "silent").await;
    assert_eq!(inbox.accept(vec![sample_record("evt_0")]).await.unwrap(), [Accepted::New]);
    network.set(Mood::Swallows);
    let began = Stopwatch::start();
    let waiting: Vec<_> =
        (0..200).map(|at| tokio::spawn(accept(inbox.clone(), sample_record(&format!("evt_{at}"))))).collect();
    let mut full = 0;
    for answer in waiting {
        let error = timeout(Duration::from_secs(60), answer).await.expect("it waits for ever").unwrap().unwrap_err();
        full += u32::from(error.kind() == HandoffError::full().kind());
    }
    assert!(full >= 100, "only {full} of 200 were told at once that it is full");
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    network.set(Mood::Passes);
    let back = async {
        while inbox.accept(vec![sample_record("evt_new")]).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    Stopwatch::within(Duration::from_secs(2), back).await.expect("not back within two seconds");
}
