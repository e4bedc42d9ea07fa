//! Several nodes, and what is said for all of them.

use std::time::Duration;

use hookporter_pipeline::nodes::{Agreed, Fleet, NodeSeen, Reach, RevokedKey};

use super::sample::{self, ago};
use crate::page::{keys, overview};

/// Two nodes, one of which is gone.
pub(super) fn fleet(name: &str) -> Fleet {
    let report = serde_json::json!([{
        "endpoint": name, "provider": "stripe", "state": "too-many-errors", "light": "red",
        "alarms": [{ "alarm": "rejects-everything", "light": "red", "message": name }],
        "totals": { "calls": 1_234, "errors": 5 }, "errors_in_a_row": 5, "last_error": name, "last_accepted": null,
    }]);
    let node = |name: &str, silent| NodeSeen {
        name: name.to_owned(),
        is_here: silent == 0,
        started_at: ago(9_000),
        last_seen: ago(silent),
        silent_for: Duration::from_secs(silent),
        every: Duration::from_secs(3),
        report: report.to_string(),
    };
    Fleet::of(&[node("web-1", 0), node(name, 100)], &Agreed::new())
}

#[test]
fn every_node_is_shown_and_one_that_is_gone_is_said_to_be() {
    let mut health = sample::healths("stripe").remove(0);
    (health.reach, health.paused) = (Reach::EveryNode, None);
    let page = |health: &_| {
        let view = sample::view(true);
        overview::overview(&view, std::slice::from_ref(health), Some(&fleet("web-2")), None).into_string()
    };
    let shown = page(&health);
    for text in ["web-1", "this one", "web-2", "gone", "2\u{a0}468", "Pause on all nodes"] {
        assert!(shown.contains(text), "{text}");
    }
    health.state = hookporter_pipeline::health::EndpointState::Stopped;
    health.paused = Some(Reach::ThisProcess);
    assert!(page(&health).contains("paused on this node alone"));
    health.paused = Some(Reach::EveryNode);
    assert!(page(&health).contains("paused on all nodes") && page(&health).contains("Resume on all nodes"));
}

#[test]
fn a_revoked_key_is_shown_with_the_way_back() {
    let mut health = sample::healths("stripe").remove(0);
    health.revoked_keys = vec![RevokedKey::new("stripe", "2026-05").of_tenant("acme")];
    let page = |may_change| {
        let view = sample::view(may_change);
        keys::keys(&view, std::slice::from_ref(&health), &[]).into_string()
    };
    for text in ["2026-05", "acme", "in this process", "/restore-key", "/revoke-key", r#"name="tenant" value="acme""#] {
        assert!(page(true).contains(text), "{text}");
    }
    let seen = page(false);
    assert!(seen.contains("2026-05") && !seen.contains("<form"), "{seen}");
}
