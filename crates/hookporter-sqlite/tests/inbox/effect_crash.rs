//! A process that is killed while its workers have effects: each event has exactly one in the end.

use std::time::Duration;

use hookporter_sqlite::Inbox;
use rusqlite::Connection;

use crate::crash::{live_and_die, produce, random, rounds, runtime, told, work_the_rest};
use crate::directory::Directory;
use crate::effect::count;

#[test]
#[ignore = "the victim of the test beside it"]
fn victim() {
    let (file, life) = told();
    runtime().block_on(async {
        let inbox = Inbox::open(file).await.unwrap();
        let table = "CREATE TABLE IF NOT EXISTS effects (event TEXT PRIMARY KEY, times INTEGER NOT NULL)";
        inbox.with_connection(|connection| connection.execute_batch(table)).await.unwrap();
        for producer in 0..4 {
            tokio::spawn(produce(inbox.clone(), format!("{life}.{producer}"), Duration::ZERO));
        }
        let _ = inbox.transactional_worker(count).run_until(std::future::pending()).await;
    });
}

#[test]
fn each_event_of_a_process_that_is_killed_has_its_effect_exactly_once() {
    let directory = Directory::new();
    let (mut acked, mut seed) = (0, u64::from(std::process::id()));
    for life in 0..rounds() {
        let alive = Duration::from_millis(100 + random(&mut seed) % 300);
        acked += live_and_die("effect_crash::victim", &directory.file(), life, alive).len();
    }
    let one = |sql: &str| {
        let connection = Connection::open(directory.file()).unwrap();
        connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let mut before = one("SELECT count(*) FROM effects");
    // On a machine that had no time for them they live longer.
    for life in rounds()..rounds() + 20 {
        if before == 0 {
            let alive = Duration::from_secs(2);
            acked += live_and_die("effect_crash::victim", &directory.file(), life, alive).len();
            before = one("SELECT count(*) FROM effects");
        }
    }
    assert!(before > 0, "the victims hardly worked");
    work_the_rest(&directory.file(), |inbox| inbox.transactional_worker(count));
    let events = one("SELECT count(*) FROM events");
    let (effects, once) = (one("SELECT count(*) FROM effects"), one("SELECT count(*) FROM effects WHERE times = 1"));
    let again = one("SELECT count(*) FROM attempts WHERE outcome = 'lost'");
    println!("{acked} acknowledged, {events} events, {before} effects before the last life, {again} attempts lost");
    assert_eq!((effects, once), (events, events), "one effect for each event");
    assert_eq!(one("SELECT count(*) FROM events JOIN effects ON event = event_id WHERE state = 'done'"), events);
}
