use hookporter_core::Secret;

use super::*;

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
