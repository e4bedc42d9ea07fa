use std::time::Duration;

use hookporter_core::Reason;
use hookporter_pipeline::{Endpoint, Keys};
use tokio::time::advance;

use crate::kit::{Door, Finder, plaid, plaid_key};

const UNKNOWN: Result<(), (Reason, u16)> = Err((Reason::UnknownKey, 401));
const DOWN: Result<(), (Reason, u16)> = Err((Reason::KeySourceUnavailable, 503));

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[tokio::test(start_paused = true)]
async fn a_key_is_asked_for_once_a_second_and_a_new_one_when_it_comes() {
    let finder = Finder::default().knowing("k1", plaid_key());
    let mut door = Door::plaid(&finder);
    for _ in 0..10 {
        assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    }
    assert_eq!(finder.asked(), 1);
    assert_eq!(door.event().key_id().as_str(), "k1");
    advance(millis(1000)).await;
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    assert_eq!(finder.asked(), 1);
    // The sender rotates its key: both count while both are known.
    let finder = finder.knowing("k2", plaid_key());
    assert_eq!(door.send(&plaid("k2")).await, Ok(()));
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    assert_eq!(finder.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_key_is_dead_within_a_second() {
    let finder = Finder::default().knowing("k1", plaid_key());
    let door = Door::plaid(&finder);
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    finder.forget("k1");
    advance(millis(1000)).await;
    assert_eq!(door.send(&plaid("k1")).await, UNKNOWN);
    // Also one that is remembered for longer, once that has passed.
    let finder = finder.knowing("k1", plaid_key());
    let keys = Keys::find(finder.clone()).remember_for(Duration::from_secs(60));
    let door = Door::new(Endpoint::plaid(keys).unwrap());
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    finder.forget("k1");
    advance(millis(59_999)).await;
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    advance(millis(1)).await;
    assert_eq!(door.send(&plaid("k1")).await, UNKNOWN);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_says_it_has_expired_is_dead() {
    let expiring = |moment: &str| plaid_key().replacen('{', &format!("{{\"expired_at\":{moment},"), 1);
    for (moment, outcome) in [
        ("null", Ok(())),
        ("1700000001", Ok(())),
        ("1700000000", Err((Reason::NoLiveKey, 401))),
        ("\"soon\"", Err((Reason::NoLiveKey, 401))),
    ] {
        let finder = Finder::default().knowing("k1", &expiring(moment));
        assert_eq!(Door::plaid(&finder).send(&plaid("k1")).await, outcome, "{moment}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_name_is_asked_for_once_in_thirty_seconds() {
    let finder = Finder::default();
    let door = Door::plaid(&finder);
    for _ in 0..100 {
        assert_eq!(door.send(&plaid("k9")).await, UNKNOWN);
    }
    assert_eq!(finder.asked(), 1);
    let finder = finder.knowing("k9", plaid_key());
    advance(millis(29_999)).await;
    assert_eq!(door.send(&plaid("k9")).await, UNKNOWN);
    assert_eq!(finder.asked(), 0);
    advance(millis(1)).await;
    assert_eq!(door.send(&plaid("k9")).await, Ok(()));
    assert_eq!(finder.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_unknown_names_reaches_the_source_a_bounded_number_of_times() {
    let finder = Finder::default().knowing("k1", plaid_key());
    let door = Door::plaid(&finder);
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    let mut outcomes = Vec::new();
    for number in 0..300 {
        outcomes.push(door.send(&plaid(&format!("made-up-{number}"))).await);
    }
    assert_eq!(finder.asked(), 60, "with the known one, as many as a minute allows");
    // What nobody was asked for may be a new key: its sender is to come again.
    assert!(outcomes[..59].iter().all(|outcome| *outcome == UNKNOWN));
    assert!(outcomes[59..].iter().all(|outcome| *outcome == DOWN));
    // The known key works on, also when it is asked for again.
    advance(millis(1000)).await;
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    assert_eq!(finder.asked(), 1);
    // A new key is found as soon as the flood leaves room.
    let finder = finder.knowing("k2", plaid_key());
    assert_eq!(door.send(&plaid("k2")).await, Ok(()));
    assert_eq!(finder.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_the_same_name_at_once_waits_for_one_answer() {
    let finder = Finder::default().knowing("k1", plaid_key());
    let door = Door::plaid(&finder);
    let (known, unknown) = (plaid("k1"), plaid("k9"));
    let (first, second, third) = tokio::join!(door.send(&known), door.send(&known), door.send(&known));
    assert_eq!([first, second, third], [Ok(()); 3]);
    assert_eq!(finder.asked(), 1);
    let (first, second, third) = tokio::join!(door.send(&unknown), door.send(&unknown), door.send(&known));
    assert_eq!([first, second, third], [UNKNOWN, UNKNOWN, Ok(())]);
    assert_eq!(finder.asked(), 1);
    finder.is_down(true);
    advance(millis(1000)).await;
    let (first, second, third) = tokio::join!(door.send(&known), door.send(&known), door.send(&known));
    assert_eq!([first, second, third], [DOWN; 3]);
    assert_eq!(finder.asked(), 1, "who waited does not try again at once");
}

#[tokio::test(start_paused = true)]
async fn while_the_source_is_down_the_sender_is_told_to_come_again() {
    let finder = Finder::default().knowing("k1", plaid_key());
    let door = Door::plaid(&finder);
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    finder.is_down(true);
    advance(millis(999)).await;
    assert_eq!(door.send(&plaid("k1")).await, Ok(()), "what is remembered counts");
    advance(millis(1)).await;
    for _ in 0..10 {
        assert_eq!(door.send(&plaid("k1")).await, DOWN);
        assert_eq!(door.send(&plaid("k2")).await, DOWN);
    }
    assert_eq!(finder.asked(), 3);
    finder.is_down(false);
    advance(millis(1000)).await;
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    // Broken material does not replace a working key, and is no key where there is none.
    let finder = finder.knowing("k1", "no key at all").knowing("k2", "no key at all");
    advance(millis(1000)).await;
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    assert_eq!(door.send(&plaid("k2")).await, DOWN);
    assert_eq!(finder.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_has_no_chance_asks_nobody() {
    let finder = Finder::default().knowing("k1", plaid_key());
    let door = Door::plaid(&finder);
    let good = plaid("k1");
    let reason = |outcome: Result<(), (Reason, u16)>| outcome.unwrap_err();
    let bare = good.clone().without_signature();
    assert_eq!(reason(door.send(&bare).await), (Reason::MissingHeader, 401));
    let doubled = good.clone().repeated_signature();
    assert_eq!(reason(door.send(&doubled).await), (Reason::RepeatedHeader, 401));
    for kid in ["../../dev/null", "", "a b"] {
        assert_eq!(reason(door.send(&plaid(kid)).await), (Reason::MalformedToken, 401), "{kid}");
    }
    let nameless = plaid("secret");
    assert_eq!(reason(door.send(&nameless).await), (Reason::MalformedToken, 401));
    assert_eq!(finder.asked(), 0);
    // The right name over a wrong signature is asked for, and refused for the signature.
    assert_eq!(reason(door.send(&good.tampered_signature()).await), (Reason::InvalidSignature, 401));
    assert_eq!(finder.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn rechecks_do_not_use_up_what_requests_may_ask_for() {
    let finder = Finder::default().knowing("k1", plaid_key());
    let door = Door::new(Endpoint::plaid(Keys::find(finder.clone()).ask_per_minute(3)).unwrap());
    let mut told = Vec::new();
    for n in 0..5 {
        told.push(door.judge(&plaid(&format!("made-up-{n}"))).await.map_err(|rejection| rejection.kind()));
    }
    let (unknown, enough) = (Err(Reason::UnknownKey), Err(Reason::KeySourceUnavailable));
    assert_eq!(told, [unknown, unknown, unknown, enough, enough]);
    assert_eq!(door.send(&plaid("k1")).await, Ok(()));
    // Nor the other way round.
    advance(Duration::from_secs(60)).await;
    for n in 0..5 {
        assert!(door.send(&plaid(&format!("other-{n}"))).await.is_err());
    }
    assert_eq!(door.judge(&plaid("k9")).await.map_err(|rejection| rejection.kind()), unknown);
}
