//! The presets for people: a table to compare, then the rest of each in words.

use hookporter::Provider;

use crate::duration;

/// No line is longer.
const WIDTH: usize = 100;
/// Where the words of a row begin.
const INDENT: usize = 13;

/// The table, and the rows below it.
pub(super) fn of(providers: &[&Provider]) -> String {
    let heading = ["id", "freshness", "handshake", "success", "time limit", "evidence"].map(str::to_owned);
    let mut lines = vec![cells(&heading)];
    lines.extend(providers.iter().map(|provider| cells(&summary(provider))));
    for provider in providers {
        lines.push(String::new());
        lines.push(format!("{} ({})", provider.id(), provider.name()));
        for (name, text) in details(provider) {
            lines.extend(wrapped(name, &text));
        }
        lines.push(format!("  {}", provider.documentation()));
    }
    lines.join("\n")
}

fn cells([id, freshness, handshake, success, limit, evidence]: &[String; 6]) -> String {
    format!("{id:<22}  {freshness:<20}  {handshake:<9}  {success:<13}  {limit:<10}  {evidence}")
}

fn summary(provider: &Provider) -> [String; 6] {
    let acknowledgement = provider.acknowledgement();
    [
        provider.id().to_owned(),
        super::freshness(provider),
        if provider.has_handshake() { "yes" } else { "no" }.to_owned(),
        acknowledgement.success.to_string(),
        acknowledgement.time_limit.map_or_else(|| "none known".to_owned(), duration::whole),
        provider.evidence().to_string(),
    ]
}

fn details(provider: &Provider) -> Vec<(&'static str, String)> {
    let [id, kind, version] = provider.label_sources();
    let handshake = provider.handshake_text();
    let rows = [
        ("proof", provider.proof()),
        ("event id", id),
        ("event type", kind),
        ("version", version),
        ("handshake", &handshake),
        ("retries", provider.acknowledgement().retries),
        ("replay", provider.replay()),
        ("unverified", provider.unverified()),
    ];
    rows.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name, text.to_owned())).collect()
}

/// `  name       text`, broken between words.
fn wrapped(name: &str, text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = format!("  {name:<width$}", width = INDENT.saturating_sub(2));
    let mut begun = false;
    for word in text.split(' ') {
        let length = line.chars().count().saturating_add(word.chars().count()).saturating_add(usize::from(begun));
        if begun && length > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(INDENT)));
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_fits_a_terminal() {
        for line in of(Provider::all()).lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
            assert_eq!(line.trim_end(), line, "a blank at the end");
        }
    }
}
