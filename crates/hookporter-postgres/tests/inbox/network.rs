//! A network that cuts connections in a commit, and one that lets nothing through.

use std::time::Duration;

use hookporter_core::SystemClock;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_pipeline::{HandoffError, inbox::EventRecord};
use hookporter_postgres::Inbox;
use hookporter_testkit::inbox::{Stopwatch, sample_record};
use tokio::time::{sleep, timeout};

use crate::proxy::{Cut, READY, Weather, network};
use crate::server::{Server, number};

async fn through(server: &Server, schema: &str) -> (Inbox, Weather) {
    let (url, weather) = network(server).await;
    (server.settings(schema).clock(SystemClock).queue(32, 1_000_000).connect(&url).await.unwrap(), weather)
}

/// The server's word that it is ready is the last of an answer, and only then it has committed: whoever has all but that knows
/// nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_not_acknowledged() {
    let Some(server) = Server::start() else { return };
    let (inbox, weather) = through(&server, "answers").await;
    let pool = server.pool().await;
    assert_eq!(inbox.accept(vec![sample_record("evt")]).await.unwrap(), [Accepted::New]);
    let cuts =
        [Cut::Before, Cut::Answer(0), Cut::Answer(1), Cut::Answer(-READY - 1), Cut::Answer(-READY), Cut::Answer(-1)];
    // By itself, which is one statement; and in a lane, which is a transaction.
    let rounds = [None, Some("lane")].into_iter().flat_map(|lane| cuts.map(|cut| (lane, cut)));
    for (round, (lane, cut)) in (0_u32..).zip(rounds) {
        let record = || {
            let mut record = sample_record(&format!("evt_{round}"));
            record.lane = lane.map(str::to_owned);
            record
        };
        weather.cut_next(cut);
        assert!(inbox.accept(vec![record()]).await.is_err(), "{cut:?}: acknowledged without an answer");
        assert_eq!(weather.cuts(), round + 1, "{cut:?}: it was something else that failed");
        // The sender's next try, once the connection is there again.
        let began = Stopwatch::start();
        let again = loop {
            match inbox.accept(vec![record()]).await {
                Ok(again) => break again,
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
            assert!(began.elapsed() < Duration::from_secs(2));
        };
        let stored = cut != Cut::Before;
        assert_eq!(again, [if stored { Accepted::Duplicate } else { Accepted::New }], "{cut:?}");
        assert_eq!(number(&pool, "SELECT count(*) FROM answers.events").await, i64::from(round + 2));
        // Anew on a new connection.
        assert_eq!(inbox.accept(vec![sample_record("evt")]).await.unwrap(), [Accepted::Duplicate]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_answers_holds_a_bounded_number_for_a_bounded_time() {
    let Some(server) = Server::start() else { return };
    let (inbox, weather) = through(&server, "silent").await;
    assert_eq!(inbox.accept(vec![sample_record("evt_0")]).await.unwrap(), [Accepted::New]);
    // Nothing else is being asked, so that it is a batch that is held.
    sleep(Duration::from_millis(100)).await;
    weather.hold();
    let began = Stopwatch::start();
    let waiting: Vec<_> =
        (0..200).map(|at| tokio::spawn(accept(inbox.clone(), sample_record(&format!("evt_{at}"))))).collect();
    let mut full = 0;
    for answer in waiting {
        let error = timeout(Duration::from_secs(60), answer).await.expect("it waits for ever").unwrap().unwrap_err();
        full += u32::from(error.kind() == HandoffError::full().kind());
    }
    assert!(full >= 100, "only {full} of 200 were told at once that it is full");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    weather.release();
    let back = async {
        while inbox.accept(vec![sample_record("evt_new")]).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    Stopwatch::within(Duration::from_secs(2), back).await.expect("not back within two seconds");
}

async fn accept(inbox: Inbox, record: EventRecord) -> Result<Vec<Accepted>, HandoffError> {
    inbox.accept(vec![record]).await
}
