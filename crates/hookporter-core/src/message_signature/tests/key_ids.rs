use super::{COVERED, MessageScheme, NOW, OTHER, Receiver, SECRET, request, signed_by_hand};
use crate::{Keyring, Reason, Secret, Verifier};

fn lines(key_id: Option<&str>, secret: &str) -> super::Lines {
    let key_id = key_id.map(|id| format!(";keyid=\"{id}\"")).unwrap_or_default();
    let input = format!("(\"content-digest\" \"@method\" \"@target-uri\");created=1618884473{key_id}");
    request(&signed_by_hand("s", &input, &COVERED, secret), &[])
}

#[test]
fn a_key_id_of_the_keyring_selects_that_key_and_no_other() {
    let receiver = Receiver::new(MessageScheme::hmac_sha256(), &[("new", SECRET), ("old", OTHER)]);
    assert_eq!(receiver.reason(&lines(Some("new"), SECRET)), Ok(()));
    assert_eq!(receiver.reason(&lines(Some("old"), OTHER)), Ok(()));
    assert_eq!(receiver.reason(&lines(Some("old"), SECRET)), Err(Reason::InvalidSignature));
    assert_eq!(receiver.reason(&lines(Some("new"), OTHER)), Err(Reason::InvalidSignature));
}

#[test]
fn without_one_or_with_a_name_that_is_the_senders_own_every_key_is_tried() {
    let receiver = Receiver::new(MessageScheme::hmac_sha256(), &[("new", SECRET), ("old", OTHER)]);
    for key_id in [None, Some("their-name"), Some("")] {
        for (secret, id) in [(SECRET, "new"), (OTHER, "old")] {
            let delivery = receiver.check(&lines(key_id, secret)).unwrap();
            assert_eq!(delivery.key_id().as_str(), id, "{key_id:?}");
        }
        assert_eq!(receiver.reason(&lines(key_id, "a third secret")), Err(Reason::InvalidSignature));
    }
}

#[test]
fn the_id_of_a_key_that_has_expired_selects_nothing() {
    let verifier = Verifier::new(crate::Scheme::message_signature(MessageScheme::hmac_sha256())).unwrap();
    let old = Secret::weak(OTHER).named("old").expires_at(NOW);
    let keys = verifier.prepare(&Keyring::from(Secret::weak(SECRET).named("new")).add(old)).unwrap();
    let receiver = Receiver { verifier, keys };
    assert_eq!(receiver.reason(&lines(Some("old"), OTHER)), Err(Reason::InvalidSignature));
    assert_eq!(receiver.reason(&lines(Some("old"), SECRET)), Err(Reason::InvalidSignature));
    assert_eq!(receiver.reason(&lines(Some("new"), SECRET)), Ok(()));
}

#[test]
fn a_nonce_is_the_signed_id_where_the_scheme_says_so() {
    let scheme = crate::Scheme::message_signature(MessageScheme::hmac_sha256()).event_id(crate::LabelSource::SchemeId);
    let verifier = Verifier::new(scheme).unwrap();
    let keys = verifier.prepare(&Secret::weak(SECRET).into()).unwrap();
    let receiver = Receiver { verifier, keys };
    let id = |nonce: &str| {
        let lines = super::good_with(&format!(";created=1618884473;nonce=\"{nonce}\""));
        let head = crate::Head::new("POST", "/", &lines);
        let labels = receiver.verifier.read_labels(&receiver.check(&lines).unwrap(), &head);
        labels.id.map(|label| (label.as_str().to_owned(), label.is_signed()))
    };
    assert_eq!(id("n-1"), Some(("n-1".to_owned(), true)));
    assert_eq!(id("n 1"), None);
    assert_eq!(id(&"n".repeat(257)), None);
}
