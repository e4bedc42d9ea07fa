//! Subscriptions that a sender asks to confirm in a proven event.

use std::sync::{Arc, Mutex};

use hookporter::{ConfigError, Endpoint, Outcome, Reason, Secret, Subscription};
use hookporter_testkit::SignedRequest;

use crate::sender::send;
use crate::server::{BOTH, PATH, Server};

const TOPIC: &str = "arn:aws:sns:us-west-2:123456789012:MyTopic";

fn sns() -> Endpoint {
    Endpoint::aws_sns(Secret::new(hookporter_testkit::keys("aws-sns").unwrap().receiver)).unwrap()
}

fn message(kind: &str, id: &str) -> SignedRequest {
    let secret = hookporter_testkit::keys("aws-sns").unwrap().sender;
    hookporter_testkit::aws_sns(secret).event(kind).event_id(id).build().with_target(PATH)
}

/// Topic and URL of each subscription that was asked for.
type Asked = Arc<Mutex<Vec<(String, String)>>>;

/// An endpoint that notes what it is asked to confirm, and fails as often as it is told to.
fn noting(failures: usize) -> (Endpoint, Asked) {
    let asked = Asked::default();
    let (noted, left) = (asked.clone(), Arc::new(Mutex::new(failures)));
    let confirm = move |subscription: Subscription| {
        noted.lock().unwrap().push((subscription.topic().to_owned(), subscription.url().to_owned()));
        let mut left = left.lock().unwrap();
        let confirmed = left.checked_sub(1).map_or(Ok(()), |less| {
            *left = less;
            Err("not now")
        });
        std::future::ready(confirmed)
    };
    (sns().only_types(["Notification"]).confirm_subscriptions(confirm).unwrap(), asked)
}

#[test]
fn a_proven_one_is_confirmed_and_not_handed_off() {
    for adapter in BOTH {
        let (endpoint, asked) = noting(0);
        let server = Server::start(adapter, endpoint);
        assert_eq!(send(&server, &message("SubscriptionConfirmation", "1")).status, 200);
        let url = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription";
        assert_eq!(*asked.lock().unwrap(), [(TOPIC.to_owned(), url.to_owned())]);
        // Again: it was confirmed.
        assert_eq!(send(&server, &message("SubscriptionConfirmation", "1")).status, 200);
        // Calling the URL of the end of a subscription would begin another one.
        assert_eq!(send(&server, &message("UnsubscribeConfirmation", "2")).status, 200);
        assert_eq!(send(&server, &message("Notification", "3")).status, 200);
        assert_eq!(asked.lock().unwrap().len(), 1);
        assert_eq!(server.handed_off().len(), 1);
        let outcomes: Vec<_> = server.records().iter().map(|record| record.outcome).collect();
        assert_eq!(outcomes, [Outcome::Accepted, Outcome::Duplicate, Outcome::Ignored, Outcome::Accepted]);
    }
}

#[test]
fn a_forged_one_reaches_no_function() {
    for adapter in BOTH {
        let (endpoint, asked) = noting(0);
        let server = Server::start(adapter, endpoint);
        let forged = message("SubscriptionConfirmation", "1").tampered_body();
        assert_eq!(send(&server, &forged).status, 401);
        assert_eq!(server.only_outcome(), (Outcome::Rejected, Some(Reason::InvalidSignature)));
        assert!(asked.lock().unwrap().is_empty());
    }
}

#[test]
fn one_that_could_not_be_confirmed_is_asked_for_again() {
    for adapter in BOTH {
        let (endpoint, asked) = noting(1);
        let server = Server::start(adapter, endpoint);
        assert_eq!(send(&server, &message("SubscriptionConfirmation", "1")).status, 503);
        assert_eq!(server.only_outcome(), (Outcome::Unavailable, Some(Reason::HandoffFailed)));
        assert_eq!(send(&server, &message("SubscriptionConfirmation", "1")).status, 200);
        assert_eq!(asked.lock().unwrap().len(), 2);
    }
}

/// Told 2xx, the sender would not ask again.
#[test]
fn a_background_endpoint_confirms_before_it_answers() {
    for adapter in BOTH {
        let (endpoint, asked) = noting(1);
        let server = Server::start(adapter, endpoint.background(4));
        assert_eq!(send(&server, &message("SubscriptionConfirmation", "1")).status, 503);
        assert_eq!(send(&server, &message("SubscriptionConfirmation", "1")).status, 200);
        assert_eq!(asked.lock().unwrap().len(), 2);
    }
}

#[test]
fn a_topic_that_nobody_named_is_not_confirmed() {
    for adapter in BOTH {
        // Nothing is called, or the sender would be told 503: there is no such topic.
        let server =
            Server::start(adapter, sns().fetch_confirmations(["arn:aws:sns:us-west-2:123456789012:Other"]).unwrap());
        assert_eq!(send(&server, &message("SubscriptionConfirmation", "1")).status, 200);
        assert_eq!(server.only_outcome(), (Outcome::Accepted, None));
        assert!(server.handed_off().is_empty());
    }
}

#[test]
fn a_sender_without_such_subscriptions_builds_none() {
    let confirm = |_: Subscription| std::future::ready(Ok::<(), String>(()));
    let stripe = || Endpoint::stripe(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
    let is_refused = |endpoint: Result<Endpoint, ConfigError>| matches!(endpoint, Err(ConfigError::Setting { .. }));
    assert!(is_refused(stripe().confirm_subscriptions(confirm)));
    assert!(is_refused(stripe().fetch_confirmations([TOPIC])));
    assert!(is_refused(sns().fetch_confirmations::<&str>([])));
}
