//! Tenants: which of many keyrings a request is checked with.

use std::sync::Arc;

use hookporter_core::{ConfigError, Head, Occurrence};

/// Where the tenant's name is.
#[derive(Debug, Clone)]
pub(crate) enum TenantRule {
    /// Between two parts of the path.
    Path { before: String, after: String },
    /// In a header.
    Header(String),
}

/// The longest tenant name.
const MAX_NAME: usize = 128;

impl TenantRule {
    /// A path with exactly one `{tenant}`, which is a whole segment.
    pub(crate) fn path(template: &str) -> Result<Self, ConfigError> {
        let problem = || ConfigError::Setting {
            setting: "tenant_from_path",
            problem: format!("`{template}` is not a path with one whole segment `{{tenant}}`"),
        };
        let (before, after) = template.split_once("{tenant}").ok_or_else(problem)?;
        let whole = before.starts_with('/') && before.ends_with('/') && (after.is_empty() || after.starts_with('/'));
        if !whole || before.contains(['{', '}']) || after.contains(['{', '}']) {
            return Err(problem());
        }
        Ok(Self::Path { before: before.to_owned(), after: after.to_owned() })
    }

    /// The tenant that a request names, if it is a name at all.
    pub(crate) fn tenant(&self, head: &Head<'_>) -> Option<Arc<str>> {
        let name = match self {
            Self::Path { before, after } => head.path().strip_prefix(before.as_str())?.strip_suffix(after.as_str())?,
            Self::Header(name) => match head.headers().occurrence(name) {
                Occurrence::Once(value) => std::str::from_utf8(value).ok()?,
                _ => return None,
            },
        };
        is_name(name).then(|| name.into())
    }
}

/// A name has one spelling: no escapes, no look-alikes, no path tricks.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_tenants() {
        let rule = TenantRule::path("/hooks/{tenant}/github").unwrap();
        let headers: Vec<(&str, &str)> = vec![];
        let tenant = |path: &str| rule.tenant(&Head::new("POST", path, &headers)).map(|name| name.to_string());
        assert_eq!(tenant("/hooks/acme-1/github?x=/y"), Some("acme-1".to_owned()));
        for bad in [
            "/hooks/../github",
            "/hooks//github",
            "/hooks/a%2fb/github",
            "/hooks/a/b/github",
            "/hooks/a\0/github",
            "/hooks/асme/github",
            "/other/a/github",
            "/hooks/a",
        ] {
            assert_eq!(tenant(bad), None, "{bad}");
        }
        assert_eq!(tenant(&format!("/hooks/{}/github", "a".repeat(10_000))), None);
        for bad in ["/hooks", "hooks/{tenant}", "/hooks/x{tenant}", "/{tenant}/{tenant}"] {
            assert!(TenantRule::path(bad).is_err(), "{bad}");
        }
    }
}
