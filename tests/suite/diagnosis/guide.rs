//! The guide has an entry for everything that it is asked for, and names no command that does not exist.

use std::collections::BTreeMap;

use hookporter::Reason;
use hookporter::diagnosis::Cause;
use hookporter::health::Alarm;

const TROUBLESHOOTING: &str = include_str!("../../../crates/hookporter/guide/troubleshooting.md");
const CAUSES: &str = include_str!("../../../crates/hookporter/guide/causes.md");
const DASHBOARDS: &str = include_str!("../../../crates/hookporter/guide/dashboards.md");
const MENDING: &str = include_str!("../../../crates/hookporter/guide/mending.md");

/// The entries of a page, in their order, each with its text.
fn entries(page: &str) -> Vec<(&str, String)> {
    let parts = page.split("\n## ").skip(1);
    parts
        .map(|part| {
            let (heading, text) = part.split_once('\n').unwrap();
            let text = text.split("\n# ").next().unwrap_or_default();
            (heading, text.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect()
}

fn headings(page: &str) -> Vec<&str> {
    entries(page).into_iter().map(|(heading, _)| heading).collect()
}

#[test]
fn every_reason_has_its_entry() {
    let reasons: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
    assert_eq!(headings(TROUBLESHOOTING), reasons, "in the order of the reasons");
    assert!(Reason::InvalidSignature.guide().ends_with("guide/troubleshooting/index.html#invalid-signature"));
    for (reason, text) in entries(TROUBLESHOOTING) {
        for part in ["*Look at*: ", "*Mend*: ", "*Run*: "] {
            assert!(text.contains(part), "{reason} lacks {part}");
        }
    }
}

#[test]
fn every_alarm_and_every_cause_has_its_entry() {
    let (mut all, mut here) = ([Alarm::WORDS, Cause::WORDS].concat(), headings(CAUSES));
    all.sort_unstable();
    here.sort_unstable();
    assert_eq!(here, all);
    assert!(Cause::WrongSecret.guide().ends_with("guide/causes/index.html#wrong-secret"));
    assert!(Alarm::NotProtecting.guide().ends_with("guide/causes/index.html#not-protecting"));
    for (word, text) in entries(CAUSES) {
        assert!(text.contains("*Mend*: ") && text.contains("*Run*: "), "{word}");
    }
}

/// What a sender's dashboard can show: a status, or none.
#[test]
fn every_answer_has_its_entry() {
    let here = headings(DASHBOARDS);
    assert_eq!(here, ["2xx", "3xx", "4xx", "499", "5xx", "timeout", "connection", "tls", "disabled"]);
    let texts: BTreeMap<_, _> = entries(DASHBOARDS).into_iter().collect();
    let named = |status: u16| match status {
        200..=299 => true,
        _ => ["4xx", "499", "5xx"]
            .iter()
            .any(|class| texts[class].contains(&status.to_string()) || *class == status.to_string()),
    };
    let ours = Reason::ALL.iter().map(|reason| reason.status());
    for status in ours.chain([403, 404, 410, 429, 498, 499, 500, 502, 504]) {
        assert!(named(status), "{status}");
    }
    for (heading, text) in &texts {
        for part in ["*Look at*: ", "*Mend*: ", "*Run*: "] {
            assert!(text.contains(part), "{heading} lacks {part}");
        }
    }
    for own in ["client_max_body_size", "large_client_header_buffers", "proxy_read_timeout", "non_blocking"] {
        assert!(DASHBOARDS.contains(own), "{own}");
    }
}

/// The code of a page: the lines of its blocks, and what stands between backticks.
fn code(page: &str) -> Vec<String> {
    let mut code = Vec::new();
    for (at, part) in page.split("```").enumerate() {
        if at % 2 == 1 {
            code.extend(part.lines().map(str::to_owned));
        } else {
            let spans = part.split('`').skip(1).step_by(2);
            code.extend(spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    }
    code
}

/// What the guide tells people to run is there: every command of ours, and every option.
#[cfg(unix)]
#[test]
fn no_command_is_made_up() {
    let program = crate::examples::program::binary("hookporter");
    let pages = [TROUBLESHOOTING, CAUSES, DASHBOARDS, MENDING].concat();
    let commands: Vec<_> =
        code(&pages).iter().filter_map(|code| code.strip_prefix("hookporter ")).map(str::to_owned).collect();
    assert!(commands.len() > 60, "{}", commands.len());
    for line in commands {
        let line = line.split('#').next().unwrap_or_default();
        let words = line.split(' ').take_while(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()));
        let depth = if ["inbox", "rejected", "keys"].iter().any(|of| line.starts_with(of)) { 2 } else { 1 };
        let command: Vec<_> = words.take(depth).collect();
        let ran = std::process::Command::new(&program).args(&command).arg("--help").output().unwrap();
        assert!(ran.status.success(), "`hookporter {line}` does not exist");
        let help = String::from_utf8(ran.stdout).unwrap();
        for option in line.split(' ').filter(|word| word.starts_with("--")) {
            let option = option.split('=').next().unwrap_or_default();
            assert!(help.contains(option), "`hookporter {line}`: {option} does not exist");
        }
    }
}
