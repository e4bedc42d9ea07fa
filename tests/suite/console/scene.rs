//! Something to look at: endpoints that fare well and badly, and an inbox in a real file or a real database with events in every
//! state.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hookporter::console::Console;
use hookporter::inbox::{AcceptingSide, EventRecord, RecordLabel, WorkError, Worker, WorkingSide};
use hookporter::journal::Journal;
use hookporter::nodes::SharedSide;
use hookporter::operating::{JournalSide, Operated, OperatingSide, Page, QuarantineSide, Selection, State};
use hookporter::{BoxFuture, Clock, Endpoint, Event, Inbox, Keyring, Keys, Secret, SystemClock, UnixTime};
use hookporter_testkit::SignedRequest;
use tokio::runtime::Runtime;

/// What senders would write who mean no good.
pub const HOSTILE: &str =
    "<script>window.owned=1</script>\"><img src=x onerror=window.owned=1>\u{1b}[31m\u{202e}\u{200b}\0";

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const WRONG_SECRET: &str = "a long and random secret of somebody else";
const RIGHT_SECRET: &str = "a long and random secret of the orders";
const OLD_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// What people see of the inbox, of whichever kind it is.
struct Desk {
    events: Arc<dyn OperatingSide>,
    requests: Option<Arc<dyn JournalSide>>,
    refused: Option<Arc<dyn QuarantineSide>>,
}

impl Operated for Desk {
    fn events(&self) -> Arc<dyn OperatingSide> {
        self.events.clone()
    }

    fn requests(&self) -> Option<Arc<dyn JournalSide>> {
        self.requests.clone()
    }

    fn refused(&self) -> Option<Arc<dyn QuarantineSide>> {
        self.refused.clone()
    }

    fn shared(&self) -> Option<Arc<dyn SharedSide>> {
        None
    }
}

/// Endpoints, an inbox with a worker, and consoles of them.
pub struct Scene {
    pub stripe: Endpoint,
    pub github: Endpoint,
    pub orders: Endpoint,
    shop: Endpoint,
    desk: Desk,
    /// Closes the inbox.
    close: Option<BoxFuture<'static, ()>>,
    journal: Journal,
    folder: PathBuf,
    runtime: Option<Runtime>,
    worker: Option<(tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<()>)>,
}

impl Scene {
    /// In a file.
    pub fn new() -> Self {
        let (folder, runtime) = place();
        let inbox = runtime.block_on(Inbox::open(folder.join("hooks.db"))).unwrap();
        let closing = inbox.clone();
        Self::over(folder, runtime, &inbox, Box::pin(async move { closing.close().await }))
    }

    /// In the database of this address.
    pub fn in_database(url: &str) -> Self {
        let (folder, runtime) = place();
        let inbox = runtime.block_on(hookporter::postgres::Inbox::connect(url)).unwrap();
        let closing = inbox.clone();
        Self::over(folder, runtime, &inbox, Box::pin(async move { closing.close().await }))
    }

    fn over<I: AcceptingSide + WorkingSide + Operated + Clone>(
        folder: PathBuf,
        runtime: Runtime,
        inbox: &I,
        close: BoxFuture<'static, ()>,
    ) -> Self {
        let journal = Journal::in_memory(1_000);
        let ago = |hours: u64| SystemClock.now().minus(Duration::from_secs(hours * 3600));
        let keys = Keyring::new()
            .add(Secret::new(SECRET).named("STRIPE_WEBHOOK_SECRET"))
            .add(Secret::new(OLD_SECRET).named("STRIPE_SECRET_2024").expires_at(ago(1)));
        let stripe = Endpoint::stripe(keys).unwrap().inbox(inbox).observer(journal.clone());
        let github = Secret::new("a long and random secret").named("GITHUB_SECRET");
        let github = Endpoint::github(github).unwrap().inbox(inbox).observer(journal.clone());
        let key = folder.join("ORDERS_SECRET");
        std::fs::write(&key, WRONG_SECRET).unwrap();
        let orders = Endpoint::github(Keys::files([key])).unwrap().named("orders").inbox(inbox).quarantine().unwrap();
        let orders = orders.observer(journal.clone());
        let shop = Endpoint::custom("shop-floor", shop_scheme(), Secret::new("another long and random secret"));
        let shop = shop.unwrap().expect_every(Duration::from_millis(1));
        // Silence counts from the first time that somebody asks.
        let _ = shop.health();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let worker = Worker::new(inbox.clone(), work);
        let worker = runtime.spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            let _ = worker.run_until(stopped).await;
        });
        let scene = Self {
            stripe,
            github,
            orders,
            shop,
            desk: Desk { events: inbox.events(), requests: inbox.requests(), refused: inbox.refused() },
            close: Some(close),
            journal,
            folder,
            runtime: Some(runtime),
            worker: Some((stop, worker)),
        };
        scene.fill(inbox);
        scene
    }

    /// A console that may change things, and one that may not.
    pub fn consoles(&self) -> (Console, Console) {
        let endpoints = || [&self.shop, &self.orders, &self.github, &self.stripe].map(Endpoint::clone);
        let console = || Console::new(endpoints()).inbox(&self.desk).journal(self.journal.clone());
        (console().allow_changes(), console())
    }

    /// Events in every state: done, dead letters, parked ones, one with 5 MiB, and one of somebody who means no good.
    fn fill(&self, inbox: &impl AcceptingSide) {
        let now = SystemClock.now();
        let mut records = Vec::new();
        for number in 0..130 {
            let body = if number % 4 == 0 { broken(number) } else { paid(number) };
            records.push(record(&format!("evt_{number:04}"), "invoice.paid", body, now));
        }
        for number in 0..3 {
            let mut parked = record(&format!("evt_parked_{number}"), "invoice.finalized", paid(number), now);
            parked.parked = true;
            records.push(parked);
        }
        records.push(record(&format!("evt_{HOSTILE}"), HOSTILE, Bytes::from(format!("broken {HOSTILE}")), now));
        records.push(record("evt_large", "export.done", large(), now));
        let runtime = self.runtime.as_ref().unwrap();
        runtime.block_on(async {
            inbox.accept(records).await.unwrap();
            for _ in 0..1500 {
                let left = [State::Waiting, State::Working].map(|state| Selection::all().state(state));
                let mut waiting = 0;
                for which in left {
                    waiting += self.desk.events.select(which, Page::Before(i64::MAX), 1).await.unwrap().len();
                }
                if waiting == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            panic!("the worker did not come to an end");
        });
    }

    /// Requests as senders make them: to be sent to a server of these endpoints, to this path.
    pub fn requests() -> Vec<(&'static str, SignedRequest)> {
        let now = SystemClock.now();
        let stripe = |secret: &str, id: &str| {
            hookporter_testkit::stripe(secret).at(now).event_id(id).target("/hooks/stripe").build()
        };
        let push = hookporter_testkit::github("a long and random secret").event("push").target("/hooks/github");
        let mut requests =
            vec![("accepted", stripe(SECRET, "evt_in_time")), ("accepted", stripe(SECRET, "evt_in_time"))];
        requests.extend((0..6).map(|number| ("refused", stripe(OLD_SECRET, &format!("evt_old_{number}")))));
        requests.push(("accepted", push.body("{\"zen\":\"Keep it logically awesome.\"}").build()));
        // Signed with the right secret, which the server does not have yet.
        let order = hookporter_testkit::github(RIGHT_SECRET).event("order").target("/hooks/orders");
        let order = |number| order.clone().body(format!("{{\"order\":{number}}}")).build();
        requests.extend((1..4).map(|number| ("refused", order(number))));
        requests
    }

    /// The file of a key that is wrong, and what ought to be in it.
    pub fn key(&self) -> (PathBuf, &'static str) {
        (self.folder.join("ORDERS_SECRET"), RIGHT_SECRET)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            if let Some((stop, worker)) = self.worker.take() {
                drop(stop);
                let _ = runtime.block_on(worker);
            }
            self.close.take().into_iter().for_each(|close| runtime.block_on(close));
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A folder, and a runtime.
fn place() -> (PathBuf, Runtime) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("hookporter-pages-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    (folder, runtime)
}

fn shop_scheme() -> hookporter::core::Scheme {
    use hookporter::core::{Header, Scheme};
    Scheme::hmac_sha256().signed("{body}").signature(Header::new("x-shop-signature").hex())
}

async fn work(event: Event) -> Result<(), WorkError> {
    if event.body().starts_with(b"broken") || event.body().windows(8).any(|part| part == b"\"broken\"") {
        return Err(WorkError::dead_letter("the ledger said no: 422, no such account"));
    }
    Ok(())
}

fn record(id: &str, kind: &str, body: Bytes, now: UnixTime) -> EventRecord {
    let label = |text: &str| Some(RecordLabel { text: text.to_owned(), signed: true });
    let mut record = EventRecord::new("stripe", body, now);
    record.identity = Some(id.as_bytes().to_vec());
    record.provider = "stripe".to_owned();
    (record.event_id, record.event_type) = (label(id), label(kind));
    record.target = "/hooks/stripe".to_owned();
    record.headers = vec![
        ("content-type".to_owned(), b"application/json; charset=utf-8".to_vec()),
        ("user-agent".to_owned(), format!("Stripe/1.0 {}", kind.replace('\0', "")).into_bytes()),
    ];
    record.key_id = "STRIPE_WEBHOOK_SECRET".to_owned();
    record.coverage = hookporter::Coverage::Body;
    record.peer = Some("198.51.100.7:40112".to_owned());
    record
}

fn paid(number: u32) -> Bytes {
    Bytes::from(format!(
        "{{\"id\":\"evt_{number:04}\",\"object\":\"event\",\"type\":\"invoice.paid\",\"livemode\":true,\"data\":{{\"object\":{{\"id\":\
         \"in_1PqX{number}\",\"amount_paid\":12900,\"currency\":\"eur\",\"customer\":\"cus_QhX{number}\",\"lines\":[{{\"description\":\
         \"Pro plan – March\",\"quantity\":1}}],\"metadata\":{{}}}}}}}}"
    ))
}

fn broken(number: u32) -> Bytes {
    Bytes::from(format!("{{\"id\":\"evt_{number:04}\",\"account\":\"broken\",\"amount\":12900}}"))
}

/// 5 MiB of every byte there is.
pub fn large() -> Bytes {
    (0..5 * 1024 * 1024_u32).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect()
}
