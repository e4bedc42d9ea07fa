use hookporter_core::Reason;
use hookporter_pipeline::{Endpoint, Keys};
use hookporter_testkit::SignedRequest;

use crate::kit::{Door, Finder, NOW, certificate};

const SNS_URL: &str =
    "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem";
const PAYPAL_URL: &str = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77";

/// URLs that are no host of the sender's, whatever another parser may make of them.
fn evil(good: &str) -> Vec<String> {
    let rest = good.strip_prefix("https://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    vec![
        format!("http://{rest}"),
        format!("https://evil.example/{path}"),
        format!("https://{host}.evil.example/{path}"),
        format!("https://{host}@evil.example/{path}"),
        format!("https://evil.example@{host}/{path}"),
        format!("https://evil.example#{host}/{path}"),
        format!("https://evil.example/#{host}/{path}"),
        format!("https://evil.example?{host}/{path}"),
        format!("https://{host}:8443/{path}"),
        format!("https://{host}:443/{path}"),
        format!("https://s3.amazonaws.com/{host}/{path}"),
        format!("https://sns.s3-us-west-2.amazonaws.com/{path}"),
        format!("https://{host}/{path}?x=.pem"),
        format!("https://{host}/{path}#.pem"),
        format!("https://{host}/../{path}"),
        format!("https://169.254.169.254/{path}"),
        format!("file:///{path}"),
    ]
}

fn sns(url: &str) -> SignedRequest {
    let keys = hookporter_testkit::keys("aws-sns").unwrap();
    let good = hookporter_testkit::aws_sns(keys.sender).at(NOW).build();
    let body = String::from_utf8_lossy(good.body()).replace(SNS_URL, url);
    // The URL is not signed, so only its host is wrong.
    good.with_body(body)
}

fn paypal(url: &str) -> SignedRequest {
    let keys = hookporter_testkit::keys("paypal").unwrap();
    hookporter_testkit::paypal(keys.sender).at(NOW).header("paypal-cert-url", url).build()
}

#[tokio::test]
async fn a_certificate_of_a_foreign_host_is_refused_before_anybody_is_asked() {
    let finder = Finder::default();
    let keys = || Keys::find(finder.clone()).with_part("webhook_id", "96605875FF6516633");
    let door = Door::new(Endpoint::aws_sns(keys()).unwrap());
    for url in evil(SNS_URL) {
        assert_eq!(door.send(&sns(&url)).await, Err((Reason::UntrustedCertUrl, 401)), "{url}");
    }
    let door = Door::new(Endpoint::paypal(keys()).unwrap());
    for url in evil(PAYPAL_URL) {
        assert_eq!(door.send(&paypal(&url)).await, Err((Reason::UntrustedCertUrl, 401)), "{url}");
    }
    assert_eq!(finder.asked(), 0);
}

#[tokio::test]
async fn a_certificate_of_the_senders_own_host_is_asked_for_and_proves() {
    let finder = Finder::default().knowing(SNS_URL, certificate()).knowing(PAYPAL_URL, certificate());
    let keys = || Keys::find(finder.clone()).with_part("webhook_id", "96605875FF6516633");
    let mut door = Door::new(Endpoint::aws_sns(keys()).unwrap());
    assert_eq!(door.send(&sns(SNS_URL)).await, Ok(()));
    let event = door.event();
    assert_eq!((event.event_type(), event.key_id().as_str()), (Some("Notification"), SNS_URL));
    let forged = sns(SNS_URL).tampered_body();
    assert_eq!(door.send(&forged).await, Err((Reason::InvalidSignature, 401)));
    let other = SNS_URL.replace("us-west-2", "eu-west-1");
    assert_eq!(door.send(&sns(&other)).await, Err((Reason::UnknownKey, 401)));

    let door = Door::new(Endpoint::paypal(keys()).unwrap());
    assert_eq!(door.send(&paypal(PAYPAL_URL)).await, Ok(()));
    let elsewhere = Keys::find(finder.clone()).with_part("webhook_id", "of another endpoint");
    let door = Door::new(Endpoint::paypal(elsewhere).unwrap());
    assert_eq!(door.send(&paypal(PAYPAL_URL)).await, Err((Reason::InvalidSignature, 401)));
}

#[tokio::test]
async fn a_fixed_certificate_asks_nobody_and_pins_the_url_all_the_same() {
    let keys = hookporter_testkit::keys("aws-sns").unwrap();
    let door = Door::new(Endpoint::aws_sns(hookporter_core::Secret::new(keys.receiver)).unwrap());
    assert_eq!(door.send(&sns(SNS_URL)).await, Ok(()));
    for url in evil(SNS_URL) {
        assert_eq!(door.send(&sns(&url)).await, Err((Reason::UntrustedCertUrl, 401)), "{url}");
    }
}

#[tokio::test]
async fn a_topic_of_somebody_elses_is_refused_where_the_key_is_bound_to_topics() {
    let finder = Finder::default().knowing(SNS_URL, certificate());
    for (topics, outcome) in [
        ("arn:aws:sns:us-west-2:123456789012:MyTopic", Ok(())),
        ("arn:aws:sns:eu-west-1:1:Other, arn:aws:sns:us-west-2:123456789012:MyTopic", Ok(())),
        ("arn:aws:sns:us-west-2:123456789012:MyTopi", Err((Reason::ClaimMismatch, 401))),
    ] {
        let keys = Keys::find(finder.clone()).with_part("topic_arn", topics);
        assert_eq!(Door::new(Endpoint::aws_sns(keys).unwrap()).send(&sns(SNS_URL)).await, outcome, "{topics}");
    }
}

#[tokio::test]
async fn a_subscription_is_the_users_to_confirm() {
    let keys = hookporter_testkit::keys("aws-sns").unwrap();
    let mut door = Door::new(Endpoint::aws_sns(hookporter_core::Secret::new(keys.receiver)).unwrap());
    let request = hookporter_testkit::aws_sns(keys.sender).event("SubscriptionConfirmation").at(NOW).build();
    assert_eq!(door.send(&request).await, Ok(()));
    let event = door.event();
    assert_eq!(event.event_type(), Some("SubscriptionConfirmation"));
    let body: serde_json::Value = serde_json::from_slice(event.body()).unwrap();
    assert!(body["SubscribeURL"].as_str().unwrap().starts_with("https://sns.us-west-2.amazonaws.com/"));
    let raw = request.with_header("x-amz-sns-rawdelivery", "true");
    assert_eq!(door.send(&raw).await, Err((Reason::MalformedHeader, 401)));
}
