//! One delivery that tells of many events, cut into these.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::Event;
use crate::handoff::BoxError;

/// A delivery that tells of more events stays in one piece: its records are made at once, and committed together.
const MOST_PARTS: usize = 5_000;

type Cut = dyn Fn(&Event) -> Result<Vec<Part>, BoxError> + Send + Sync;

/// How a delivery is cut into the events that it tells of; see [`Endpoint::split`](crate::Endpoint::split).
///
/// ```
/// use hookporter_pipeline::inbox::Split;
///
/// // SendGrid: the body is an array of events.
/// let sendgrid = Split::array("").id("/sg_event_id").event_type("/event");
/// // Xero: they stand in a member, and two fields together identify one.
/// let xero = Split::array("/events").id("/resourceId").id("/eventDateUtc").event_type("/eventType");
/// ```
#[derive(Clone)]
#[must_use]
pub struct Split {
    how: How,
}

#[derive(Clone)]
enum How {
    Array(Array),
    Function(Arc<Cut>),
}

#[derive(Clone, Default)]
struct Array {
    at: String,
    id: Vec<String>,
    kind: Option<String>,
}

/// One event of several that a delivery tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Part {
    pub(super) body: Bytes,
    pub(super) id: Option<String>,
    pub(super) kind: Option<String>,
}

impl Part {
    /// An event with these bytes as its body, and no id: it is told from others by its place in the delivery.
    pub fn new(body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), id: None, kind: None }
    }

    /// Sets the event id: an event that comes again with it, in whatever delivery, is a duplicate.
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// Sets the event type. Default: the delivery's.
    pub fn event_type(self, kind: impl Into<String>) -> Self {
        Self { kind: Some(kind.into()), ..self }
    }
}

impl Split {
    /// Cuts a JSON array of the payload, named by JSON pointer (RFC 6901); the empty one names the payload itself. Each
    /// event's body is its item, byte for byte.
    pub fn array(pointer: &str) -> Self {
        Self { how: How::Array(Array { at: pointer.to_owned(), ..Array::default() }) }
    }

    /// Cuts as a function of yours says. An error, or nothing, leaves the delivery in one piece.
    pub fn by<F>(function: F) -> Self
    where
        F: Fn(&Event) -> Result<Vec<Part>, BoxError> + Send + Sync + 'static,
    {
        Self { how: How::Function(Arc::new(function)) }
    }

    /// Where an item's id is, by JSON pointer within the item; said more than once, the texts together are the id, as a JSON
    /// array. An item
    /// that lacks one has no id. Default: no id.
    pub fn id(mut self, pointer: &str) -> Self {
        if let How::Array(array) = &mut self.how {
            array.id.push(pointer.to_owned());
        }
        self
    }

    /// Where an item's event type is, by JSON pointer within the item. Default: the delivery's type.
    pub fn event_type(mut self, pointer: &str) -> Self {
        if let How::Array(array) = &mut self.how {
            array.kind = Some(pointer.to_owned());
        }
        self
    }

    /// The events; `None` where the delivery is to stay in one piece.
    pub(super) fn parts(&self, event: &Event) -> Option<Vec<Part>> {
        let parts = match &self.how {
            How::Array(array) => array.parts(event.payload()).ok_or_else(|| BoxError::from("no such array in it")),
            How::Function(function) => function(event),
        };
        let why = match parts {
            Ok(parts) if (1..=MOST_PARTS).contains(&parts.len()) => return Some(parts),
            Ok(parts) => format!("{} events in it", parts.len()),
            Err(error) => error.to_string(),
        };
        tracing::warn!(target: "hookporter", endpoint = event.endpoint(), why, "a delivery is kept in one piece");
        None
    }
}

impl Array {
    fn parts(&self, payload: &Bytes) -> Option<Vec<Part>> {
        let array = at(std::str::from_utf8(payload).ok()?, &self.at)?;
        let items: Vec<&RawValue> = serde_json::from_str(array).ok()?;
        let part = |item: &&RawValue| {
            let text = item.get();
            let id: Option<Vec<_>> = self.id.iter().map(|pointer| member(text, pointer)).collect();
            Part {
                body: payload.slice_ref(text.as_bytes()),
                id: id.and_then(joined),
                kind: self.kind.as_ref().and_then(|pointer| member(text, pointer)),
            }
        };
        Some(items.iter().map(part).collect())
    }
}

/// The texts as one; of several, such that no two lists give the same.
fn joined(texts: Vec<String>) -> Option<String> {
    if texts.len() > 1 { serde_json::to_string(&texts).ok() } else { texts.into_iter().next() }
}

/// The text of a value within a JSON text, by pointer.
fn at<'a>(mut json: &'a str, pointer: &str) -> Option<&'a str> {
    for name in pointer.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        json = match name.parse::<usize>() {
            Ok(at) if json.trim_start().starts_with('[') => {
                serde_json::from_str::<Vec<&RawValue>>(json).ok()?.get(at)?.get()
            }
            _ => serde_json::from_str::<BTreeMap<String, &RawValue>>(json).ok()?.get(&name)?.get(),
        };
    }
    Some(json)
}

/// A member as text: a string as it says, a number or truth value as it is written.
fn member(json: &str, pointer: &str) -> Option<String> {
    match serde_json::from_str(at(json, pointer)?).ok()? {
        serde_json::Value::String(text) => Some(text),
        value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => Some(value.to_string()),
        _ => None,
    }
}

impl fmt::Debug for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.how {
            How::Array(array) => f.debug_struct("Split").field("array", &array.at).field("id", &array.id).finish(),
            How::Function(_) => f.write_str("Split(function)"),
        }
    }
}
