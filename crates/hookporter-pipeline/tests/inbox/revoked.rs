//! Revoked keys and pauses of an endpoint whose inbox is nobody else's: this process's own, while it runs.

use hookporter_core::{Reason, Secret};
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::health::{EndpointState, HealthBoard};
use hookporter_pipeline::nodes::{Fleet, Reach, RevokedKey};

use crate::kit::{Door, SECRET, Store, TAKEN, push};

const NEXT: &str = "the secret of after the rotation";
const REVOKED: (u16, Option<Reason>) = (401, Some(Reason::KeyRevoked));

#[tokio::test]
async fn a_revoked_key_is_refused_and_another_goes_on() {
    let store = Store::new();
    let keys = [Secret::new(SECRET).named("old"), Secret::new(NEXT).named("new")];
    let endpoint = Endpoint::github(keys).unwrap().inbox(&store);
    let door = Door::new(endpoint.clone());
    assert_eq!(door.send(&push(SECRET, "[1]")).await, TAKEN);
    assert_eq!(endpoint.revoke_key(None, "old").await.unwrap(), Reach::ThisProcess);
    assert_eq!((door.send(&push(SECRET, "[2]")).await, door.send(&push(NEXT, "[3]")).await), (REVOKED, TAKEN));
    assert_eq!(endpoint.revoked_keys(), [RevokedKey::new("github", "old")]);
    // Of another tenant's key nothing is said.
    endpoint.revoke_key(Some("acme"), "new").await.unwrap();
    assert_eq!(door.send(&push(NEXT, "[4]")).await, TAKEN);
    // A wrong signature is no revoked one.
    assert_eq!(door.send(&push("nobody's secret at all", "[5]")).await, (401, Some(Reason::InvalidSignature)));
    let json = HealthBoard::new([endpoint.clone()]).json();
    let shown = r#""revoked_keys":[{"endpoint":"github","tenant":null,"key":"old"}"#;
    assert!(json.contains(shown) && !json.contains(SECRET), "{json}");
    endpoint.restore_key(None, "old").await.unwrap();
    assert_eq!(door.send(&push(SECRET, "[2]")).await, TAKEN);
    assert_eq!(store.records().len(), 4);
}

#[tokio::test]
async fn where_no_node_shares_it_everywhere_is_here() {
    let endpoint = Endpoint::github(Secret::new(SECRET)).unwrap().inbox(&Store::new());
    let door = Door::new(endpoint.clone());
    assert_eq!((endpoint.reach(), endpoint.paused()), (Reach::ThisProcess, None));
    assert_eq!(endpoint.pause_everywhere().await.unwrap(), Reach::ThisProcess);
    assert_eq!(door.send(&push(SECRET, "[1]")).await, (503, Some(Reason::EndpointPaused)));
    assert_eq!((endpoint.paused(), endpoint.health().state), (Some(Reach::ThisProcess), EndpointState::Stopped));
    assert_eq!(endpoint.resume_everywhere().await.unwrap(), Reach::ThisProcess);
    assert_eq!(door.send(&push(SECRET, "[1]")).await, TAKEN);
    let board = HealthBoard::new([endpoint.clone()]);
    assert!(Fleet::look([&endpoint]).await.is_none() && !board.fresh_json().await.contains("fleet"));
}
