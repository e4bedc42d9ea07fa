use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static AWS_SNS: Profile = Profile {
    keys: TestKeys {
        sender: include_str!("../../../data/keys/rsa.private.b64"),
        receiver: include_str!("../../../data/keys/rsa.certificate.b64"),
        wrong: include_str!("../../../data/keys/rsa.wrong.b64"),
    },
    sample,
    ..Profile::BASE
};

/// A notification with a message of usual length, or where the event is one, a confirmation.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let (kind, id) = (wanted.event_or("Notification"), wanted.id_or("22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"));
    let mut body = json!({
        "Type": kind, "MessageId": id, "TopicArn": "arn:aws:sns:us-west-2:123456789012:MyTopic",
        "Timestamp": "2023-11-14T22:13:20.000Z", "SignatureVersion": "2",
        "Message": format!("Hello. {}", "It happened, and somebody should know of it. ".repeat(12)),
        "SigningCertURL": "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    });
    let url = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription";
    let more = match kind {
        "SubscriptionConfirmation" | "UnsubscribeConfirmation" => json!({"Token": "2336412f37", "SubscribeURL": url}),
        _ => json!({"Subject": "My First Message"}),
    };
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    Sample::json(id, body)
        .header("content-type", "text/plain; charset=UTF-8")
        .header("x-amz-sns-message-type", kind)
        .header("x-amz-sns-message-id", id)
}
