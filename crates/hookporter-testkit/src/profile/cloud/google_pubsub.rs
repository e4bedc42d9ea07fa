use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

/// A compound key whose `jwk` is this file's text, as JSON text in quotes or, of a public one, as an object.
macro_rules! key {
    ($quote:literal, $file:literal) => {
        concat!(
            r#"{"audience":"https://receiver.example/push","email":"push@the-project.iam.gserviceaccount.com","jwk":"#,
            $quote,
            include_str!(concat!("../../../data/keys/", $file)),
            $quote,
            "}"
        )
    };
}

pub(super) static GOOGLE_PUBSUB: Profile = Profile {
    keys: TestKeys {
        sender: key!("\"", "rsa.private.b64"),
        receiver: key!("", "rsa.public.jwk.json"),
        wrong: key!("\"", "rsa.wrong.b64"),
    },
    sample,
    proof: Some(Proof::Token),
    ..Profile::BASE
};

/// A message of a subscription.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("2070443601311540");
    let body = json!({
        "message": {
            "messageId": id, "publishTime": "2021-02-26T19:13:55.749Z", "data": "SGVsbG8gQ2xvdWQgUHViL1N1YiE=",
            "attributes": {"kind": wanted.event_or("greeting")},
        },
        "subscription": "projects/the-project/subscriptions/the-subscription",
    });
    Sample::json(id, body)
}
