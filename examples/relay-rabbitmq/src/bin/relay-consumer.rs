//! Consumes what `relay-rabbitmq` publishes, and tells what it has had before by its message id.
//!
//! What it has had is in its memory here, for show; in earnest that is a unique column, written together with the effect.

use std::collections::HashSet;
use std::time::Duration;

use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Connection, ConnectionProperties};
use tokio_stream::StreamExt;

/// How many messages the broker gives before they are acknowledged.
const AHEAD: u16 = 50;

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().init();
    let mut had = HashSet::new();
    loop {
        tokio::select! {
            consumed = consume(&mut had) => {
                let error = consumed.err();
                tracing::warn!(error = error.as_ref().map(|error| error as &dyn std::error::Error), "the broker is away");
            }
            _ = tokio::signal::ctrl_c() => return,
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Consumes until the connection breaks.
async fn consume(had: &mut HashSet<String>) -> lapin::Result<()> {
    let connection = Connection::connect(&relay_rabbitmq::url(), ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    channel.basic_qos(AHEAD, BasicQosOptions::default()).await?;
    relay_rabbitmq::declare(&channel).await?;
    let (queue, tag) = (relay_rabbitmq::QUEUE.into(), "relay-consumer".into());
    let mut messages = channel.basic_consume(queue, tag, BasicConsumeOptions::default(), FieldTable::default()).await?;
    tracing::info!("consuming");
    while let Some(message) = messages.next().await {
        let message = message?;
        let id = message.properties.message_id().as_ref().map(ToString::to_string).unwrap_or_default();
        let repeated = !had.insert(id.clone());
        tracing::info!(message.id = id, repeated, attempt = attempt(&message), object = object(&message), "received");
        // After the effect: a consumer that dies before is given the message again.
        message.ack(BasicAckOptions::default()).await?;
    }
    Ok(())
}

/// At which attempt it was published.
fn attempt(message: &Delivery) -> Option<u32> {
    match message.properties.headers().as_ref()?.inner().get("attempt")? {
        AMQPValue::LongUInt(attempt) => Some(*attempt),
        _ => None,
    }
}

/// What the event is about.
fn object(message: &Delivery) -> Option<String> {
    let event: serde_json::Value = serde_json::from_slice(&message.data).ok()?;
    event.pointer("/data/object/id")?.as_str().map(str::to_owned)
}
