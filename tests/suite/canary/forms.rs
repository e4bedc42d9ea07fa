//! The forms that a secret may show in.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What is shorter may stand somewhere by chance.
const SHORTEST: usize = 8;

/// A secret, as it would show: as text, as bytes, encoded, or a long part of it.
pub(super) struct Forms(Vec<String>);

impl Forms {
    /// Of a key as a person copies it: one text, or several in JSON.
    pub(super) fn of(secret: &str) -> Self {
        let mut texts = Vec::new();
        match serde_json::from_str(secret) {
            Ok(value @ serde_json::Value::Object(_)) => secrets(&value, &mut texts),
            _ => texts.push(secret.as_bytes().to_vec()),
        }
        // What stands behind a prefix, and what libraries make of it.
        let bare = secret.rsplit(['_', ',']).next().unwrap_or(secret);
        if texts.len() == 1 && bare != secret {
            texts.push(bare.as_bytes().to_vec());
        }
        for text in [secret, bare] {
            texts.extend(
                STANDARD
                    .decode(text)
                    .or_else(|_| STANDARD_NO_PAD.decode(text))
                    .or_else(|_| URL_SAFE_NO_PAD.decode(text)),
            );
            texts.extend(const_hex::decode(text));
        }
        let mut forms: Vec<_> =
            texts.iter().filter(|text| text.len() >= SHORTEST).flat_map(|text| written(text)).collect();
        forms.sort();
        forms.dedup();
        Self(forms)
    }

    /// The form that stands in an output, if one does.
    pub(super) fn found_in(&self, output: &str) -> Option<String> {
        self.0.iter().find(|form| output.contains(form.as_str())).cloned()
    }
}

/// The members of a key that nobody may see.
fn secrets(value: &serde_json::Value, into: &mut Vec<Vec<u8>>) {
    const KNOWN: [&str; 6] = ["public", "user", "id", "url", "email", "audience"];
    match value {
        serde_json::Value::String(text) => into.push(text.clone().into_bytes()),
        serde_json::Value::Array(all) => all.iter().for_each(|value| secrets(value, into)),
        serde_json::Value::Object(all) => {
            // The name of an app beside its secret stands in each of its requests.
            let is_name = |name: &str| name == "key" && all.contains_key("secret");
            let is_known = |name: &str| KNOWN.iter().any(|known| name.contains(known)) || is_name(name);
            let hidden = all.iter().filter(|(name, _)| !is_known(name));
            hidden.for_each(|(_, value)| secrets(value, into));
        }
        _ => {}
    }
}

/// These bytes as they are, as numbers, and encoded.
fn written(bytes: &[u8]) -> Vec<String> {
    let numbers = bytes[..SHORTEST].iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let hex = const_hex::encode(bytes);
    let mut all = vec![
        numbers,
        hex.to_uppercase(),
        hex,
        STANDARD_NO_PAD.encode(bytes),
        URL_SAFE_NO_PAD.encode(bytes),
        format!("{:?}", String::from_utf8_lossy(bytes)).trim_matches('"').to_owned(),
    ];
    // A part is as bad as all of it.
    all.extend(std::str::from_utf8(&bytes[..bytes.len().min(16)]).map(str::to_owned));
    all
}

#[test]
fn a_secret_is_found_in_whatever_form_it_shows() {
    let secret = "canary-0123456789-abcdef";
    let forms = Forms::of(secret);
    for shown in [
        format!("the key is {secret}!"),
        format!("{:?}", secret.as_bytes()),
        format!("{:#?}", secret).replace('\n', " "),
        format!("k={}", const_hex::encode(secret)),
        format!("k={}", STANDARD.encode(secret)),
        "the key begins with canary-012345678".to_owned(),
    ] {
        assert!(forms.found_in(&shown).is_some(), "{shown}");
    }
    let decoded = Forms::of("whsec_Q0FOQVJZLW5vYm9keS1tYXktc2VlLXRoaXMtdGV4dA==");
    assert!(decoded.found_in("CANARY-nobody-may-see-this-text").is_some());
    let compound = Forms::of(r#"{"user":"hooks","password":"a long and random one"}"#);
    assert!(compound.found_in("password `a long and random one`").is_some());
    assert_eq!(forms.found_in("a canary"), None);
}
