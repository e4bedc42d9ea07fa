//! Signatures that stand in a body, as members of JSON or fields of a form, and changes to them alone.

use std::ops::Range;

/// Applies `change` to each of the signatures in `body`, in order.
pub(crate) fn change_signatures(body: &str, signatures: &[String], change: impl Fn(&str) -> String) -> String {
    let mut changed = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((at, signature)) = next(rest, signatures) {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        changed.push_str(before);
        changed.push_str(&change(signature));
        rest = after.get(signature.len()..).unwrap_or_default();
    }
    changed + rest
}

/// `body` with the member of every signature twice.
pub(crate) fn repeated(body: &str, signatures: &[String]) -> String {
    let twice = |member: &str| {
        let separator = if member.starts_with('"') { ',' } else { '&' };
        format!("{member}{separator}{member}")
    };
    change_members(body, signatures, twice)
}

/// `body` without the member of any signature.
pub(crate) fn removed(body: &str, signatures: &[String]) -> String {
    // What separated the members goes with them: no reader is to fail for that.
    let bare = change_members(body, signatures, |_| REMOVED.to_owned());
    let separators = [format!("{REMOVED},"), format!(",{REMOVED}"), format!("{REMOVED}&"), format!("&{REMOVED}")];
    separators.iter().fold(bare, |body, separated| body.replace(separated, "")).replace(REMOVED, "")
}

/// No body has it.
const REMOVED: &str = "\u{0}";

/// The first of the signatures in `text`, and where it begins.
fn next<'s>(text: &str, signatures: &'s [String]) -> Option<(usize, &'s String)> {
    signatures
        .iter()
        .filter_map(|signature| Some((text.find(signature.as_str())?, signature)))
        .min_by_key(|(at, _)| *at)
}

fn change_members(body: &str, signatures: &[String], change: impl Fn(&str) -> String) -> String {
    let mut changed = String::with_capacity(body.len());
    let mut done = 0_usize;
    while let Some((at, signature)) = body.get(done..).and_then(|rest| next(rest, signatures)) {
        let Some(member) = done.checked_add(at).and_then(|at| member(body, at, signature.len())) else { break };
        changed.push_str(body.get(done..member.start).unwrap_or_default());
        changed.push_str(&change(body.get(member.clone()).unwrap_or_default()));
        done = member.end;
    }
    changed + body.get(done..).unwrap_or_default()
}

/// The whole member, name and all, of the value that holds `length` bytes at `at`.
fn member(body: &str, at: usize, length: usize) -> Option<Range<usize>> {
    let (before, end) = (body.get(..at)?, at.checked_add(length)?);
    if let Some(name) = before.strip_suffix("\":\"") {
        return Some(name.rfind('"')?..end.checked_add(1)?);
    }
    let start = before.rfind('&').map_or(0, |mark| mark.saturating_add(1));
    let length = body.get(end..)?.find('&').unwrap_or(body.len().checked_sub(end)?);
    Some(start..end.checked_add(length)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_json_and_fields_of_forms_are_changed_and_nothing_else() {
        let signatures = ["abc".to_owned(), "def".to_owned()];
        let json = r#"[{"s":"abc","x":1},{"x":1,"s":"def"},{"s":"abc"}]"#;
        assert_eq!(
            change_signatures(json, &signatures, |text| text.to_uppercase()),
            r#"[{"s":"ABC","x":1},{"x":1,"s":"DEF"},{"s":"ABC"}]"#
        );
        assert_eq!(removed(json, &signatures), r#"[{"x":1},{"x":1},{}]"#);
        assert_eq!(
            repeated(json, &signatures),
            r#"[{"s":"abc","s":"abc","x":1},{"x":1,"s":"def","s":"def"},{"s":"abc","s":"abc"}]"#
        );
        for (form, bare) in [("s=k%7Cabc&x=1", "x=1"), ("x=1&s=k%7Cabc", "x=1"), ("s=abc", "")] {
            assert_eq!(removed(form, &signatures), bare);
        }
        assert_eq!(repeated("x=1&s=k%7Cabc&y=2", &signatures), "x=1&s=k%7Cabc&s=k%7Cabc&y=2");
    }
}
