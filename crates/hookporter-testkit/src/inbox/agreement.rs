//! What nodes agree on, and what they tell of each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hookporter_core::{Keyring, Reason, Secret, UnixTime};
use hookporter_pipeline::health::{EndpointState, Light};
use hookporter_pipeline::inbox::AcceptingSide;
use hookporter_pipeline::nodes::{Fleet, NodeSeen, Order, Reach, RevokedKey, Said, SharedSide};
use hookporter_pipeline::{BoxError, Endpoint, Keys};
use tokio::time::{Instant, sleep};

use super::endpoints::{Told, send_and_tell, until};
use super::{Held, SharedBackend, hold, same};

/// The secrets of the keys `old` and `new`.
const OLD: &str = "the secret of before the rotation";
const NEW: &str = "the secret of after the rotation";

const TAKEN: Told = (200, None);
const PAUSED: Told = (503, Some(Reason::EndpointPaused));
const REVOKED: Told = (401, Some(Reason::KeyRevoked));

/// What is said on one node is to hold on the others within a second; a busy machine may be late.
const PATIENCE: Duration = Duration::from_secs(15);

fn side(store: &impl AcceptingSide) -> Result<Arc<dyn SharedSide>, BoxError> {
    store.shared_side().ok_or_else(|| "it is no store for several nodes".into())
}

/// An endpoint of GitHub's with the two keys.
fn door(store: &(impl AcceptingSide + Clone)) -> Result<Arc<Endpoint>, BoxError> {
    let keys = [Secret::new(OLD).named("old"), Secret::new(NEW).named("new")];
    Ok(Arc::new(Endpoint::github(keys)?.budget(PATIENCE).inbox(store)))
}

/// What a sender with this secret is told of an event that there was not before, sent to this path.
async fn knock_at(endpoint: &Arc<Endpoint>, path: &str, secret: &str) -> Result<Told, BoxError> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let body = format!("[{}]", COUNT.fetch_add(1, Ordering::Relaxed));
    send_and_tell(endpoint, &crate::github(secret).event("push").target(path).body(body).build()).await
}

async fn knock(endpoint: &Arc<Endpoint>, secret: &str) -> Result<Told, BoxError> {
    knock_at(endpoint, "/", secret).await
}

/// Knocks again and again until this is told.
async fn until_told(what: &str, endpoint: &Arc<Endpoint>, secret: &str, expected: Told) -> Held {
    let began = Instant::now();
    loop {
        let told = knock(endpoint, secret).await?;
        if told == expected {
            return Ok(());
        }
        hold(began.elapsed() < PATIENCE, || format!("{what}: still {told:?} after {PATIENCE:?}"))?;
        sleep(Duration::from_millis(20)).await;
    }
}

pub(super) async fn a_pause_on_one_node_is_one_on_all<B: SharedBackend>(backend: &B, store: B::Store) -> Held {
    let other = backend.node(&store).await?;
    let (a, b) = (door(&store)?, door(&other)?);
    same("before", (knock(&a, NEW).await?, knock(&b, NEW).await?), (TAKEN, TAKEN))?;
    same("how far it reaches", a.pause_everywhere().await?, Reach::EveryNode)?;
    same("where it was said, at once", knock(&a, NEW).await?, PAUSED)?;
    until_told("on the other node", &b, NEW, PAUSED).await?;
    same("how far it knows it to reach", b.paused(), Some(Reach::EveryNode))?;
    // Said once more it is said once.
    b.pause_everywhere().await?;
    let third = backend.node(&store).await?;
    let c = door(&third)?;
    same("the first request of a node that starts later", knock(&c, NEW).await?, PAUSED)?;
    let another = Arc::new(Endpoint::github(Secret::new(NEW))?.named("another").budget(PATIENCE).inbox(&third));
    same("another endpoint", knock(&another, NEW).await?, TAKEN)?;
    b.resume();
    same("after a resume of one node's own", knock(&b, NEW).await?, PAUSED)?;
    c.pause();
    same("how far the end of it reaches", b.resume_everywhere().await?, Reach::EveryNode)?;
    same("where that was said, at once", knock(&b, NEW).await?, TAKEN)?;
    until_told("on the other node", &a, NEW, TAKEN).await?;
    // By now the third knows it, too.
    let agreed = async || Ok(side(&third)?.agreement().agreed().paused.into_iter().collect());
    until(0, agreed).await?;
    same("what one node's own code has paused", (knock(&c, NEW).await?, c.paused()), (PAUSED, Some(Reach::ThisProcess)))
}

pub(super) async fn what_was_said_outlives_every_node<B: SharedBackend>(backend: &B, store: B::Store) -> Held {
    let a = door(&store)?;
    a.pause_everywhere().await?;
    let another = Arc::new(Endpoint::github([Secret::new(OLD).named("old")])?.named("another").inbox(&store));
    another.revoke_key(None, "old").await?;
    drop((a, another));
    let store = backend.restart(store).await?;
    let b = door(&store)?;
    same("the endpoint", knock(&b, NEW).await?, PAUSED)?;
    let another = Arc::new(Endpoint::github([Secret::new(OLD).named("old")])?.named("another").inbox(&store));
    same("the key", knock(&another, OLD).await?, REVOKED)
}

pub(super) async fn a_key_that_is_revoked_on_one_node_is_dead_on_all<B: SharedBackend>(
    backend: &B,
    store: B::Store,
) -> Held {
    let other = backend.node(&store).await?;
    let (a, b) = (door(&store)?, door(&other)?);
    same("before", (knock(&a, OLD).await?, knock(&b, OLD).await?), (TAKEN, TAKEN))?;
    same("how far it reaches", a.revoke_key(None, "old").await?, Reach::EveryNode)?;
    same("where it was said, at once", (knock(&a, OLD).await?, knock(&a, NEW).await?), (REVOKED, TAKEN))?;
    until_told("on the other node", &b, OLD, REVOKED).await?;
    same("another key on the other node", knock(&b, NEW).await?, TAKEN)?;
    // Said twice it is said once.
    b.revoke_key(None, "old").await?;
    same("the revoked keys", b.revoked_keys(), vec![RevokedKey::new("github", "old")])?;
    same("those that health shows", b.health().revoked_keys, b.revoked_keys())?;
    let c = door(&backend.node(&store).await?)?;
    same("a node that starts later", (knock(&c, OLD).await?, knock(&c, NEW).await?), (REVOKED, TAKEN))?;
    b.restore_key(None, "old").await?;
    same("once it counts again, at once", knock(&b, OLD).await?, TAKEN)?;
    until_told("once it counts again, on the other node", &a, OLD, TAKEN).await
}

pub(super) async fn a_tenants_key_is_no_other_tenants<B: SharedBackend>(backend: &B, store: B::Store) -> Held {
    // An endpoint of tenants, all of whom have a key `app`.
    let of_tenants = |store: &B::Store| -> Result<_, BoxError> {
        let keys = Keys::resolve(|_: String| async {
            Ok::<_, BoxError>(Some(Keyring::from([Secret::new(OLD).named("app"), Secret::new(NEW).named("next")])))
        });
        let endpoint = Endpoint::github(keys)?.tenant_from_path("/hooks/{tenant}")?;
        Ok(Arc::new(endpoint.budget(PATIENCE).inbox(store)))
    };
    let other = backend.node(&store).await?;
    let (a, b) = (of_tenants(&store)?, of_tenants(&other)?);
    same("before", knock_at(&b, "/hooks/acme", OLD).await?, TAKEN)?;
    a.revoke_key(Some("acme"), "app").await?;
    side(&store)?.revoke(&RevokedKey::new("github", "app").of_private_tenant("secretive")).await?;
    until(2, async || Ok(b.revoked_keys())).await?;
    for (node, endpoint) in [("where it was said", &a), ("on the other node", &b)] {
        for (tenant, of_app) in [("acme", REVOKED), ("secretive", REVOKED), ("other", TAKEN)] {
            let path = format!("/hooks/{tenant}");
            let told = (knock_at(endpoint, &path, OLD).await?, knock_at(endpoint, &path, NEW).await?);
            same(&format!("the keys of the tenant {tenant}, {node}"), told, (of_app, TAKEN))?;
        }
    }
    let names = side(&other)?.agreement().agreed().revoked;
    hold(!format!("{names:?}").contains("secretive"), || format!("the private tenant can be read: {names:?}"))?;
    // One tenant's is restored, the other one's is not.
    b.restore_key(Some("acme"), "app").await?;
    until(1, async || Ok(a.revoked_keys())).await?;
    let told = (knock_at(&a, "/hooks/acme", OLD).await?, knock_at(&a, "/hooks/secretive", OLD).await?);
    same("once one of them is restored", told, (TAKEN, REVOKED))
}

pub(super) async fn who_said_what_is_told_on_every_node<B: SharedBackend>(backend: &B, store: B::Store) -> Held {
    let other = backend.node(&store).await?;
    let (here, there) = (side(&store)?, side(&other)?);
    let (of_all, of_one) = (RevokedKey::new("another", "old"), RevokedKey::new("another", "old").of_tenant("acme"));
    same("before", there.said().await?, vec![])?;
    here.revoke(&of_one).await?;
    here.pause("github").await?;
    here.revoke(&of_all).await?;
    let said = there.said().await?;
    let orders = |said: &[Said]| said.iter().map(|said| said.order.clone()).collect::<Vec<_>>();
    let expected =
        vec![Order::Pause("github".to_owned()), Order::Revoke(of_all.clone()), Order::Revoke(of_one.clone())];
    same("what was said, in order", orders(&said), expected)?;
    let node = here.agreement().node();
    hold(said.iter().all(|said| said.by.as_deref() == Some(node)), || format!("not by {node}: {said:?}"))?;
    // By the engine's clock, whatever that says: no moment of long ago.
    let is_recent = said.iter().all(|said| said.since > UnixTime::from_secs(1_600_000_000));
    hold(is_recent, || format!("the moments are none: {said:?}"))?;
    // Said once more it is as old as before.
    there.pause("github").await?;
    there.revoke(&of_one).await?;
    same("said once more", there.said().await?, said)?;
    there.resume("github").await?;
    there.restore(&of_one).await?;
    same("what is left", orders(&here.said().await?), vec![Order::Revoke(of_all)])
}

/// What the nodes have said of themselves, once there are so many of whom this holds.
async fn seen(store: &impl AcceptingSide, many: usize, so: impl Fn(&Fleet) -> bool) -> Result<Vec<NodeSeen>, BoxError> {
    let side = side(store)?;
    let began = Instant::now();
    loop {
        let nodes = side.nodes().await?;
        let fleet = Fleet::of(&nodes, &side.agreement().agreed());
        if nodes.len() == many && so(&fleet) {
            return Ok(nodes);
        }
        let problem = || format!("not the {many} nodes that there are, or not what they told: {fleet:?}");
        hold(began.elapsed() < PATIENCE, problem)?;
        sleep(Duration::from_millis(50)).await;
    }
}

pub(super) async fn each_node_shows_all_of_them<B: SharedBackend>(backend: &B, store: B::Store) -> Held {
    let other = backend.node(&store).await?;
    let (a, b) = (door(&store)?, door(&other)?);
    for endpoint in [&a, &a, &a, &b] {
        same("a good one", knock(endpoint, NEW).await?, TAKEN)?;
    }
    for _ in 0..5 {
        same("a forged one", knock(&b, "a secret of nobody's at all").await?.0, 401)?;
    }
    for store in [&store, &other] {
        // A node that had no time for a moment is up again, once it has.
        let is_told = |fleet: &Fleet| {
            fleet.endpoints.iter().any(|one| one.calls == 9 && one.light == Light::Red)
                && fleet.nodes.iter().all(|node| node.is_up)
        };
        let nodes = seen(store, 2, is_told).await?;
        let side = side(store)?;
        let here: Vec<_> = nodes.iter().filter(|node| node.is_here).map(|node| &*node.name).collect();
        same("the one that tells", here, vec![side.agreement().node()])?;
        for node in &nodes {
            let is_fresh = node.started_at <= node.last_seen && node.silent_for < PATIENCE;
            hold(is_fresh && !node.every.is_zero(), || format!("its times are none: {node:?}"))?;
        }
        let fleet = Fleet::of(&nodes, &side.agreement().agreed());
        let all: Vec<_> =
            fleet.endpoints.iter().map(|one| (&*one.endpoint, one.nodes, one.errors, one.is_paused)).collect();
        same("the endpoint on both", all, vec![("github", 2, 5, false)])?;
        let states: Vec<_> = fleet.endpoints.iter().map(|one| (one.light, one.state)).collect();
        same("how it fares", states, vec![(Light::Red, EndpointState::TooManyErrors)])?;
        for node in &fleet.nodes {
            // The one at which the forged ones were.
            let is_ill = node.is_here == std::ptr::eq(store, &other);
            let alarms: Vec<_> =
                node.endpoints.iter().flat_map(|one| one.alarms.iter().map(|one| &*one.alarm)).collect();
            let expected =
                if is_ill { (true, Light::Red, vec!["rejects-everything"]) } else { (true, Light::Green, vec![]) };
            same("a node", (node.is_up, node.light, alarms), expected)?;
        }
        let secrets = [OLD, NEW].iter().any(|secret| nodes.iter().any(|node| node.report.contains(secret)));
        hold(!secrets, || "a node tells its secrets".to_owned())?;
    }
    // A pause shows where it was not said.
    a.pause_everywhere().await?;
    seen(&other, 2, |fleet| fleet.endpoints.iter().all(|one| one.is_paused)).await?;
    // One that is closed is not missed: after a restart there are two again.
    drop(b);
    let other = backend.restart(other).await?;
    seen(&other, 2, |fleet| fleet.endpoints.iter().any(|one| one.calls == 3)).await.map(drop)
}
