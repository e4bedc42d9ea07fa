//! The presets as a page of the guide: one row each.

use hookporter::Provider;

use crate::duration;

const HEADING: &str = "\
Every sender that has a preset, one row each. `hookporter providers` shows the same with the retries, what a replay can still do
and what nobody has confirmed.

| sender | proof | freshness | id, type, version | challenge | success | time limit | evidence |
|---|---|---|---|---|---|---|---|
";

/// The page.
pub(super) fn of(providers: &[&Provider]) -> String {
    let rows: Vec<_> = providers.iter().map(|provider| row(provider)).collect();
    format!("{HEADING}{}", rows.join("\n"))
}

fn row(provider: &Provider) -> String {
    let acknowledgement = provider.acknowledgement();
    let cells = [
        format!("[{}]({}) `{}`", provider.name(), provider.documentation(), provider.id()),
        provider.proof().to_owned(),
        super::freshness(provider),
        provider.label_sources().join("; "),
        provider.handshake_text(),
        acknowledgement.success.to_string(),
        acknowledgement.time_limit.map_or_else(String::new, duration::whole),
        provider.evidence().to_string(),
    ];
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_the_guide_is_up_to_date() {
        let page = include_str!("../../../hookporter/guide/providers.md");
        assert_eq!(
            page.trim_end(),
            of(Provider::all()),
            "write it anew: cargo run -p hookporter-cli -- providers --markdown > crates/hookporter/guide/providers.md"
        );
    }
}
