//! A server that is killed and started again under load.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookporter_nats::Inbox;
use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, WorkError};
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep, timeout};

use crate::server::Server;

/// What senders and the worker saw.
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
    let inbox = server.inbox("killed").await;
    let seen = Arc::new(Seen::default());
    let working = seen.clone();
    let worker = inbox.worker(move |event: Event| {
        working.worked.lock().unwrap().insert(event.id().unwrap().to_owned());
        std::future::ready(Ok::<_, WorkError>(()))
    });
    tokio::spawn(worker.lease(Duration::from_secs(2)).run_until(std::future::pending()));
    let senders: Vec<_> = (0..16).map(|at| tokio::spawn(send(inbox.clone(), at.to_string(), seen.clone()))).collect();
    for round in 0..4 {
        sleep(Duration::from_millis(400)).await;
        server.kill();
        if round == 1 {
            // Away for a while: nobody waits for it, and nothing piles up.
            sleep(Duration::from_millis(500)).await;
            for _ in 0..20 {
                let began = Instant::now();
                assert!(inbox.accept(vec![sample_record("evt_away")]).await.is_err());
                assert!(began.elapsed() < Duration::from_millis(200), "{:?}", began.elapsed());
                sleep(Duration::from_millis(15)).await;
            }
            assert!(inbox.queue_depth().0 <= 16, "{:?}", inbox.queue_depth());
        }
        server.relaunch();
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
    assert!(longest < Duration::from_secs(3), "a sender waited for {longest:?}");

    let acknowledged = seen.acknowledged.lock().unwrap().clone();
    let stored = server.count("killed").await;
    let (told, refused) = (acknowledged.len(), seen.refused.load(Ordering::Relaxed));
    assert!(told > 300 && refused > 0, "{told} acknowledged, {refused} refused");
    assert!(stored >= u64::try_from(told).unwrap(), "{told} acknowledged, {stored} stored");
    let began = Instant::now();
    loop {
        let missing: Vec<_> = acknowledged.difference(&seen.worked.lock().unwrap()).cloned().collect();
        if missing.is_empty() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "acknowledged and not worked: {missing:?}");
        sleep(Duration::from_millis(100)).await;
    }
    println!("{told} acknowledged, {stored} stored, {refused} refused, at most {longest:?}");
}
