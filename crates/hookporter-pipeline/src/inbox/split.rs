//! One delivery that tells of many events, cut into these.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
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
/// // Xero: they stand in a member, and three fields together identify one.
/// let xero = Split::array("/events").id("/resourceId").id("/eventDateUtc").id("/eventType").event_type("/eventType");
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
    is_id_signed: bool,
    kind: Option<String>,
}

/// One event of several that a delivery tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Part {
    pub(super) body: Bytes,
    pub(super) id: Option<String>,
    /// Whether the proof is known to cover the id, though it covers no whole body.
    pub(super) is_id_signed: bool,
    pub(super) kind: Option<String>,
}

impl Part {
    /// An event with these bytes as its body, and no id: it is told from others by its place in the delivery.
    pub fn new(body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), id: None, is_id_signed: false, kind: None }
    }

    /// Sets the event id: an event that comes again with it, in whatever delivery, is a duplicate. Where the proof does not
    /// cover the whole body, an id is a label only; see [`Part::signed_id`].
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// Sets an event id that the proof covers, though it covers single fields only: Adyen's `pspReference`. You vouch for it:
    /// of an id that is not signed, a stranger could make events that are taken for known ones.
    pub fn signed_id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), is_id_signed: true, ..self }
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

    /// As [`Split::id`], for fields that the proof covers though it does not cover the whole body; see [`Part::signed_id`].
    pub fn signed_id(self, pointer: &str) -> Self {
        let mut split = self.id(pointer);
        if let How::Array(array) = &mut split.how {
            array.is_id_signed = true;
        }
        split
    }

    /// Where an item's event type is, by JSON pointer within the item. Default: the delivery's type.
    pub fn event_type(mut self, pointer: &str) -> Self {
        if let How::Array(array) = &mut self.how {
            array.kind = Some(pointer.to_owned());
        }
        self
    }

    /// The first pointer that is none: a pointer is empty, or begins with `/`.
    pub(crate) fn odd_pointer(&self) -> Option<&str> {
        let How::Array(array) = &self.how else { return None };
        let pointers = array.id.iter().chain(&array.kind);
        let odd = pointers.map(String::as_str).find(|pointer| !pointer.starts_with('/'));
        odd.or_else(|| Some(&*array.at).filter(|at| !at.is_empty() && !at.starts_with('/')))
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
        let Few(items) = serde_json::from_str(array).ok()?;
        let part = |item: &&RawValue| {
            let text = item.get();
            let id: Option<Vec<_>> = self.id.iter().map(|pointer| member(text, pointer)).collect();
            Part {
                body: payload.slice_ref(text.as_bytes()),
                id: id.and_then(joined),
                is_id_signed: self.is_id_signed,
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
            _ => serde_json::from_str::<Members<'_>>(json).ok()?.the_only(&name)?,
        };
    }
    Some(json)
}

/// The items of an array, unless there are more than are cut: an array of nothing but commas would else be large in memory.
struct Few<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Few<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items;
        impl<'de> Visitor<'de> for Items {
            type Value = Few<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "at most {MOST_PARTS} items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Few<'de>, A::Error> {
                let mut few = Vec::new();
                while let Some(item) = items.next_element()? {
                    if few.len() >= MOST_PARTS {
                        return Err(A::Error::custom("too many items"));
                    }
                    few.push(item);
                }
                Ok(Few(few))
            }
        }
        deserializer.deserialize_seq(Items)
    }
}

/// The members of an object, with those that stand twice.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The member of this name; of two it cannot be said which one the sender means.
    fn the_only(&self, name: &str) -> Option<&'a str> {
        let mut found = self.0.iter().filter(|(known, _)| known == name);
        let (_, value) = found.next()?;
        found.next().is_none().then(|| value.get())
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
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
