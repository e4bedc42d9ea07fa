//! A cluster: all keys of an inbox are on one node, whichever node was named.

use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Settled, WorkingSide};
use hookporter_redis::Settings;
use hookporter_testkit::inbox::sample_record;
use tokio::time::{Instant, sleep};

use crate::server::{DURABLE, Server};

/// Two nodes that know each other, with half of the slots each.
async fn cluster() -> Option<[Server; 2]> {
    let start = || Server::with(&[&DURABLE[..], &["--cluster-enabled", "yes"]].concat());
    let nodes = [start()?, start()?];
    // One that says nothing is taken to be where its connections come from, which is 127.0.0.1.
    nodes.iter().for_each(|node| node.set("cluster-announce-ip", &node.host()));
    // What nodes tell each other goes by another port, 10,000 above; where that cannot be, another port may.
    assert_eq!(nodes[0].asked(&["cluster", "addslotsrange", "0", "8191"]), "OK");
    assert_eq!(nodes[1].asked(&["cluster", "addslotsrange", "8192", "16383"]), "OK");
    assert_eq!(nodes[0].asked(&["cluster", "meet", &nodes[1].host(), &nodes[1].port()]), "OK");
    let began = Instant::now();
    while !nodes.iter().all(|node| node.asked(&["cluster", "info"]).contains("cluster_state:ok")) {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", nodes[0].asked(&["cluster", "info"]));
        sleep(Duration::from_millis(50)).await;
    }
    Some(nodes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_is_on_one_node_whichever_was_named() {
    let Some(nodes) = cluster().await else { return };
    let mut at = [0, 0];
    for name in ["a", "b", "c", "d", "e", "f"] {
        let open = |node: &Server| Settings::new().name(name).connect(Box::leak(node.url().into_boxed_str()));
        let (one, other) = (open(&nodes[0]).await.unwrap(), open(&nodes[1]).await.unwrap());
        let mut record = sample_record("evt_1");
        record.lane = Some("lane".to_owned());
        assert_eq!(one.accept(vec![record.clone(), sample_record("evt_2")]).await.unwrap(), [Accepted::New; 2]);
        assert_eq!(other.accept(vec![record]).await.unwrap(), [Accepted::Duplicate]);
        let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(9), most: 10, attempts: 5 };
        for lease in other.claim(claim).await.unwrap().leases {
            assert_eq!(one.complete(lease.id, SystemClock.now()).await.unwrap(), Settled::Done);
        }
        for (node, count) in nodes.iter().zip(&mut at) {
            *count += usize::from(!node.asked(&["keys", &format!("{{{name}}}:*")]).is_empty());
        }
    }
    assert!(at[0] + at[1] == 6 && at[0] > 0 && at[1] > 0, "{at:?}");
}
