//! Targets and URLs.

/// Path and query of a URL.
pub(crate) fn of_url(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find('#').unwrap_or(rest.len());
    let rest = rest.get(..end).unwrap_or(rest);
    match rest.find(['/', '?']).and_then(|start| rest.get(start..)) {
        Some(target) if target.starts_with('?') => format!("/{target}"),
        Some(target) => target.to_owned(),
        None => "/".to_owned(),
    }
}

/// `address`, with one more parameter in its query.
pub(crate) fn with_parameter(address: &str, name: &str, value: &str) -> String {
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}{name}={value}")
}

/// `address`, with `name=value` in its query changed; what becomes empty is left out.
pub(crate) fn with_changed_parameter(address: &str, name: &str, change: impl Fn(&str) -> String) -> String {
    let Some((before, query)) = address.split_once('?') else { return address.to_owned() };
    let is_it = |pair: &str| pair.split('=').next() == Some(name);
    let pairs = query.split('&').map(|pair| if is_it(pair) { change(pair) } else { pair.to_owned() });
    let pairs: Vec<String> = pairs.filter(|pair| !pair.is_empty()).collect();
    if pairs.is_empty() { before.to_owned() } else { format!("{before}?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_path_and_query() {
        assert_eq!(of_url("https://a.b/c?d=e#f"), "/c?d=e");
        assert_eq!(of_url("https://a.b:443"), "/");
        assert_eq!(of_url("https://a.b?x=1"), "/?x=1");
        assert_eq!(with_parameter("/c", "h", "1"), "/c?h=1");
        assert_eq!(with_parameter("/c?d=e", "h", "1"), "/c?d=e&h=1");
    }
}
