//! A JSON value that is signed as text.

use serde::Deserialize;
use serde_json::Number;

/// A JSON value that is signed as text: a string, or a whole number or boolean as it is written.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Text(String),
    Number(Number),
    Boolean(bool),
}

impl Scalar {
    /// The text, or `None` for a number that has more than one way to be written.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => (number.is_i64() || number.is_u64()).then(|| number.to_string()),
            Self::Boolean(boolean) => Some(boolean.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_text_and_others_are_not() {
        let text = |json: &str| serde_json::from_str::<Scalar>(json).ok()?.text();
        for (json, expected) in [("1000", "1000"), ("-5", "-5"), ("true", "true"), (r#""1e3""#, "1e3"), (r#""""#, "")] {
            assert_eq!(text(json).as_deref(), Some(expected));
        }
        for json in ["1e3", "10.0", "99999999999999999999999", "null", "[]", "{}"] {
            assert_eq!(text(json), None, "{json}");
        }
    }
}
