//! A message of SNS's: its canonical text, its signature and the URL of its certificate.

use crate::algorithm::Algorithm;
use crate::labels::{scan, split_pointer};
use crate::scheme::enclosed::{Message, Stated};
use crate::{Coverage, Encoding, Head, KeyUrl, Occurrence, Reason, Rejection};

/// Where SNS's certificates are.
const CERTIFICATES: KeyUrl =
    KeyUrl::on_regional_hosts("sns.", &[".amazonaws.com", ".amazonaws.com.cn"]).path_suffix(".pem");

/// What is signed of a notification, in this order; `Subject` where it is there.
const NOTIFICATION: &[&str] = &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];

/// What is signed of a confirmation, in this order.
const CONFIRMATION: &[&str] = &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

/// Raw delivery carries no proof at all.
pub(super) fn judge_head(head: &Head<'_>) -> Result<(), Rejection> {
    match head.headers().occurrence("x-amz-sns-rawdelivery") {
        Occurrence::Absent => Ok(()),
        Occurrence::Once(value) if value.eq_ignore_ascii_case(b"false") => Ok(()),
        _ => Err(malformed("raw message delivery carries no signature; switch it off")),
    }
}

/// The canonical text: the name and the value of every signed field, a line each.
pub(super) fn message(body: &[u8]) -> Result<Message, Rejection> {
    let read = |name| field(body, name);
    let kind = required(body, "Type")?;
    let names = match kind.as_str() {
        "SubscriptionConfirmation" | "UnsubscribeConfirmation" => CONFIRMATION,
        _ => NOTIFICATION,
    };
    let mut bytes = Vec::with_capacity(body.len());
    for name in names {
        let value = match read(name)? {
            Some(value) => value,
            None if *name == "Subject" => continue,
            None => return Err(malformed("a signed field is missing")),
        };
        // Nothing separates the fields but the ends of lines: only the first of them may hold any, or the same text
        // could be read as other fields.
        if *name != "Message" && value.chars().any(char::is_control) {
            return Err(malformed("a signed field that is one line holds control characters"));
        }
        for text in [name, value.as_str()] {
            bytes.extend_from_slice(text.as_bytes());
            bytes.push(b'\n');
        }
    }
    let algorithm = match required(body, "SignatureVersion")?.as_str() {
        "1" => Algorithm::RsaPkcs1Sha1,
        "2" => Algorithm::RsaPkcs1Sha256,
        _ => return Err(Rejection::new(Reason::UnsupportedAlgorithm)),
    };
    Ok(Message { algorithm, bytes, coverage: Coverage::Fields, bound: ("topic_arn", required(body, "TopicArn")?) })
}

/// The signature, and the URL of the certificate if it is one of SNS's.
pub(super) fn proof(body: &[u8]) -> Result<Stated, Rejection> {
    let key = CERTIFICATES.name(&required(body, "SigningCertURL")?)?;
    let signature = Encoding::Base64.decode(required(body, "Signature")?.as_bytes());
    let signature = signature.filter(|bytes| !bytes.is_empty());
    let signature = signature.ok_or_else(|| malformed("the message's `Signature` is not base64"))?;
    Ok(Stated { signature, key })
}

/// `body` with a signature as its last member.
#[cfg(feature = "sign")]
pub(super) fn enclose(body: &[u8], signature: &[u8]) -> Vec<u8> {
    let open = body.trim_ascii_end();
    let open = open.strip_suffix(b"}").unwrap_or(open);
    [open, br#","Signature":""#, Encoding::Base64.encode(signature).as_bytes(), br#""}"#].concat()
}

fn required(body: &[u8], name: &str) -> Result<String, Rejection> {
    field(body, name)?.ok_or_else(|| malformed("a field that every message has is missing"))
}

/// A field that is a string; `None` where it is not there or null.
fn field(body: &[u8], name: &str) -> Result<Option<String>, Rejection> {
    let pointer = split_pointer(&format!("/{name}"));
    match scan::find(body, &[&pointer]).first() {
        Some(scan::Found::Nothing) | None => Ok(None),
        Some(scan::Found::Value(b"null")) => Ok(None),
        Some(found @ scan::Found::Value([b'"', ..])) => match found.text() {
            Some(text) => Ok(Some(text)),
            None => Err(malformed("a field is no well-formed text")),
        },
        Some(_) => Err(malformed("a field stands twice, is no text, or the body is no JSON")),
    }
}

const fn malformed(what: &'static str) -> Rejection {
    Rejection::detail(Reason::MalformedBody, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_text_has_no_second_reading() {
        let text = |body: &serde_json::Value| message(body.to_string().as_bytes()).map(|message| message.bytes);
        let mut body = serde_json::json!({
            "Type": "Notification", "MessageId": "1", "TopicArn": "arn", "Message": "a\nb", "Timestamp": "t",
            "SignatureVersion": "2",
        });
        assert_eq!(
            text(&body).unwrap(),
            b"Message\na\nb\nMessageId\n1\nTimestamp\nt\nTopicArn\narn\nType\nNotification\n"
        );
        for name in ["MessageId", "Subject", "Timestamp", "TopicArn"] {
            let good = body.clone();
            body[name] = "x\nTopicArn\nother".into();
            assert_eq!(text(&body).map_err(|r| r.kind()), Err(Reason::MalformedBody), "{name}");
            body = good;
        }
        body["Message"] = 7.into();
        assert_eq!(text(&body).map_err(|r| r.kind()), Err(Reason::MalformedBody));
        let doubled = br#"{"Type":"Notification","Type":"Notification"}"#;
        assert_eq!(message(doubled).map_err(|r| r.kind()).err(), Some(Reason::MalformedBody));
    }

    #[test]
    fn raw_delivery_and_unknown_versions_are_refused() {
        let raw = vec![("x-amz-sns-rawdelivery", "true")];
        let refused = judge_head(&Head::new("POST", "/", &raw)).unwrap_err();
        assert_eq!(refused.kind(), Reason::MalformedBody);
        let body = br#"{"Type":"Notification","MessageId":"1","TopicArn":"a","Message":"m","Timestamp":"t","SignatureVersion":"3"}"#;
        assert_eq!(message(body).map_err(|r| r.kind()).err(), Some(Reason::UnsupportedAlgorithm));
    }
}
