use hookporter_core::Secret;
use hookporter_pipeline::{Endpoint, Keys};

use crate::kit::Finder;

fn problem(endpoint: Result<Endpoint, hookporter_core::ConfigError>) -> String {
    endpoint.unwrap_err().to_string()
}

#[test]
fn keys_that_nobody_names_or_that_lack_their_parts_do_not_build() {
    let keys = || Keys::find(Finder::default());
    assert!(problem(Endpoint::github(keys())).contains("name no key"));
    assert!(problem(Endpoint::paypal(keys())).contains("`webhook_id`"));
    assert!(problem(Endpoint::paypal(keys().with_part("webhook_id", ""))).contains("`webhook_id`"));
    assert!(problem(Endpoint::google_pubsub(keys().with_part("audience", "a"))).contains("`email`"));
    assert!(Endpoint::google_pubsub(keys().with_part("audience", "a").with_part("email", "b")).is_ok());
    assert!(Endpoint::aws_sns(keys()).is_ok());
    // A finder does not help where a fixed key is given, and the other way round.
    assert!(problem(Endpoint::paypal(Secret::new("x"))).contains("`webhook_id`"));
}

#[test]
fn a_token_is_never_kept_with_the_event() {
    let plaid = Endpoint::plaid(Keys::find(Finder::default())).unwrap();
    assert!(problem(plaid.clone().keep_headers(&["plaid-verification"])).contains("carries a proof"));
    assert!(plaid.keep_headers(&["plaid-other"]).is_ok());
}

#[test]
fn a_sender_whose_tokens_are_for_a_url_needs_one() {
    let secret = || Secret::new("sig_0123456789abcdef0123");
    assert!(problem(Endpoint::provider("qstash", secret())).contains("public_url"));
    assert!(Endpoint::qstash([secret().named("current"), secret().named("next")], "https://a.example/q").is_ok());
}
