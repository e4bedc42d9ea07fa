//! What stands in the server: an inbox of an older release, and keys that somebody has spoiled.

use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Claim, Lease, Settled, WorkingSide};
use hookporter_redis::Inbox;
use hookporter_testkit::inbox::sample_record;

use crate::server::{Look, Server};

async fn lent(inbox: &Inbox) -> Vec<Lease> {
    let claim = Claim { now: SystemClock.now(), lease: Duration::from_secs(60), most: 100, attempts: 5 };
    inbox.claim(claim).await.unwrap().leases
}

/// What tells copies of this event, in every inbox.
async fn mark(server: &Server, look: &Look, id: &str) -> String {
    let name = format!("marks_of_{id}");
    let _ = server.inbox(&name).await.accept(vec![sample_record(id)]).await.unwrap();
    let keys: Vec<String> = look.ask(&["KEYS", &format!("{{{name}}}:m:*")]).await;
    keys[0].rsplit(':').next().unwrap().to_owned()
}

/// Every event had a state from the beginning then, with what people see of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_older_release_has_left_is_worked_and_told_apart() {
    let Some(server) = Server::start() else { return };
    let (inbox, look) = (server.inbox("older").await, server.look().await);
    look.ask::<String>(&["SET", "{older}:number", "9"]).await;
    for (number, id, stream, letter) in [("8", "evt_waits", "events", "w"), ("9", "evt_dead", "dead", "d")] {
        look.set(&format!("{{older}}:c:{number}"), &sample_record(id).to_bytes()).await;
        let at: String = look.ask(&["XADD", &format!("{{older}}:{stream}"), "*", "n", number]).await;
        let (waits, dead) = if letter == "w" { (at.as_str(), "") } else { ("", at.as_str()) };
        let mark = mark(&server, &look, id).await;
        look.ask::<String>(&["SET", &format!("{{older}}:m:{mark}"), number]).await;
        let state = format!("{{older}}:e:{number}");
        let fields =
            ["s", letter, "k", &mark, "l", "", "a", "0", "p", "0", "d", dead, "q", waits, "n", "acme", "i", id];
        look.ask::<i64>(&[&["HSET", &state], &fields[..]].concat()).await;
    }
    let copies = ["evt_waits", "evt_dead", "evt_new"].map(sample_record).to_vec();
    let answers = inbox.accept(copies).await.unwrap();
    assert_eq!(answers, [Accepted::Duplicate, Accepted::Requeued, Accepted::New]);
    let leases = lent(&inbox).await;
    assert_eq!((leases.len(), leases[0].id.number, leases[1].id.number), (3, 8, 9));
    assert!(leases[2].id.number > 9 && leases[0].record == sample_record("evt_waits"));
    for lease in leases {
        assert_eq!(inbox.complete(lease.id, SystemClock.now()).await.unwrap(), Settled::Done);
    }
    assert_eq!(look.undone("older").await, 0);
    assert_eq!(inbox.accept(vec![sample_record("evt_waits")]).await.unwrap(), [Accepted::Duplicate]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_with_one_request_is_no_other_s_and_is_not_known_as_taken() {
    let Some(server) = Server::start() else { return };
    let (inbox, look) = (server.inbox("spoiled").await, server.look().await);
    let in_lane = |id: &str| {
        let mut record = sample_record(id);
        record.lane = Some("lane".to_owned());
        record
    };
    let _ = inbox.accept(vec![in_lane("evt_first")]).await.unwrap();
    let lane: Vec<String> = look.ask(&["KEYS", "{spoiled}:lane:*"]).await;
    look.ask::<String>(&["SET", &lane[0], "no list"]).await;

    // What comes while the first one is asked for goes together.
    let mut pushed = Vec::new();
    for at in 0..20 {
        pushed.push((at, inbox.accept(vec![sample_record(&format!("evt_{at}"))])));
        pushed.push((100 + at, inbox.accept(vec![in_lane(&format!("evt_lane_{at}"))])));
    }
    for (at, pushed) in pushed {
        let told = pushed.await;
        assert_eq!(told.is_ok(), at < 100, "{at}: {told:?}");
    }
    look.ask::<i64>(&["DEL", &lane[0]]).await;
    assert_eq!(inbox.accept(vec![in_lane("evt_lane_7")]).await.unwrap(), [Accepted::New]);
    let ids: Vec<_> = lent(&inbox).await.into_iter().map(|lease| lease.record.event_id.unwrap().text).collect();
    assert_eq!(ids.len(), 22, "{ids:?}");
    assert!(ids.iter().any(|id| id == "evt_lane_7"), "{ids:?}");
}
