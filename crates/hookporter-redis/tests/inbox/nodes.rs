//! Inboxes beside each other in one server.

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_testkit::inbox::sample_record;

use crate::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inboxes_of_two_names_have_nothing_to_do_with_each_other() {
    let Some(server) = Server::start() else { return };
    for name in ["one", "another"] {
        assert_eq!(server.inbox(name).await.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    }
    let keys: Vec<String> = server.look().await.ask(&["KEYS", "*"]).await;
    assert!(keys.iter().all(|key| key.starts_with("{one}:") || key.starts_with("{another}:")), "{keys:?}");
}
