//! A node between which and the server the network fails.

use std::time::Duration;

use hookporter_nats::Settings;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_testkit::inbox::{Mood, Network, Stopwatch, sample_record};
use tokio::time::{Instant, sleep, timeout};

use crate::server::Server;

async fn network(server: &Server) -> (Network, String) {
    let network = Network::to(server.address()).await.unwrap();
    let url = format!("nats://127.0.0.1:{}", network.port());
    (network, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_whose_confirmation_is_lost_is_not_acknowledged_and_its_next_try_is_a_duplicate() {
    let Some(server) = Server::start() else { return };
    let (network, url) = network(&server).await;
    let inbox = Settings::new().stream("lost").connect(&url).await.unwrap();
    let mut duplicates = 0;
    for at in 0..10 {
        let id = format!("evt_{at}");
        network.set(Mood::LosesAnswer);
        // Now and then it is another question that has no answer, and the event is not there.
        if inbox.accept(vec![sample_record(&id)]).await.is_ok() {
            continue;
        }
        let again = async {
            loop {
                if let Ok(answers) = inbox.accept(vec![sample_record(&id)]).await {
                    return answers;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        let answers = timeout(Duration::from_secs(20), again).await.expect("not back");
        duplicates += usize::from(answers == [Accepted::Duplicate]);
    }
    assert!(duplicates > 0, "no answer was lost");
    assert!(server.count("lost").await <= 10, "each is there once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_cut_off_in_silence_refuses_and_is_back_within_two_seconds() {
    let Some(server) = Server::start() else { return };
    let (network, url) = network(&server).await;
    let inbox = Settings::new().stream("silence").connect(&url).await.unwrap();
    network.set(Mood::Swallows);
    // Once the silence is noticed, nobody waits any more.
    let began = Stopwatch::start();
    loop {
        let asked = Stopwatch::start();
        assert!(inbox.accept(vec![sample_record("evt_1")]).await.is_err());
        if asked.elapsed() < Duration::from_millis(500) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "senders still wait");
    }
    let began = Instant::now();
    while inbox.queue_depth() != (0, 0) {
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", inbox.queue_depth());
        sleep(Duration::from_millis(20)).await;
    }
    network.set(Mood::Passes);
    let back = async {
        while inbox.accept(vec![sample_record("evt_1")]).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    Stopwatch::within(Duration::from_secs(2), back).await.expect("not back within two seconds");
    assert_eq!(server.count("silence").await, 1);
}
