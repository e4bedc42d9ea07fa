//! Headers of an answer.

use std::fmt;

/// Headers of an answer beside its content type. Their values are not printed: one may be a secret that is echoed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct AnswerHeaders(Vec<(&'static str, String)>);

impl AnswerHeaders {
    /// Every header, names in lower case.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, name: &'static str, value: String) {
        self.0.push((name, value));
    }
}

/// One header, its name in lower case.
impl From<(&'static str, String)> for AnswerHeaders {
    fn from(header: (&'static str, String)) -> Self {
        Self(vec![header])
    }
}

impl From<&'static [(&'static str, &'static str)]> for AnswerHeaders {
    fn from(headers: &'static [(&'static str, &'static str)]) -> Self {
        Self(headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    }
}

impl fmt::Debug for AnswerHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
