//! A network that loses answers, and one that swallows everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use hookporter_core::SystemClock;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_pipeline::{HandoffError, inbox::EventRecord};
use hookporter_postgres::Inbox;
use hookporter_testkit::inbox::sample_record;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

use crate::server::{Server, number};

/// What the network does with what passes.
pub(crate) const PASSES: u8 = 0;
/// The next events reach the server, and both ways are cut before the answer.
const LOSES_ANSWER: u8 = 1;
/// Everything is swallowed, and nothing is closed.
pub(crate) const SWALLOWS: u8 = 2;

/// A way to the server.
pub(crate) async fn network(port: u16) -> (u16, Arc<AtomicU8>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (own, mood) = (listener.local_addr().unwrap().port(), Arc::new(AtomicU8::new(PASSES)));
    let shared = mood.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            tokio::spawn(carry(client, server, shared.clone()));
        }
    });
    (own, mood)
}

async fn carry(client: TcpStream, server: TcpStream, mood: Arc<AtomicU8>) {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let (mut asked, mut answered) = (vec![0; 65536], vec![0; 65536]);
    let mut loses = false;
    loop {
        tokio::select! {
            read = from_client.read(&mut asked) => {
                let read = read.unwrap_or(0);
                if read == 0 { return }
                if mood.load(Ordering::SeqCst) == SWALLOWS { continue }
                loses |= mood.load(Ordering::SeqCst) == LOSES_ANSWER && asked[..read].windows(4).any(|text| text == b"evt_");
                if to_server.write_all(&asked[..read]).await.is_err() { return }
            }
            read = from_server.read(&mut answered) => {
                let read = read.unwrap_or(0);
                if read == 0 { return }
                if loses {
                    mood.store(PASSES, Ordering::SeqCst);
                    return;
                }
                if mood.load(Ordering::SeqCst) == SWALLOWS { continue }
                if to_client.write_all(&answered[..read]).await.is_err() { return }
            }
        }
    }
}

async fn through(server: &Server, schema: &str) -> (Inbox, Arc<AtomicU8>) {
    let (port, mood) = network(server.port()).await;
    let url = server.url().replace(&server.port().to_string(), &port.to_string());
    (server.settings(schema).clock(SystemClock).queue(32, 1_000_000).connect(&url).await.unwrap(), mood)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_not_acknowledged() {
    let Some(server) = Server::start() else { return };
    let (inbox, mood) = through(&server, "answers").await;
    let pool = server.pool().await;
    let count = async || number(&pool, "SELECT count(*) FROM answers.events").await;
    // Prepared, so that the next one is asked in one go.
    assert_eq!(inbox.accept(vec![sample_record("evt_0")]).await.unwrap(), [Accepted::New]);
    for at in 1..6 {
        let id = format!("evt_{at}");
        // Nothing else is being asked.
        sleep(Duration::from_millis(100)).await;
        mood.store(LOSES_ANSWER, Ordering::SeqCst);
        assert!(inbox.accept(vec![sample_record(&id)]).await.is_err(), "acknowledged without an answer");
        // The server has it all the same: the sender's next try says so, once the connection is there again.
        let began = Instant::now();
        let again = loop {
            match inbox.accept(vec![sample_record(&id)]).await {
                Ok(again) => break again,
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
            assert!(began.elapsed() < Duration::from_secs(2));
        };
        assert_eq!(again, [Accepted::Duplicate]);
        assert_eq!(count().await, at + 1);
        // Anew on a new connection.
        assert_eq!(inbox.accept(vec![sample_record("evt_0")]).await.unwrap(), [Accepted::Duplicate]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_answers_holds_a_bounded_number_for_a_bounded_time() {
    let Some(server) = Server::start() else { return };
    let (inbox, mood) = through(&server, "silent").await;
    assert_eq!(inbox.accept(vec![sample_record("evt_0")]).await.unwrap(), [Accepted::New]);
    // Nothing else is being asked, so that it is a batch that is swallowed.
    sleep(Duration::from_millis(100)).await;
    mood.store(SWALLOWS, Ordering::SeqCst);
    let began = Instant::now();
    let waiting: Vec<_> =
        (0..200).map(|at| tokio::spawn(accept(inbox.clone(), sample_record(&format!("evt_{at}"))))).collect();
    let mut full = 0;
    for answer in waiting {
        let error = timeout(Duration::from_secs(10), answer).await.expect("it waits for ever").unwrap().unwrap_err();
        full += u32::from(error.kind() == HandoffError::full().kind());
    }
    assert!(full >= 100, "only {full} of 200 were told at once that it is full");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    mood.store(PASSES, Ordering::SeqCst);
    let back = async {
        while inbox.accept(vec![sample_record("evt_new")]).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(2), back).await.expect("not back within two seconds");
}

async fn accept(inbox: Inbox, record: EventRecord) -> Result<Vec<Accepted>, HandoffError> {
    inbox.accept(vec![record]).await
}
