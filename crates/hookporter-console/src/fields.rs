//! What a request asks for, by name: of a query, a form, or a JSON object.
//!
//! Whatever nobody has asked for by its name is refused: a field that is misspelt would else choose more than it should.

use std::collections::BTreeMap;

use form_urlencoded::parse;
use hookporter_core::UnixTime;
use serde_json::Value;

use crate::moment;
use crate::trouble::Trouble;

/// Names and values, each to be taken once.
#[derive(Debug, Default)]
pub(crate) struct Fields(BTreeMap<String, Vec<String>>);

/// How many numbers one request may name.
const MOST_NUMBERS: usize = 10_000;

impl Fields {
    /// Of a query or a form, where an empty field is one that nobody has filled in.
    pub(crate) fn of_form(bytes: &[u8]) -> Self {
        let mut fields = Self::default();
        for (name, value) in parse(bytes).filter(|(_, value)| !value.is_empty()) {
            fields.add(&name, value.into_owned());
        }
        fields
    }

    /// Of a JSON object of texts, numbers, booleans, and lists of these; of nothing, too.
    pub(crate) fn of_json(bytes: &[u8]) -> Result<Self, Trouble> {
        let mut fields = Self::default();
        if bytes.is_empty() {
            return Ok(fields);
        }
        let object: Value =
            serde_json::from_slice(bytes).map_err(|error| Trouble::request(format!("not JSON: {error}")))?;
        let Value::Object(object) = object else { return Err(Trouble::request("the body is a JSON object")) };
        for (name, value) in object {
            match value {
                Value::Null => {}
                Value::Array(items) => {
                    // A list of nothing chooses nothing, which is not the same as not choosing.
                    fields.0.entry(name.clone()).or_default();
                    items.into_iter().try_for_each(|item| fields.add_json(&name, item))?;
                }
                value => fields.add_json(&name, value)?,
            }
        }
        Ok(fields)
    }

    fn add_json(&mut self, name: &str, value: Value) -> Result<(), Trouble> {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => {
                return Err(Trouble::request(format!(
                    "`{}` is neither a text, a number nor a list of these",
                    name.escape_default()
                )));
            }
        };
        self.add(name, text);
        Ok(())
    }

    fn add(&mut self, name: &str, value: String) {
        self.0.entry(name.to_owned()).or_default().push(value);
    }

    /// The one value of this name.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Trouble> {
        let Some(mut values) = self.0.remove(name) else { return Ok(None) };
        match (values.pop(), values.is_empty()) {
            (value, true) => Ok(value),
            _ => Err(Trouble::request(format!("`{name}` is given more than once"))),
        }
    }

    /// Whether there is something of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The values of this name as they were typed, which stay to be taken.
    pub(crate) fn peek_all(&self, name: &str) -> Vec<String> {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// The first of them.
    pub(crate) fn peek(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(|values| values.first().cloned())
    }

    /// Every value of this name; several may stand in one, with commas between them.
    pub(crate) fn all(&mut self, name: &str) -> Option<Vec<String>> {
        let values = self.0.remove(name)?;
        Some(values.iter().flat_map(|value| value.split(',')).map(|value| value.trim().to_owned()).collect())
    }

    pub(crate) fn number<N: std::str::FromStr>(&mut self, name: &str) -> Result<Option<N>, Trouble> {
        let number = |text: String| text.parse().map_err(|_| Trouble::request(format!("`{name}` is a whole number")));
        self.text(name)?.map(number).transpose()
    }

    pub(crate) fn numbers(&mut self, name: &str) -> Result<Option<Vec<i64>>, Trouble> {
        let Some(all) = self.all(name) else { return Ok(None) };
        if all.len() > MOST_NUMBERS {
            return Err(Trouble::request(format!("`{name}` has more than {MOST_NUMBERS} numbers")));
        }
        let numbers: Result<_, _> = all.iter().map(|number| number.parse()).collect();
        numbers.map(Some).map_err(|_| Trouble::request(format!("`{name}` are whole numbers")))
    }

    pub(crate) fn moment(&mut self, name: &str, now: UnixTime) -> Result<Option<UnixTime>, Trouble> {
        let read = |text: String| {
            moment::parse(&text, now).ok_or_else(|| {
                Trouble::request(format!(
                    "`{name}` is a moment as in `2026-11-26T12:00:00Z`, a day, or so long ago: `90m`"
                ))
            })
        };
        self.text(name)?.map(read).transpose()
    }

    /// A word that there is; `of` gives its meaning.
    pub(crate) fn word<T>(&mut self, name: &str, of: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Trouble> {
        let known =
            |text: String| of(&text).ok_or_else(|| Trouble::request(format!("`{name}`: there is no such word")));
        self.text(name)?.map(known).transpose()
    }

    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, Trouble> {
        let of = |word: &str| match word {
            "true" | "on" | "yes" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        Ok(self.word(name, of)?.unwrap_or(false))
    }

    /// Refuses what is left: nobody knows it.
    pub(crate) fn end(self) -> Result<(), Trouble> {
        match self.0.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(Trouble::request(format!("`{}` is not known here", name.escape_default()))),
        }
    }
}
