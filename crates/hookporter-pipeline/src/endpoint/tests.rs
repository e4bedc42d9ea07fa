use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hookporter_core::Secret;
use tokio::time::{Sleep, sleep};

use super::*;
use crate::{BodyBroken, BodyReader, BoxFuture, Event, HandedOff, Handoff, HandoffError, Verdict, receive};

/// A body that is there after a while.
struct Slow(Pin<Box<Sleep>>, Option<Bytes>);

impl BodyReader for Slow {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyBroken>>> {
        ready!(self.0.as_mut().poll(cx));
        Poll::Ready(self.1.take().map(Ok))
    }
}

/// A hand-off that takes so long.
struct Takes(Duration);

impl Handoff for Takes {
    fn hand_off(&self, _: Event) -> BoxFuture<'static, Result<HandedOff, HandoffError>> {
        let long = self.0;
        Box::pin(async move {
            sleep(long).await;
            Ok(HandedOff::New)
        })
    }
}

#[tokio::test(start_paused = true)]
async fn the_budget_begins_with_the_last_byte_of_the_body_and_is_what_a_slow_one_left() {
    let secret = "a secret that is long enough";
    // GitHub waits for ten seconds: an upload of eight leaves three fifths of two.
    let short = [(8000, 1100, 200), (8000, 1300, 503)];
    for (upload, work, status) in
        [(0, 1900, 200), (0, 2100, 503), (5000, 1900, 200), (5000, 2100, 503)].into_iter().chain(short)
    {
        let request = hookporter_testkit::github(secret).event("push").build();
        let handoff = Takes(Duration::from_millis(work));
        let endpoint = Arc::new(Endpoint::github(Secret::new(secret)).unwrap().handoff(handoff));
        let mut body = Slow(Box::pin(sleep(Duration::from_millis(upload))), Some(request.body().clone()));
        let verdict = receive(&endpoint, &request.head(), None, &mut body).await;
        let Verdict::Reply(reply) = verdict else { panic!("{verdict:?}") };
        assert_eq!(reply.status, status, "{upload} ms of upload and {work} ms of work");
    }
}

#[test]
fn a_slow_upload_leaves_less_of_the_senders_patience() {
    let millis = Duration::from_millis;
    let slack = Endpoint::slack(Secret::new("a secret that is long enough")).unwrap();
    assert_eq!(slack.budget_after(Duration::ZERO), millis(1800));
    assert_eq!(slack.budget_after(millis(2000)), millis(600));
    assert_eq!(slack.budget_after(millis(9000)), LEAST_BUDGET);
    assert_eq!(slack.budget(millis(100)).budget_after(millis(2000)), millis(100));
    let stripe = Endpoint::stripe(Secret::new("a secret that is long enough")).unwrap();
    assert_eq!(stripe.budget_after(millis(9000)), millis(2000));
}

#[test]
fn a_sender_that_signs_the_url_needs_one() {
    let secret = || Secret::new("0123456789abcdef0123456789abcdef");
    let error = Endpoint::provider("twilio", secret()).unwrap_err().to_string();
    assert!(error.contains("public_url"), "{error}");
    assert!(Endpoint::twilio(secret(), "https://a.example/hook").is_ok());
    assert!(Endpoint::provider("nobody", secret()).is_err());
}

#[test]
fn only_a_status_that_the_sender_takes_acknowledges() {
    let hubla = || Endpoint::hubla(Secret::new("hubla-token-1")).unwrap();
    assert!(hubla().ack_status(202).is_ok());
    for status in [204, 200 + 99, 301, 404] {
        assert!(matches!(hubla().ack_status(status), Err(ConfigError::AckStatus { .. })), "{status}");
    }
}
