//! A message of SNS's: its canonical text, its signature and the algorithm that it names.

use serde::Deserialize;

use crate::algorithm::Algorithm;
use crate::provider::Confirmation;
use crate::provider::presets::json;
use crate::scheme::{SignedBytes, SignedInput, SignedMessage};
#[cfg(feature = "sign")]
use crate::{ConfigError, ProofDraft};
use crate::{Encoding, Reason, Rejection};

/// What takes part in the proof of a notification or a confirmation.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    #[serde(rename = "Type")]
    kind: String,
    message: String,
    message_id: String,
    subject: Option<String>,
    #[serde(rename = "SubscribeURL")]
    subscribe_url: Option<String>,
    timestamp: String,
    token: Option<String>,
    topic_arn: String,
    signature_version: String,
    signature: Option<String>,
}

pub(super) fn found(input: &SignedInput<'_>) -> Result<SignedBytes, Rejection> {
    let message: Message = json::read(input.body)?;
    let signed = SignedMessage::new(message.text()?)
        .with_algorithm(message.algorithm()?)
        .bound_to("topic_arn", message.topic_arn)
        .signatures([message.signature.unwrap_or_default().as_bytes()], Encoding::Base64)?;
    Ok(SignedBytes::new().and(signed).covering_fields())
}

/// The type of a message that asks for its subscription to be confirmed.
pub(super) const SUBSCRIPTION: &str = "SubscriptionConfirmation";

/// The topic and the URL of such a message.
pub(super) fn confirmation(body: &[u8]) -> Option<Confirmation> {
    let message: Message = json::read(body).ok()?;
    let url = message.subscribe_url.filter(|url| message.kind == SUBSCRIPTION && super::HOSTS.trusts_host(url))?;
    Some(Confirmation { topic: message.topic_arn, url })
}

impl Message {
    /// The canonical text: the name and the value of every signed field, a line each.
    fn text(&self) -> Result<Vec<u8>, Rejection> {
        let required = |field| Option::as_deref(field).ok_or_else(|| malformed("a signed field is missing"));
        let confirms = matches!(self.kind.as_str(), SUBSCRIPTION | "UnsubscribeConfirmation");
        let (subject, url, token) = match confirms {
            true => (None, Some(required(&self.subscribe_url)?), Some(required(&self.token)?)),
            false => (self.subject.as_deref(), None, None),
        };
        let fields = [
            ("Message", Some(self.message.as_str())),
            ("MessageId", Some(&self.message_id)),
            ("Subject", subject),
            ("SubscribeURL", url),
            ("Timestamp", Some(&self.timestamp)),
            ("Token", token),
            ("TopicArn", Some(&self.topic_arn)),
            ("Type", Some(&self.kind)),
        ];
        let mut text = String::new();
        for (name, value) in fields.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            // Nothing separates the fields but the ends of lines: only the first of them may hold any, or the same text
            // could be read as other fields.
            if name != "Message" && value.chars().any(char::is_control) {
                return Err(malformed("a signed field that is one line holds control characters"));
            }
            text.extend([name, "\n", value, "\n"]);
        }
        Ok(text.into_bytes())
    }

    /// One of the two that SNS has.
    fn algorithm(&self) -> Result<Algorithm, Rejection> {
        match self.signature_version.as_str() {
            "1" => Ok(Algorithm::RsaPkcs1Sha1),
            "2" => Ok(Algorithm::RsaPkcs1Sha256),
            _ => Err(Rejection::new(Reason::UnsupportedAlgorithm)),
        }
    }
}

const fn malformed(what: &'static str) -> Rejection {
    Rejection::detail(Reason::MalformedBody, what)
}

#[cfg(feature = "sign")]
pub(super) fn write(draft: &ProofDraft<'_>) -> Result<Vec<u8>, ConfigError> {
    let unfit = |_| ProofDraft::unfit("the body is no message of SNS's");
    let message: Message = json::read(draft.body).map_err(unfit)?;
    let text = message.text().map_err(unfit)?;
    let signature = draft.sign_with(message.algorithm().map_err(unfit)?, &text, Encoding::Base64)?;
    let mut body = json::draft(draft.body)?;
    json::set(&mut body, &["Signature"], signature)?;
    Ok(body.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> Result<String, Reason> {
        let message = json::read(body.as_bytes()).and_then(|message: Message| message.text());
        message.map(|text| String::from_utf8(text).unwrap()).map_err(|rejection| rejection.kind())
    }

    fn body() -> serde_json::Value {
        serde_json::json!({
            "Type": "Notification", "MessageId": "1", "TopicArn": "arn", "Message": "a\nb", "Timestamp": "t",
            "SignatureVersion": "2",
        })
    }

    #[test]
    fn the_canonical_text_has_no_second_reading() {
        let mut body = body();
        let expected = "Message\na\nb\nMessageId\n1\nTimestamp\nt\nTopicArn\narn\nType\nNotification\n";
        assert_eq!(text(&body.to_string()).as_deref(), Ok(expected));
        for name in ["MessageId", "Subject", "Timestamp", "TopicArn"] {
            let good = body.clone();
            body[name] = "x\nTopicArn\nother".into();
            assert_eq!(text(&body.to_string()), Err(Reason::MalformedBody), "{name}");
            body = good;
        }
        body["Type"] = "SubscriptionConfirmation".into();
        assert_eq!(text(&body.to_string()), Err(Reason::MalformedBody), "no token and no URL");
        body["Message"] = 7.into();
        assert_eq!(text(&body.to_string()), Err(Reason::MalformedBody));
        assert_eq!(text(r#"{"Type":"Notification","Type":"Notification"}"#), Err(Reason::MalformedBody));
    }

    #[test]
    fn a_confirmation_is_asked_of_snss_own_hosts_and_by_its_own_type() {
        let mut body = body();
        body["Token"] = "t".into();
        let mut asked = |kind: &str, url: &str| {
            (body["Type"], body["SubscribeURL"]) = (kind.into(), url.into());
            confirmation(body.to_string().as_bytes())
        };
        let url = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:x&Token=1";
        assert_eq!(asked(SUBSCRIPTION, url), Some(Confirmation { topic: "arn".to_owned(), url: url.to_owned() }));
        for kind in ["UnsubscribeConfirmation", "Notification"] {
            assert_eq!(asked(kind, url), None, "{kind}: it would subscribe again");
        }
        for url in [
            "http://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription",
            "https://sns.us-west-2.amazonaws.com.evil.example/?Action=ConfirmSubscription",
            "https://sns.us-west-2.amazonaws.com@evil.example/",
            "https://evil.example/?https://sns.us-west-2.amazonaws.com/",
            "https://sns.us-west-2.amazonaws.com:8443/",
            "https://sns.us-west-2.amazonaws.com",
            "https://evil.example#@sns.us-west-2.amazonaws.com/",
            "https://evil.example\\@sns.us-west-2.amazonaws.com/",
            "https://169.254.169.254/",
            "",
        ] {
            assert_eq!(asked(SUBSCRIPTION, url), None, "{url}");
        }
    }

    #[test]
    fn unknown_versions_are_refused() {
        let mut body = body();
        body["SignatureVersion"] = "3".into();
        let message: Message = json::read(body.to_string().as_bytes()).unwrap();
        assert_eq!(message.algorithm().map_err(|rejection| rejection.kind()), Err(Reason::UnsupportedAlgorithm));
    }
}
