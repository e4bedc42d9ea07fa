//! The version gate: which API versions the code behind an endpoint handles.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::ConfigError;

/// One rule of a version gate.
///
/// In text: `=2025-08-27.basil` (exactly this), `2025-08*` (begins so), `train:basil` (this release train: what stands
/// behind the last dot), `2024-06-20..2025-01-01` (a range of dates, both ends included).
///
/// ```
/// use hookporter_core::VersionRule;
/// let rule: VersionRule = "train:basil".parse()?;
/// assert!(rule.handles("2025-08-27.basil"));
/// # Ok::<(), hookporter_core::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct VersionRule(Rule);

#[derive(Clone)]
enum Rule {
    Exact(String),
    Prefix(String),
    Train(String),
    Range(String, String),
    Predicate(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

impl VersionRule {
    /// A rule of your own.
    #[must_use]
    pub fn predicate(handles: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self(Rule::Predicate(Arc::new(handles)))
    }

    /// Whether the code handles `version`. Nothing is guessed: no trimming, no case folding, no padding of dates.
    #[must_use]
    pub fn handles(&self, version: &str) -> bool {
        match &self.0 {
            Rule::Exact(wanted) => version == wanted,
            Rule::Prefix(prefix) => version.starts_with(prefix.as_str()),
            Rule::Train(train) => {
                version.rsplit_once('.').is_some_and(|(date, suffix)| is_date(date) && suffix == train)
            }
            Rule::Range(from, to) => {
                let date = version.split_once('.').map_or(version, |(date, _)| date);
                // Dates of one fixed shape sort as text.
                is_date(date) && from.as_str() <= date && date <= to.as_str()
            }
            Rule::Predicate(handles) => handles(version),
        }
    }
}

/// `YYYY-MM-DD`, in ASCII digits.
fn is_date(text: &str) -> bool {
    let shape: &[u8; 10] = b"dddd-dd-dd";
    text.len() == shape.len()
        && text.bytes().zip(shape).all(|(byte, kind)| if *kind == b'd' { byte.is_ascii_digit() } else { byte == *kind })
}

impl FromStr for VersionRule {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let invalid = || ConfigError::VersionRule { rule: text.to_owned() };
        let rule = if let Some(version) = text.strip_prefix('=') {
            Rule::Exact(version.to_owned())
        } else if let Some(train) = text.strip_prefix("train:") {
            Rule::Train(train.to_owned())
        } else if let Some(prefix) = text.strip_suffix('*') {
            Rule::Prefix(prefix.to_owned())
        } else if let Some((from, to)) = text.split_once("..") {
            if !is_date(from) || !is_date(to) || from > to {
                return Err(invalid());
            }
            Rule::Range(from.to_owned(), to.to_owned())
        } else {
            return Err(invalid());
        };
        let empty = matches!(&rule, Rule::Exact(text) | Rule::Prefix(text) | Rule::Train(text) if text.is_empty());
        if empty || text.contains(char::is_whitespace) { Err(invalid()) } else { Ok(Self(rule)) }
    }
}

impl fmt::Display for VersionRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Rule::Exact(version) => write!(f, "={version}"),
            Rule::Prefix(prefix) => write!(f, "{prefix}*"),
            Rule::Train(train) => write!(f, "train:{train}"),
            Rule::Range(from, to) => write!(f, "{from}..{to}"),
            Rule::Predicate(_) => f.write_str("predicate"),
        }
    }
}

impl fmt::Debug for VersionRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VersionRule({self})")
    }
}

/// The API versions that the code behind an endpoint handles: any rule suffices.
///
/// Default for an event without a version: not handled, see [`VersionGate::allow_missing`].
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct VersionGate {
    rules: Vec<VersionRule>,
    missing_is_handled: bool,
}

impl VersionGate {
    /// A gate of rules in text.
    ///
    /// # Errors
    /// [`ConfigError::VersionRule`] for a rule that cannot be read, or if there is none.
    pub fn new<S: AsRef<str>>(rules: impl IntoIterator<Item = S>) -> Result<Self, ConfigError> {
        let rules = rules.into_iter().map(|rule| rule.as_ref().parse()).collect::<Result<Vec<_>, _>>()?;
        if rules.is_empty() {
            return Err(ConfigError::VersionRule { rule: String::new() });
        }
        Ok(Self { rules, missing_is_handled: false })
    }

    /// Adds a rule.
    #[expect(clippy::should_implement_trait, reason = "adding a rule is no arithmetic")]
    pub fn add(mut self, rule: VersionRule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Takes an event without a version as handled: Stripe's thin events, for example, have none.
    pub fn allow_missing(self) -> Self {
        Self { missing_is_handled: true, ..self }
    }

    /// Whether the code handles `version`.
    #[must_use]
    pub fn handles(&self, version: Option<&str>) -> bool {
        match version {
            Some(version) => self.rules.iter().any(|rule| rule.handles(version)),
            None => self.missing_is_handled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_rule_handles_what_it_says() {
        let handles = |rule: &str, version: &str| rule.parse::<VersionRule>().unwrap().handles(version);
        assert!(handles("=2025-08-27.basil", "2025-08-27.basil"));
        assert!(!handles("=2025-08-27.basil", "2025-08-27.basil2"));
        assert!(handles("2025-08*", "2025-08-27.basil"));
        assert!(handles("train:acacia", "2024-06-20.acacia"));
        assert!(!handles("train:acacia", "2024-06-20"));
        assert!(handles("2024-06-20..2025-01-01", "2024-06-20"));
        assert!(handles("2024-06-20..2025-01-01", "2025-01-01.basil"));
        assert!(!handles("2024-06-20..2025-01-01", "2025-01-02"));
        for odd in ["2024-6-20", " 2024-06-20", "2024-06-20 ", "２０２４-06-20", "20240620", ""] {
            assert!(!handles("2024-01-01..2025-01-01", odd), "{odd}");
        }
    }

    #[test]
    fn a_rule_that_says_nothing_is_refused() {
        for bad in ["", "=", "*", "train:", "2025-08-27", "2025-08..", "2025-01-01..2024-01-01", "= 1", "a b*"] {
            assert!(bad.parse::<VersionRule>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_missing_version_is_handled_only_by_name() {
        let gate = VersionGate::new(["2025*"]).unwrap();
        assert!(!gate.handles(None));
        assert!(gate.allow_missing().handles(None));
    }
}
