//! The relay to RabbitMQ, with a real broker that is killed, started again, and takes nothing for a while.

mod rabbitmq;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use self::rabbitmq::{Mood, RabbitMq};
use super::Example;
use super::program::{Program, binary};
use crate::replay::directory::Directory;

const CUSTOMERS: usize = 3;

/// Stripe, as far as it has sent.
struct Sender {
    example: Example,
    /// How many invoices each customer has.
    sent: usize,
}

impl Sender {
    /// Sends the next invoices, to each customer as many; all of them are acknowledged.
    fn send(&mut self, relay: &Program, count: usize) {
        for at in self.sent + 1..=self.sent + count {
            for customer in 0..CUSTOMERS {
                let invoice = json!({"id": format!("in_{customer}_{at}"), "customer": format!("cus_{customer}")});
                let id = format!("evt_{customer}_{at}");
                let event = json!({"id": id, "object": "event", "type": "invoice.paid", "data": {"object": invoice}});
                let answer = relay.send_until_kept(&self.example.maker.clone().json(&event).build());
                assert_eq!(answer.status, 200, "{id}: {answer:?}");
            }
        }
        self.sent += count;
    }

    fn count(&self) -> usize {
        self.sent * CUSTOMERS
    }

    fn last(&self) -> String {
        format!("in_{}_{}", CUSTOMERS - 1, self.sent)
    }
}

/// A message that the consumer had.
#[derive(Debug)]
struct Had {
    id: String,
    is_repeated: bool,
    attempt: u32,
    customer: usize,
    at: usize,
}

/// What the consumer had, in its order.
fn had(consumer: &Program) -> Vec<Had> {
    let output = consumer.output();
    let field = |line: &str, name: &str| {
        let value = line.split_once(&format!("{name}="))?.1;
        Some(value.split([' ', '\n']).next()?.trim_matches('"').to_owned())
    };
    // The last line may not be whole yet.
    let whole = output.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole
        .lines()
        .filter(|line| line.contains("received"))
        .map(|line| {
            let object = field(line, "object").unwrap();
            let mut parts = object.split('_').skip(1).map(|part| part.parse().unwrap());
            let (customer, at) = (parts.next().unwrap(), parts.next().unwrap());
            let is_repeated = field(line, "repeated").unwrap() == "true";
            let attempt = field(line, "attempt").unwrap().parse().unwrap();
            Had { id: field(line, "message.id").unwrap(), is_repeated, attempt, customer, at }
        })
        .collect()
}

fn news(consumer: &Program) -> usize {
    had(consumer).iter().filter(|had| !had.is_repeated).count()
}

/// Waits: brokers take their time to come back, on a machine with other work above all.
fn eventually(what: &str, said: impl Fn() -> String, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(120), "{what}: {}", said());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Every event has come, each customer's in its order, and whatever came again is known by its id.
fn holds(consumer: &Program, sender: &Sender) {
    let said = || consumer.output();
    eventually("all arrive", said, || news(consumer) >= sender.count());
    let had = had(consumer);
    let mut seen: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut next = [1; CUSTOMERS];
    for had in &had {
        assert!(had.id.len() == 64, "{had:?}");
        match seen.insert(had.id.clone(), (had.customer, had.at)) {
            Some(before) => {
                assert!(had.is_repeated, "{had:?}");
                assert_eq!(before, (had.customer, had.at), "one id for two events");
            }
            None => {
                assert!(!had.is_repeated, "{had:?}");
                assert_eq!(had.at, next[had.customer], "in order: {had:?}");
                next[had.customer] += 1;
            }
        }
    }
    assert_eq!(next, [sender.sent + 1; CUSTOMERS]);
    let ids: BTreeSet<_> = had.iter().map(|had| &had.id).collect();
    assert_eq!(ids.len(), sender.count());
}

#[test]
fn relay_rabbitmq() {
    let Some(mut broker) = RabbitMq::start() else { return };
    let directory = Directory::new();
    let file = directory.file();
    let (path, url) = (file.to_str().unwrap(), broker.url());
    let example = Example::of("relay-rabbitmq", "stripe", "STRIPE_WEBHOOK_SECRET");
    assert!(Program::refuses_to_start(example.name, &[("INBOX", path)]).contains(example.variable));
    let secret = example.secret.clone();
    let variables = [(example.variable, &*secret), ("INBOX", path), ("AMQP_URL", &*url)];
    let mut sender = Sender { example, sent: 0 };

    let mut relay = Program::start("relay-rabbitmq", &variables);
    let mut consumer = Program::start_beside("relay-consumer", &[("AMQP_URL", &url)]);
    consumer.says("consuming");
    for forgery in sender.example.maker.mutations() {
        assert_eq!(relay.send(&forgery.request).status, forgery.expected.status(), "{}", forgery.name);
    }
    sender.send(&relay, 10);
    holds(&consumer, &sender);

    // The broker dies while events come in, and nobody is told anything but 200.
    let killing = std::thread::scope(|scope| {
        let killing = scope.spawn(|| broker.kill());
        sender.send(&relay, 30);
        killing.join()
    });
    killing.unwrap();
    relay.says("the broker is away");
    sender.send(&relay, 10);

    // It is back, and takes nothing.
    broker.launch(Mood::Blocking);
    relay.says_within(Duration::from_secs(60), "the broker takes nothing for now");
    sender.send(&relay, 10);
    let blocked = had(&consumer);
    assert!(blocked.iter().all(|had| format!("in_{}_{}", had.customer, had.at) != sender.last()), "{blocked:?}");

    // It takes messages again, and the relay dies over them.
    broker.kill();
    broker.launch(Mood::Usual);
    let arrived = news(&consumer);
    eventually("the next arrive", || relay.output(), || news(&consumer) > arrived);
    // Those were held before. A broker that is away is no fault of an event's: no attempt of theirs counted.
    assert!(had(&consumer).iter().all(|had| had.attempt == 1), "{:?}", had(&consumer));
    relay.kill();
    let relay = Program::start("relay-rabbitmq", &variables);
    sender.send(&relay, 10);
    holds(&consumer, &sender);

    // Somebody has an event worked again: its message has the same id.
    let repeated = |consumer: &Program| had(consumer).iter().filter(|had| had.is_repeated).count();
    let before = repeated(&consumer);
    let mended = Command::new(binary("hookporter"))
        .args(["inbox", "replay", "1", "--reason", "a test", "--inbox", path])
        .output()
        .unwrap();
    assert!(mended.status.success(), "{}", String::from_utf8_lossy(&mended.stderr));
    eventually("the replay arrives", || consumer.output(), || repeated(&consumer) > before);
    holds(&consumer, &sender);

    let (status, said) = relay.terminate();
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(said.contains("given_back=0") && !said.contains(&secret), "{said}");
}
