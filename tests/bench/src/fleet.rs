//! What measurements of several worker processes share. Each of them is the measuring program, run once more.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{AcceptingSide, WorkError, Worker, WorkingSide};

use crate::inbox;

/// Tells a copy of this program that it is to work.
const WORKS: &str = "HOOKPORTER_BENCH_WORKS";
/// How long something is counted.
pub const LASTING: Duration = Duration::from_secs(2);

/// Whether this process is one of the workers.
#[must_use]
pub fn is_worker() -> bool {
    std::env::var_os(WORKS).is_some()
}

/// A worker whose function does nothing.
fn idle(inbox: &(impl WorkingSide + Clone)) -> Worker {
    Worker::new(inbox.clone(), |_: Event| async { Ok::<_, WorkError>(()) }).concurrency(64)
}

/// Works until the process that started this one has enough.
pub async fn work(inbox: &(impl WorkingSide + Clone)) {
    let over = async {
        // It ends with its input.
        let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await;
    };
    let _ = idle(inbox).run_until(over).await;
}

/// Worker processes, told the URL of a server.
struct Workers(Vec<Child>);

impl Workers {
    fn start(url: &str, processes: usize) -> Self {
        let start = |_| {
            let mut command = Command::new(std::env::current_exe().expect("this program"));
            command.arg(url).env(WORKS, "1").stdin(Stdio::piped()).spawn().expect("a worker")
        };
        Self((0..processes).map(start).collect())
    }

    fn end(mut self) {
        for worker in &mut self.0 {
            drop(worker.stdin.take());
            worker.wait().expect("a worker");
        }
    }
}

/// Prints how many events a second one to four processes have done, from the first on that is done. `prepared` makes an inbox in
/// which so many wait, and `done` says how many of these are done.
///
/// # Panics
/// If a process cannot be started.
pub async fn processes(url: &str, events: u64, prepared: impl AsyncFn(), done: impl AsyncFn() -> u64) {
    println!("{:>9} {:>10} {:>6}", "processes", "done/s", "ratio");
    let mut one = None;
    for processes in 1..=4 {
        prepared().await;
        let workers = Workers::start(url, processes);
        let rate = since_the_first(events, &done).await;
        workers.end();
        println!("{processes:>9} {rate:>10.0} {:>6.2}", rate / *one.get_or_insert(rate));
    }
}

async fn since_the_first(events: u64, done: &impl AsyncFn() -> u64) -> f64 {
    let mut began = None;
    loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let count = done().await;
        if count == 0 {
            continue;
        }
        let (from, first) = *began.get_or_insert_with(|| (Instant::now(), count));
        if count >= events {
            return (events - first) as f64 / from.elapsed().as_secs_f64();
        }
    }
}

/// Prints what is accepted and done in a second while few or many wait. `prepared` makes an inbox in which so many wait, and `done`
/// says how many were done, counted from any moment.
///
/// Workers are measured behind the acceptances, so what these have brought waits for them, too: with few alone they would run out.
///
/// # Panics
/// If the inbox does not accept.
pub async fn waiting<I>(prepared: impl AsyncFn(u64) -> I, done: impl AsyncFn() -> i64)
where
    I: AcceptingSide + WorkingSide + Clone,
{
    println!("{:>9} {:>10} {:>6} {:>10} {:>6}", "waiting", "accepted/s", "ratio", "done/s", "ratio");
    let mut few = None;
    for waiting in [10_000, 1_000_000] {
        let inbox = prepared(waiting).await;
        let accepted = inbox::rate(&inbox, 64, LASTING).await.per_second;
        let (began, before) = (Instant::now(), done().await);
        let _ = idle(&inbox).run_until(tokio::time::sleep(LASTING)).await;
        let rate = (done().await - before) as f64 / began.elapsed().as_secs_f64();
        let (first_accepted, first_rate) = *few.get_or_insert((accepted, rate));
        let ratios = (accepted / first_accepted, rate / first_rate);
        println!("{waiting:>9} {accepted:>10.0} {:>6.2} {rate:>10.0} {:>6.2}", ratios.0, ratios.1);
    }
}

/// Prints what an event costs a server that is accepted, and one that is worked. `spent` says what was spent so far, and `done` how
/// many were done, counted from any moment.
///
/// # Panics
/// If the inbox does not accept.
pub async fn costs<I, const N: usize>(inbox: &I, spent: impl AsyncFn() -> [f64; N], done: impl AsyncFn() -> i64)
where
    I: AcceptingSide + WorkingSide + Clone,
{
    let say = |what: &str, from: [f64; N], to: [f64; N], events: f64| {
        let each = from.into_iter().zip(to).map(|(from, to)| format!(" {:>9.1}", (to - from) / events));
        println!("{what:>25}{}", each.collect::<String>());
    };
    let empty = spent().await;
    let count = inbox::rate(inbox, 64, LASTING).await.per_second * LASTING.as_secs_f64();
    let full = spent().await;
    say("accepted", empty, full, count);
    let before = done().await;
    // Whatever was accepted outlasts it.
    let _ = idle(inbox).run_until(tokio::time::sleep(LASTING / 2)).await;
    say("worked", full, spent().await, (done().await - before) as f64);
}
