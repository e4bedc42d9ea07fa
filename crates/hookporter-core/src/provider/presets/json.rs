//! JSON bodies in which a proof stands, read strictly: what is signed stands once, and where it should.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::labels::scan;
#[cfg(feature = "sign")]
use crate::{ConfigError, ProofDraft};
use crate::{Reason, Rejection};

/// Reads a body. A member that is asked for and stands twice is an error, as it may mean something else to whoever
/// reads it next.
///
/// A text that labels could not be read from is refused: what the proof covers would be without a name.
pub(super) fn read<'b, T: Deserialize<'b>>(body: &'b [u8]) -> Result<T, Rejection> {
    let read: Result<Object<T>, _> = serde_json::from_slice(body);
    let what = "is not JSON that holds what the proof needs, each member once, or nests too deep";
    let read = read.ok().filter(|_| scan::is_whole(body));
    read.map(|object| object.0).ok_or_else(|| Rejection::detail(Reason::MalformedBody, what))
}

/// Refuses a batch that is larger than any.
#[cfg(any(feature = "cloud", feature = "payments"))]
pub(super) fn batch(items: usize) -> Result<(), Rejection> {
    if items <= crate::scheme::MAX_MESSAGES {
        return Ok(());
    }
    Err(Rejection::detail(Reason::MalformedBody, "holds more items than any batch"))
}

/// A JSON object; derived readers would take an array for one, too.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

/// The JSON that a proof is put into.
#[cfg(feature = "sign")]
pub(super) fn draft(body: &[u8]) -> Result<serde_json::Value, ConfigError> {
    serde_json::from_slice(body).map_err(|_| ProofDraft::unfit("the body is not JSON, and has no place for a proof"))
}

/// Sets a member, and what must be around it.
#[cfg(feature = "sign")]
pub(super) fn set(body: &mut serde_json::Value, path: &[&str], text: String) -> Result<(), ConfigError> {
    let mut member = body;
    for name in path {
        let object = member.as_object_mut().ok_or_else(|| ProofDraft::unfit("the body has no place for a proof"))?;
        member = object.entry(*name).or_insert_with(|| serde_json::Map::new().into());
    }
    *member = text.into();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Outer {
        inner: Object<Inner>,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        id: String,
    }

    #[test]
    fn what_stands_twice_or_elsewhere_is_refused() {
        let read = |text: &str| read::<Outer>(text.as_bytes()).map(|outer| outer.inner.0.id).map_err(|r| r.kind());
        assert_eq!(read(r#" {"x":{"id":"b"},"inner":{"y":[1],"id":"a"}} "#), Ok("a".to_owned()));
        for bad in [
            r#"{"inner":{"id":"a","id":"a"}}"#,
            r#"{"inner":{"id":"a","\u0069d":"b"}}"#,
            r#"{"inner":{"id":"a"},"inner":{"id":"a"}}"#,
            r#"{"inner":["a"]}"#,
            r#"[{"id":"a"}]"#,
            r#"{"inner":{"id":7}}"#,
            r#"{"inner":{"id":"a"}} x"#,
            r#"{"inner":{}}"#,
            "",
            &format!(r#"{{"inner":{{"id":"a"}},"x":{}{}}}"#, "[".repeat(200), "]".repeat(200)),
        ] {
            assert_eq!(read(bad), Err(Reason::MalformedBody), "{bad}");
        }
    }
}
