//! What belongs to a key beside itself: the other half of a compound key, or a setting that its proofs depend on.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use zeroize::Zeroizing;

/// Named texts beside a key, such as LiveKit's API key or PayPal's webhook id. Wiped on drop, printed as nothing.
#[derive(Clone, Default)]
pub(crate) struct KeyParts(Vec<(Arc<str>, Zeroizing<String>)>);

impl KeyParts {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, value)| value.as_str())
    }

    /// Sets a part, in place of one of its name.
    pub(crate) fn set(&mut self, name: &str, value: Zeroizing<String>) {
        self.0.retain(|(known, _)| **known != *name);
        self.0.push((name.into(), value));
    }
}

impl fmt::Debug for KeyParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// The members of a JSON object all of whose values are texts.
pub(crate) fn texts(text: &[u8]) -> Option<Vec<(String, Zeroizing<String>)>> {
    let object: serde_json::Map<String, Value> = serde_json::from_slice(text).ok()?;
    let text = |(name, value)| match value {
        Value::String(text) => Some((name, Zeroizing::new(text))),
        _ => None,
    };
    object.into_iter().map(text).collect()
}

/// The members of a JSON object: texts as they are, anything else as JSON. `None` where `text` is no object.
pub(crate) fn members(text: &[u8]) -> Option<KeyParts> {
    let object: serde_json::Map<String, Value> = serde_json::from_slice(text).ok()?;
    let mut parts = KeyParts::default();
    for (name, value) in object {
        let text = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        parts.set(&name, Zeroizing::new(text));
    }
    Some(parts)
}
