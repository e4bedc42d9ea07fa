//! A JSON object read strictly: no member twice, and no tree built of what nobody asked for.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// The members that were asked for.
#[derive(Debug, Default)]
pub(super) struct Object(BTreeMap<String, Value>);

/// Why a text is no strict JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    NotJson,
    NotAnObject,
    /// A member stands twice.
    Repeated,
}

impl Object {
    /// Reads `text`, keeping the members that are `wanted`. Values that are not wanted may nest to any depth.
    pub(super) fn read(text: &str, wanted: impl Fn(&str) -> bool) -> Result<Self, Flaw> {
        if !text.trim_ascii_start().starts_with('{') {
            return Err(serde_json::from_str::<IgnoredAny>(text).map_or(Flaw::NotJson, |_| Flaw::NotAnObject));
        }
        let mut json = serde_json::Deserializer::from_str(text);
        // Within an object, the only error that is no syntax error is the one that `visit_map` makes.
        let flaw = |error: serde_json::Error| if error.is_data() { Flaw::Repeated } else { Flaw::NotJson };
        let object = Members(wanted).deserialize(&mut json).map_err(flaw)?;
        json.end().map_err(flaw)?;
        Ok(object)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }
}

/// Reads the members of an object, keeping those whose name is wanted.
struct Members<W>(W);

impl<'de, W: Fn(&str) -> bool> DeserializeSeed<'de> for Members<W> {
    type Value = Object;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, W: Fn(&str) -> bool> Visitor<'de> for Members<W> {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object without repeated members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut seen = HashSet::new();
        let mut object = Object::default();
        while let Some(name) = map.next_key::<String>()? {
            if (self.0)(&name) {
                let value = map.next_value()?;
                object.0.insert(name.clone(), value);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            if !seen.insert(name) {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_stands_twice_is_refused_wanted_or_not() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"x":1,"a":2,"x":3}"#, r#"{"a":1,"\u0061":2}"#] {
            assert_eq!(Object::read(text, |name| name == "a").map(|_| ()), Err(Flaw::Repeated), "{text}");
        }
        assert!(Object::read(r#"{"a":{"b":1},"b":2}"#, |_| true).is_ok());
    }

    #[test]
    fn what_is_no_object_is_told_from_what_is_no_json() {
        for text in ["[]", "\"{}\"", "1", "null", " true "] {
            assert_eq!(Object::read(text, |_| true).map(|_| ()), Err(Flaw::NotAnObject), "{text}");
        }
        for text in ["", " ", "{", "{}{}", "{} x", "{a:1}", "{\"a\"}", "foo", "\u{feff}{}", "[", "{\"a\":1,}"] {
            assert_eq!(Object::read(text, |_| true).map(|_| ()), Err(Flaw::NotJson), "{text}");
        }
    }

    #[test]
    fn unwanted_members_may_be_as_deep_and_as_large_as_they_like() {
        let deep = format!(
            r#"{{"x":{}{},"n":{},"e":1e400,"a":7}}"#,
            "[".repeat(50_000),
            "]".repeat(50_000),
            "9".repeat(100_000)
        );
        let object = Object::read(&deep, |name| name == "a").unwrap();
        assert_eq!(object.get("a"), Some(&Value::from(7)));
    }
}
