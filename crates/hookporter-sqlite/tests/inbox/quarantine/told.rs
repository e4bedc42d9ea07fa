//! What a stranger is told, and who may recheck.

use std::sync::Arc;
use std::time::Duration;

use hookporter_core::Secret;
use hookporter_pipeline::operating::{Operated, RefusedSelection};
use hookporter_pipeline::{BoxError, Endpoint, Keys, Reply, Verdict, receive};
use hookporter_testkit::ManualClock;
use hookporter_testkit::inbox::START;

use super::{RIGHT, WRONG, kept, open, plain, push, send};
use crate::directory::Directory;

/// While an endpoint holds, nobody learns by it which tenants there are.
#[tokio::test]
async fn a_tenant_that_there_is_not_is_held_as_any_other() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let clock = ManualClock::at(START);
    let keys =
        Keys::resolve(
            |tenant: String| async move { Ok::<_, BoxError>((tenant == "acme").then(|| Secret::new(RIGHT))) },
        );
    let endpoint = Endpoint::github(keys).unwrap().tenant_from_path("/hook/{tenant}").unwrap();
    let endpoint = endpoint.clock(clock.clone()).inbox(&inbox).quarantine().unwrap().hold_while_red().unwrap();
    let endpoint = Arc::new(endpoint);
    let told = async |tenant: &str, secret: &str, body: &str| {
        let request =
            hookporter_testkit::github(secret).event("push").at(START).body(bytes::Bytes::from(body.to_owned()));
        let request = request.target(&format!("/hook/{tenant}")).build();
        match receive(&endpoint, &request.head(), None, &mut Some(request.body().clone())).await {
            Verdict::Reply(reply) => reply,
            verdict => panic!("{verdict:?}"),
        }
    };
    // Some seconds lie between the shortest time to wait and the longest.
    let shown = |reply: &Reply| (reply.status, format!("{:?}", reply.content), reply.retry_after.is_some());
    assert_eq!(told("acme", RIGHT, "[0]").await.status, 200);
    tokio::time::pause();
    for at in 1..=6 {
        let (known, unknown) = (told("acme", WRONG, &format!("[{at}]")).await, told("nobody", WRONG, "[]").await);
        assert_eq!(shown(&known), shown(&unknown));
        assert_eq!(known.status, if at <= 5 { 401 } else { 503 });
        clock.advance(Duration::from_secs(2));
        tokio::time::advance(Duration::from_secs(2)).await;
    }
}

/// Also where the store is given: what is another endpoint's is not judged by this one's keys.
#[tokio::test]
async fn whose_name_another_endpoint_has_rechecks_nothing() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let (first, second) = (Arc::new(plain(&inbox, WRONG).quarantine().unwrap()), plain(&inbox, RIGHT));
    assert_eq!(send(&first, &push(RIGHT, "[1]")).await, 401);
    kept(&inbox, 1).await;
    assert!(first.recheck(RefusedSelection::all()).await.is_ok());
    assert!(second.recheck_in(inbox.refused().unwrap(), RefusedSelection::all()).await.is_err());
    kept(&inbox, 1).await;
}
