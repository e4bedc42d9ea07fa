mod message;

use std::time::Duration;

use crate::provider::{Acknowledgement, EvidenceLevel, SubscriptionRule};
use crate::{Algorithm, Identity, Json, KeyRule, KeyUrl, Provider, Scheme};

/// Amazon SNS over HTTP(S): the body is a JSON text that holds its own signature, RSA with SHA-1 (signature version 1) or
/// SHA-256 (version 2, set on the topic).
///
/// The certificate is fetched from the message's `SigningCertURL`, on SNS's own hosts, or given. Its chain is not
/// validated here: what vouches for it is the TLS connection to the pinned host that it came by. SHA-1 signatures are
/// taken because SNS makes them unless the topic says otherwise; set the topic's `SignatureVersion` to 2.
///
/// The proof says that SNS sent the message, **not for which topic**: anybody can have SNS sign the messages of a topic of
/// their own. Give the key the part `topic_arn`, one ARN or several with commas between, or compare `TopicArn` yourself.
///
/// `SubscriptionConfirmation` and `UnsubscribeConfirmation` are handed over as events of these types, once their proof
/// holds. To confirm a subscription, call the `SubscribeURL` of the event ([`Provider::subscription`]); nothing here does.
/// Raw message delivery carries no signature and is refused.
pub(super) static AWS_SNS: Provider = Provider {
    id: "aws-sns",
    name: "AWS SNS HTTP(S)",
    documentation: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
    evidence: EvidenceLevel::Sdk,
    unverified: "the time limit, the retries, and any tolerance",
    scheme,
    proof: "RSA PKCS#1 v1.5 of the canonical fields, the body's `Signature` in base64; SHA-1 or SHA-256 by its \
            `SignatureVersion`",
    // A message of 256 KiB, escaped as JSON in JSON.
    body_limit: 2 * 1024 * 1024,
    acknowledgement: Acknowledgement {
        time_limit: Some(Duration::from_secs(15)),
        retries: "50 by default: 3 at once, 2 after a second, 10 with a growing interval, 35 every 20 seconds",
        ..Acknowledgement::BASE
    },
    labels: ["`MessageId`, covered by the signature", "`Type`, covered by the signature", "none"],
    replay: "the signed `MessageId` makes a replay a duplicate for as long as it is remembered; the signed `Timestamp` is \
             not judged, since a retry keeps it",
    subscription: Some(SubscriptionRule { event_type: message::SUBSCRIPTION, read: message::confirmation }),
    event_headers: &["x-amz-sns-message-type", "x-amz-sns-topic-arn", "x-amz-sns-subscription-arn"],
    ..Provider::BASE
};

/// SNS's own hosts.
const HOSTS: KeyUrl = KeyUrl::on_regional_hosts("sns.", &[".amazonaws.com", ".amazonaws.com.cn"]);

fn scheme() -> Scheme {
    let rule = KeyRule::public_key("the certificate in PEM, or a lookup by its URL")
        .compound("certificate_pem", &[])
        .optional_part("topic_arn", "messages of every topic in the world are accepted");
    let scheme = Scheme::new(Algorithm::RsaPkcs1Sha256)
        .proof_found_by(message::found)
        .key_url(Json::pointer("/SigningCertURL"), HOSTS.path_suffix(".pem"))
        // Raw delivery carries no proof at all.
        .optional_header("x-amz-sns-rawdelivery", "false")
        .key_rule(rule)
        .event_id(Json::pointer("/MessageId"))
        .event_type(Json::pointer("/Type"))
        .identity(Identity::SignedId);
    #[cfg(feature = "sign")]
    let scheme = scheme.proof_written_by(message::write);
    scheme
}
