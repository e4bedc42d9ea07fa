//! Openings that nobody waits for any more, and how long an opening takes.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, WorkingSide};
use hookporter_sqlite::{Inbox, OpenError};
use hookporter_testkit::inbox::{START, sample_record};
use tokio::time::Instant;

use crate::directory::Directory;
use crate::waiting::{LONG, once_within};

/// A file with so many bytes of bodies, as a crash leaves it: the next start looks all of it through.
async fn large(directory: &Directory, events: usize, bytes: usize) {
    let inbox = Inbox::open(directory.file()).await.unwrap();
    for at in 0..events {
        let mut record = sample_record(&format!("evt_{at}"));
        record.body = vec![b'x'; bytes].into();
        inbox.accept(vec![record]).await.unwrap();
    }
    inbox.close().await;
    std::fs::write(format!("{}.lock", directory.file().display()), "inbox\n").unwrap();
}

/// Opens it as soon as it is free.
async fn opened_within(directory: &Directory, longest: Duration) -> Duration {
    let begun = Instant::now();
    loop {
        match Inbox::open(directory.file()).await {
            Ok(inbox) => {
                inbox.close().await;
                return begun.elapsed();
            }
            Err(OpenError::InUse { .. }) if begun.elapsed() < longest => {}
            Err(error) => panic!("after {:?}: {error:?}", begun.elapsed()),
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn an_opening_that_is_cancelled_gives_the_file_back_soon() {
    let directory = Directory::new();
    large(&directory, 1, 1).await;
    // At moments from before the thread has begun to after it has answered.
    for at in 0..60_u64 {
        {
            let mut opening = pin!(Inbox::open(directory.file()));
            // Now and then it is open before anybody has looked: then this is a handle that is dropped at once.
            drop(opening.as_mut().poll(&mut Context::from_waker(Waker::noop())));
            std::thread::sleep(Duration::from_micros(at * at * 4));
        }
        opened_within(&directory, LONG).await;
    }
}

#[tokio::test]
async fn a_large_file_is_not_looked_through_to_its_end_for_nobody() {
    let directory = Directory::new();
    large(&directory, 150, 1 << 20).await;
    // What another one took of the machine meanwhile is in either figure: now and then in one of them only.
    let shares = async || cancelled_and_opened_again(&directory).await;
    once_within("of a whole look, as thousandths", Duration::from_millis(750), shares).await;
}

/// How long it takes until the file is open after a cancelled look, in thousandths of the time of a whole one.
async fn cancelled_and_opened_again(directory: &Directory) -> Duration {
    let lock = format!("{}.lock", directory.file().display());
    std::fs::write(&lock, "inbox\n").unwrap();
    let unclean = Instant::now();
    Inbox::open(directory.file()).await.unwrap().close().await;
    let unclean = unclean.elapsed();
    std::fs::write(&lock, "inbox\n").unwrap();
    {
        let mut opening = pin!(Inbox::open(directory.file()));
        assert!(opening.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        std::thread::sleep(unclean.div_f32(6.0));
    }
    // The next one does not look it through.
    std::fs::write(&lock, "inbox\nclosed\n").unwrap();
    let took = opened_within(directory, LONG).await;
    println!("looked through in {unclean:?}; cancelled, and opened again, in {took:?}");
    Duration::from_secs_f64(took.as_secs_f64() / unclean.as_secs_f64())
}

/// The figure is printed; the bound is wide, for machines that do much else.
#[tokio::test]
async fn a_start_with_a_hundred_thousand_events_that_wait_takes_less_than_a_second_or_so() {
    let directory = Directory::new();
    let inbox = Inbox::open(directory.file()).await.unwrap();
    for thousand in 0..100 {
        let records = (0..1000).map(|at| {
            let mut record = sample_record(&format!("evt_{thousand}_{at}"));
            record.body = vec![b'x'; 1024].into();
            record
        });
        assert_eq!(inbox.accept(records.collect()).await.unwrap(), [Accepted::New; 1000]);
    }
    inbox.close().await;
    let started = async |past: &str| {
        std::fs::write(format!("{}.lock", directory.file().display()), past).unwrap();
        let begun = Instant::now();
        let inbox = Inbox::open(directory.file()).await.unwrap();
        let open = begun.elapsed();
        let claim = Claim { now: START, lease: Duration::from_millis(1), most: 64, attempts: 3 };
        assert_eq!(inbox.claim(claim).await.unwrap().leases.len(), 64);
        let took = begun.elapsed();
        println!("100,000 events: open, and the first claim, after {past:?}: {open:?}, {took:?}");
        inbox.close().await;
        took
    };
    started("inbox\n").await;
    once_within("a start", Duration::from_secs(3), async || started("inbox\nclosed\n").await).await;
}
