//! One connection to RabbitMQ, made anew when it breaks, and publishing that ends once the broker has what was published.

use std::sync::Arc;
use std::time::Duration;

use hookporter::Event;
use hookporter::inbox::WorkError;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, LongString};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

/// The queue that the events go to.
pub const QUEUE: &str = "webhooks";
/// How long a message may take, the wait for a broker that is away included; then its event is given back.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may take, and how long to wait before the next try.
const CONNECTING: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(500);
/// How long an event waits in the inbox that was given back.
const HELD: Duration = Duration::from_secs(2);
/// The message is to be on disk before it is confirmed.
const PERSISTENT: u8 = 2;

/// Where the broker is: `AMQP_URL`, else this machine.
#[must_use]
pub fn url() -> String {
    std::env::var("AMQP_URL").unwrap_or_else(|_| "amqp://127.0.0.1:5672".to_owned())
}

/// The way to the broker.
#[derive(Debug)]
pub struct Broker {
    url: String,
    /// Whoever finds none, or a broken one, makes it while the others wait.
    link: Mutex<Option<Arc<Link>>>,
}

/// A connection and the channel on it; it goes with the connection.
#[derive(Debug)]
struct Link {
    connection: Connection,
    channel: Channel,
}

impl Broker {
    /// A way that is not taken yet.
    #[must_use]
    pub fn new(url: String) -> Self {
        Self { url, link: Mutex::new(None) }
    }

    /// Publishes an event, and ends once the broker has confirmed it: what is not confirmed is published again, under the same
    /// message id, so that consumers can tell.
    ///
    /// # Errors
    /// The event is to be held until the broker is back: that is no fault of the event's, and its attempt does not count.
    pub async fn publish(&self, event: &Event) -> Result<(), WorkError> {
        let mut tried = None;
        let sending = async {
            let link = tried.insert(self.link().await);
            let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
            let sent = link.channel.basic_publish("".into(), QUEUE.into(), options, event.body(), properties(event));
            sent.await?.await
        };
        let why = match timeout(PATIENCE, sending).await {
            Ok(Ok(Confirmation::Ack(None))) => return Ok(()),
            // The broker confirms what no queue takes, too: without `mandatory` it would be gone.
            Ok(Ok(Confirmation::Ack(Some(_)))) => "no queue takes the message".to_owned(),
            Ok(Ok(_)) => "the broker could not keep the message".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the broker did not confirm the message in time".to_owned(),
        };
        if let Some(link) = tried {
            self.leave(&link).await;
        }
        tracing::warn!(event.number = event.number(), why, "held");
        Err(WorkError::hold(HELD, why))
    }

    /// A connection that works and takes something, as soon as there is one.
    async fn link(&self) -> Arc<Link> {
        let mut held = self.link.lock().await;
        loop {
            match &*held {
                // A broken one may have been blocked, too.
                Some(link) if link.is_up() && link.is_blocked() => tracing::warn!("the broker takes nothing for now"),
                Some(link) if link.is_up() => return link.clone(),
                _ => match timeout(CONNECTING, Link::new(&self.url)).await {
                    Ok(Ok(link)) => {
                        tracing::info!("connected to the broker");
                        *held = Some(Arc::new(link));
                        continue;
                    }
                    Ok(Err(error)) => tracing::warn!(error = &error as &dyn std::error::Error, "the broker is away"),
                    Err(_) => tracing::warn!("the broker does not answer"),
                },
            }
            sleep(PAUSE).await;
        }
    }

    /// Takes another connection from now on. One that the broker has blocked stays: on a new one, what it has not confirmed would
    /// be sent once more.
    async fn leave(&self, failed: &Arc<Link>) {
        let mut held = self.link.lock().await;
        if !failed.is_blocked() && held.as_ref().is_some_and(|link| Arc::ptr_eq(link, failed)) {
            *held = None;
        }
    }
}

impl Link {
    async fn new(url: &str) -> lapin::Result<Self> {
        let connection = Connection::connect(url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        declare(&channel).await?;
        Ok(Self { connection, channel })
    }

    fn is_up(&self) -> bool {
        self.connection.status().connected() && self.channel.status().connected()
    }

    /// Whether the broker has said that it takes nothing, as where its disk is nearly full.
    fn is_blocked(&self) -> bool {
        self.connection.status().blocked()
    }
}

/// Makes the queue, if it is not there: it survives the broker, and one consumer at a time has it, so that the order holds. On a
/// cluster, add `x-queue-type: quorum`, which confirms a message once most nodes have it on disk.
///
/// # Errors
/// What the broker says, such as that the queue is there and another one.
pub async fn declare(channel: &Channel) -> lapin::Result<()> {
    let mut arguments = FieldTable::default();
    arguments.insert("x-single-active-consumer".into(), AMQPValue::Boolean(true));
    channel.queue_declare(QUEUE.into(), QueueDeclareOptions::durable(), arguments).await?;
    Ok(())
}

/// What stands beside the body. The message id is that of the event, whatever its attempt: a consumer that has had it lets it be.
fn properties(event: &Event) -> BasicProperties {
    let mut headers = FieldTable::default();
    headers.insert("endpoint".into(), text(event.endpoint()));
    headers.insert("attempt".into(), AMQPValue::LongUInt(event.attempt()));
    for (name, value) in [("tenant", event.tenant()), ("type", event.event_type()), ("version", event.api_version())] {
        if let Some(value) = value {
            headers.insert(name.into(), text(value));
        }
    }
    BasicProperties::default()
        .with_message_id(event.message_id().into())
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers)
}

/// Senders' words may be longer than AMQP's short strings.
fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(LongString::from(text))
}
