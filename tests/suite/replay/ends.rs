//! How attempts end: what a handler's answer makes of its event.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use hookporter::inbox::{ByType, ChangeKind, WorkError};
use hookporter::{Clock, Event, SystemClock, UnixTime};

use super::said::Said;
use super::state::State;
use super::{HOUR, Scene, acme, ends, impatient, work};
use crate::server::{Adapter, BOTH};

fn now() -> UnixTime {
    SystemClock.now()
}

/// Works one event of this handler once, where every retry waits up to an hour.
async fn works(adapter: Adapter, said: Said) -> (ChangeKind, String) {
    Scene::works(adapter, move |_| said.clone()).await
}

/// Whether it is due again after about this time.
fn is_due_after(kind: ChangeKind, wait: Duration) -> bool {
    let ChangeKind::Failed(due) = kind else { return false };
    let slack = Duration::from_secs(20);
    due <= now().plus(wait) && due.plus(slack) >= now().plus(wait)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_a_2xx_is_done() {
    for adapter in BOTH {
        for status in [200, 201, 204, 299] {
            assert_eq!(works(adapter, Said::Status(status)).await, (ChangeKind::Worked, String::new()), "{adapter:?}");
        }
        for status in [302, 404, 410, 429, 500, 503] {
            let (kind, error) = works(adapter, Said::Status(status)).await;
            assert!(matches!(kind, ChangeKind::Failed(_)), "{adapter:?}: {status}: {kind:?}");
            assert_eq!(error, format!("the handler answered {status}"), "{adapter:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_503_says_when_to_come_again() {
    let day = Duration::from_secs(24 * 3600);
    for adapter in BOTH {
        for (value, wait) in [("7200", 2 * HOUR), ("86400", day), ("99999999999", day)] {
            let (kind, error) = works(adapter, Said::RetryAfter(value)).await;
            assert!(is_due_after(kind, wait), "{adapter:?}: {value}: {kind:?}");
            assert_eq!(error, "the handler answered 503");
        }
        // As the backoff says, which is at most an hour here.
        for value in ["-1", "soon", "Wed, 21 Oct 2065 07:28:00 GMT", "99999999999999999999999"] {
            let ChangeKind::Failed(due) = works(adapter, Said::RetryAfter(value)).await.0 else { panic!("{value}") };
            assert!(due <= now().plus(HOUR), "{adapter:?}: {value}: {due:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_503_that_would_come_again_at_once_waits_as_the_backoff_says() {
    for adapter in BOTH {
        // Of up to an hour's backoff, a second would be chance.
        let mut waits = Vec::new();
        for value in ["0", "1", "1"] {
            let ChangeKind::Failed(due) = works(adapter, Said::RetryAfter(value)).await.0 else { panic!("{value}") };
            waits.push(due.since(now()));
        }
        let (least, most) = (Duration::from_secs(20), HOUR + Duration::from_secs(1));
        assert!(waits.iter().any(|wait| *wait > least), "{adapter:?}: {waits:?}");
        assert!(waits.iter().all(|wait| *wait <= most), "{adapter:?}: {waits:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_handler_can_say_what_is_to_become_of_its_event() {
    let wait = Duration::from_secs(7200);
    for adapter in BOTH {
        let (kind, error) = works(adapter, Said::NotWorked(WorkError::dead_letter("the account is gone"))).await;
        assert_eq!((kind, &*error), (ChangeKind::Dead, "the account is gone"), "{adapter:?}");
        let (kind, error) = works(adapter, Said::NotWorked(WorkError::park("the next release does this"))).await;
        assert_eq!((kind, &*error), (ChangeKind::Parked, "the next release does this"), "{adapter:?}");
        let (kind, error) = works(adapter, Said::NotWorked(WorkError::retry_after(wait, "busy"))).await;
        assert!(is_due_after(kind, wait) && error == "busy", "{adapter:?}: {kind:?} {error}");
        let second = Duration::from_secs(1);
        let (kind, _) = works(adapter, Said::NotWorked(WorkError::retry_after(second, "busy"))).await;
        assert!(is_due_after(kind, second), "{adapter:?}: its word is no floor: {kind:?}");
        let (kind, error) = works(adapter, Said::NotWorked(WorkError::retry("no such host"))).await;
        assert!(matches!(kind, ChangeKind::Failed(_)) && error == "no such host", "{adapter:?}: {kind:?} {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_payload_of_another_type_waits_for_a_deploy_and_not_five_seconds() {
    for adapter in BOTH {
        // Of up to an hour's backoff, five seconds would be chance.
        let mut waits = Vec::new();
        for _ in 0..3 {
            let (kind, error) = works(adapter, Said::WrongType).await;
            assert_eq!(error, "the payload is not of the expected type at line 1 column 0", "{adapter:?}");
            let ChangeKind::Failed(due) = kind else { panic!("{adapter:?}: {kind:?}") };
            waits.push(due.since(now()));
        }
        assert!(waits.iter().any(|wait| *wait > Duration::from_secs(6)), "{adapter:?}: {waits:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failure_comes_again_and_is_a_dead_letter_in_the_end() {
    for adapter in BOTH {
        let scene = Scene::saying(adapter, |event| Said::Status(if event.attempt() == 2 { 200 } else { 500 })).await;
        scene.keeps("evt_1");
        let changes = work(impatient(scene.inbox.worker(scene.function())), 2).await;
        assert_eq!(ends(&changes), [(1, "failed"), (2, "worked")], "{adapter:?}");
        let attempts: Vec<_> = scene.state.seen().iter().filter_map(|pass| Some(pass.attempt?.number())).collect();
        assert_eq!(attempts, [1, 2]);

        let scene = Scene::saying(adapter, |_| Said::Status(500)).await;
        scene.keeps("evt_1");
        let changes = work(impatient(scene.inbox.worker(scene.function())), 3).await;
        assert_eq!(ends(&changes), [(1, "failed"), (2, "failed"), (3, "dead")], "{adapter:?}");
        let dead = scene.inbox.list(hookporter::sqlite::State::Dead, 0, 10).await.unwrap();
        assert_eq!(dead[0].last_error.as_deref(), Some("the handler answered 500"));
        // Whoever presses "redeliver" wants that.
        scene.keeps("evt_1");
        assert_eq!(ends(&work(impatient(scene.inbox.worker(scene.function())), 3).await)[2], (3, "dead"));
        assert_eq!(scene.state.seen().len(), 6);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_panic_is_an_attempt_that_failed_and_the_next_one_works() {
    let says = |event: &Event| match event.attempt() {
        1 => Said::Panic("no such account"),
        _ => Said::Status(200),
    };
    for adapter in BOTH {
        let scene = Scene::saying(adapter, says).await;
        for id in ["evt_1", "evt_2", "evt_3"] {
            scene.keeps(id);
        }
        let changes = work(impatient(scene.inbox.worker(scene.function())).concurrency(1), 6).await;
        let expected = [[(1, "failed"); 3], [(2, "worked"); 3]].concat();
        assert_eq!(ends(&changes), expected, "{adapter:?}");
        assert_eq!(changes[0].error.as_deref(), Some("panicked: no such account"), "{adapter:?}");
        if adapter == Adapter::Actix {
            assert_eq!(scene.state.threads().len(), 1, "the thread lives on");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_streamed_answer_is_read_to_its_end_and_may_break() {
    for adapter in BOTH {
        let scene = Scene::saying(adapter, |event| Said::Stream(event.attempt() > 1)).await;
        scene.keeps("evt_1");
        let changes = work(impatient(scene.inbox.worker(scene.function())), 2).await;
        assert_eq!(ends(&changes), [(1, "failed"), (2, "worked")], "{adapter:?}");
        assert_eq!(changes[0].error.as_deref(), Some("the stream broke"), "{adapter:?}");
        assert_eq!(scene.state.streamed.load(SeqCst), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_attempt_that_takes_too_long_takes_its_handler_with_it() {
    for adapter in BOTH {
        let says = |event: &Event| if event.attempt() == 1 { Said::Hang } else { Said::Status(200) };
        let scene = Scene::saying(adapter, says).await;
        scene.keeps("evt_1");
        // Held on to, so that what ends the handler is not the end of its thread. The second attempt has the same time, on a busy
        // machine, too.
        let function = Arc::new(scene.function());
        let works = function.clone();
        let worker = impatient(scene.inbox.worker(move |event| works(event))).time_limit(Duration::from_secs(5));
        assert_eq!(ends(&work(worker, 2).await), [(1, "failed"), (2, "worked")], "{adapter:?}");
        crate::server::wait_for(|| scene.state.dropped.load(SeqCst) == 1);
        assert_eq!(scene.state.dropped.load(SeqCst), 1, "{adapter:?}: the handler goes on for nobody");
        drop(function);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_app_may_be_for_some_types_only() {
    for adapter in BOTH {
        let scene = Scene::with(adapter, State::new(), acme()).await;
        scene.keeps("evt_1");
        let function = ByType::new().on("invoice.paid", scene.function()).park_others();
        assert_eq!(ends(&work(scene.inbox.worker(function), 1).await), [(1, "worked")], "{adapter:?}");
        scene.keeps("evt_2");
        let function = ByType::new().on("invoice.voided", scene.function()).park_others();
        let changes = work(scene.inbox.worker(function), 1).await;
        assert_eq!(ends(&changes), [(1, "parked")], "{adapter:?}");
        scene.state.only();
    }
}
