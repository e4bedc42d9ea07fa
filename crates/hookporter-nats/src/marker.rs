//! The marker: a message that is in every stream of an inbox, so that none of them is empty.
//!
//! A server that was stopped in peace remembers what its files ended in. Of an empty file it remembers zeros, and after a loss of
//! power it takes one that ends in zeros for the empty one, and all that is in it for nothing. With a message in it no file
//! is empty.

use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use bytes::Bytes;
use hookporter_pipeline::inbox::store::Fault;

use crate::common::Common;
use crate::link::fault;
use crate::marks::Marks;
use crate::publish::{Message, publish};

/// What people read in it.
const WORDS: &[u8] = b"no event: this keeps the stream from being empty";

/// Puts a marker into each stream that has none.
pub(crate) async fn put(core: &Common) {
    let message = Message { marks: Marks::default(), payload: Bytes::from_static(WORDS) };
    for subject in core.names.markers() {
        // Kept only where none is there. What is full is not empty.
        if let Err(error) = publish(&core.link, &subject, &message, Some(0)).await {
            tracing::warn!(target: "hookporter", subject, "a stream of the inbox has no marker yet: {error}");
        }
    }
}

/// How many messages of a stream are its marker: one or none.
pub(crate) async fn count(stream: &Stream, subject: &str) -> Result<u64, Fault> {
    match stream.get_last_raw_message_by_subject(subject).await {
        Ok(_) => Ok(1),
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(0),
        Err(error) => Err(fault(error)),
    }
}
