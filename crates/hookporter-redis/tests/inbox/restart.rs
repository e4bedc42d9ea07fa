//! A server that is killed, stopped and started again under load.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, WorkError};
use hookporter_redis::Inbox;
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep, timeout};

use crate::server::Server;

/// What senders and workers saw.
#[derive(Default)]
struct Seen {
    acknowledged: Mutex<BTreeSet<String>>,
    worked: Mutex<BTreeSet<String>>,
    refused: AtomicUsize,
    last: Mutex<Option<Instant>>,
    longest: Mutex<Duration>,
    over: AtomicBool,
}

/// A sender, who tries again what was not acknowledged.
async fn send(inbox: Inbox, name: String, seen: Arc<Seen>) {
    let mut at = 0_usize;
    while !seen.over.load(Ordering::Relaxed) {
        let id = format!("{name}.{at}");
        let began = Instant::now();
        let answer = inbox.accept(vec![sample_record(&id)]).await;
        {
            let mut longest = seen.longest.lock().unwrap();
            *longest = began.elapsed().max(*longest);
        }
        if answer.is_ok() {
            seen.acknowledged.lock().unwrap().insert(id);
            *seen.last.lock().unwrap() = Some(Instant::now());
            at = at.wrapping_add(1);
            sleep(Duration::from_millis(1)).await;
        } else {
            seen.refused.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_missing_and_the_inbox_is_back_within_two_seconds() {
    let Some(mut server) = Server::start() else { return };
    let (inbox, seen) = (server.inbox("again").await, Arc::new(Seen::default()));
    let diary = seen.clone();
    let worker = inbox.worker(move |event: Event| {
        diary.worked.lock().unwrap().insert(event.id().unwrap().to_owned());
        std::future::ready(Ok::<_, WorkError>(()))
    });
    tokio::spawn(worker.lease(Duration::from_secs(2)).run_until(std::future::pending()));
    let senders: Vec<_> = (0..16).map(|at| tokio::spawn(send(inbox.clone(), at.to_string(), seen.clone()))).collect();
    for round in 0..5 {
        sleep(Duration::from_millis(400)).await;
        // By SIGKILL, its memory lost; or as an administrator does it.
        if round == 3 {
            server.stop();
        } else {
            server.kill();
        }
        if round == 1 {
            // Away for a while: nobody waits for it, and nothing piles up.
            sleep(Duration::from_millis(1500)).await;
            for _ in 0..20 {
                let began = Instant::now();
                assert!(inbox.accept(vec![sample_record("evt_away")]).await.is_err());
                assert!(began.elapsed() < Duration::from_millis(200), "{:?}", began.elapsed());
                sleep(Duration::from_millis(15)).await;
            }
            assert_eq!(inbox.queue_depth(), (0, 0));
        }
        server.launch();
        server.await_up();
        let up = Instant::now();
        let back = async {
            while seen.last.lock().unwrap().is_none_or(|last| last < up) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(2), back).await.expect("not back within two seconds");
    }
    sleep(Duration::from_millis(300)).await;
    seen.over.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap();
    }
    let longest = *seen.longest.lock().unwrap();
    assert!(longest < Duration::from_secs(2), "a sender waited for {longest:?}");

    let look = server.look().await;
    let stored = look.ids("again").await;
    let different: BTreeSet<_> = stored.iter().cloned().collect();
    assert_eq!(stored.len(), different.len(), "one for each event");
    let acknowledged = seen.acknowledged.lock().unwrap().clone();
    let missing: Vec<_> = acknowledged.difference(&different).collect();
    assert!(missing.is_empty(), "{} acknowledged, missing: {missing:?}", acknowledged.len());
    let refused = seen.refused.load(Ordering::Relaxed);
    assert!(acknowledged.len() > 300 && refused > 0, "{} acknowledged", acknowledged.len());
    let began = Instant::now();
    while look.undone("again").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "not everything is worked");
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(*seen.worked.lock().unwrap(), different);
    println!("{} acknowledged, {} stored, {refused} refused, at most {longest:?}", acknowledged.len(), stored.len());
}
