//! Publishing, confirmed by the stream.

use std::time::Duration;

use async_nats::HeaderValue;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE as EXPECTED;
use async_nats::jetstream::Error;
use bytes::Bytes;
use hookporter_pipeline::inbox::store::Fault;
use serde::Deserialize;
use tokio::time::sleep;

use crate::link::{Link, fault};
use crate::marks::Marks;

/// The server's word for another message on the subject.
const WRONG_SEQUENCE: u64 = 10_071;
/// The same while that other one is not yet confirmed.
const IN_FLIGHT: u64 = 10_164;
/// How often it is asked again then, and the pause before: senders wait for two seconds.
const ASKS: u32 = 75;
const PAUSE: Duration = Duration::from_millis(20);

/// A message that goes into a stream.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) marks: Marks,
    /// The record.
    pub(crate) payload: Bytes,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Published {
    /// It is kept.
    Stored,
    /// It is not: this message is the last of the subject.
    Taken(u64),
}

/// What the server says of it.
#[derive(Debug, Deserialize)]
struct Answer {
    error: Option<Error>,
    /// The number of the message that is kept.
    seq: Option<u64>,
}

/// Publishes a message, and ends when the stream has confirmed it. With `expected` it is kept only where the last message of the
/// subject is that one, or where there is none and it is 0: compared and kept in one step of the server's.
pub(crate) async fn publish(
    link: &Link,
    subject: &str,
    message: &Message,
    expected: Option<u64>,
) -> Result<Published, Fault> {
    for _ in 0..ASKS {
        let mut headers = message.marks.headers();
        if let Some(expected) = expected {
            // Kept only if the last message of its subject has this number; 0: if it has none.
            headers.insert(EXPECTED, HeaderValue::from(expected));
        }
        let headers = (!headers.is_empty()).then_some(headers);
        let answer = link.ask(subject.to_owned(), headers, message.payload.clone()).await?;
        let error = match serde_json::from_slice(&answer.payload).map_err(fault)? {
            Answer { error: Some(error), .. } => error,
            Answer { error: None, seq: Some(1..) } => return Ok(Published::Stored),
            Answer { .. } => return Err(Fault::Store("the server's answer says nothing".to_owned())),
        };
        match error.error_code().0 {
            WRONG_SEQUENCE => return Ok(Published::Taken(last_number(&error.to_string()).unwrap_or(0))),
            IN_FLIGHT => sleep(PAUSE).await,
            _ => return Err(Fault::Store(error.to_string())),
        }
    }
    Err(Fault::Store("a copy of the message is not confirmed".to_owned()))
}

/// The number in `wrong last sequence: 7`.
fn last_number(told: &str) -> Option<u64> {
    let (_, rest) = told.split_once("sequence: ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
