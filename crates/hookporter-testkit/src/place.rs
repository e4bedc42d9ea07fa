//! Where a request carries its signature, and changes to the signature alone.

/// Where a request carries its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this header.
    Header(String),
    /// One in each of these headers, as with a sender that signs with several keys.
    Several(Vec<String>),
    /// In this parameter of the query.
    Query(String),
    /// In the body, which is a token in a JSON object.
    Body,
    /// In the body, as these texts in members of JSON or fields of a form.
    Members(Vec<String>),
}

impl Place {
    /// The headers that it is in.
    pub(crate) fn headers(&self) -> &[String] {
        match self {
            Self::Header(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
            Self::Body | Self::Members(_) | Self::Query(_) => &[],
        }
    }
}

/// Shorter runs are names, versions and times, not signatures: the shortest MAC has 28 characters.
const SHORTEST: usize = 16;

/// A stretch of a header or of a body.
struct Run {
    text: String,
    /// Whether it looks like a signature or a token.
    is_proof: bool,
}

/// Applies `change` to every signature in `text`; where nothing looks like one, to the whole: a static token.
///
/// Of a token the signature is the part behind the last dot. The core keeps its grammars to itself, so signatures are
/// known by their looks: long runs of the characters of hexadecimal and base64.
pub(crate) fn change_signatures(text: &str, change: impl Fn(&str) -> String) -> String {
    let runs = runs(text);
    if !runs.iter().any(|run| run.is_proof) {
        return change(text);
    }
    // Beside a token, nothing else is a signature.
    let tokens = runs.iter().any(|run| run.is_proof && is_token(&run.text));
    let changed = runs.iter().map(|run| match run.text.rsplit_once('.') {
        _ if !run.is_proof => run.text.clone(),
        Some((signed, signature)) if is_token(&run.text) => format!("{signed}.{}", change(signature)),
        _ if tokens => run.text.clone(),
        _ => change(&run.text),
    });
    changed.collect()
}

/// Whether `text` is a compact token: three parts, the first of which is JSON in base64url.
pub(crate) fn is_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3
}

/// The token in `text`, where there is one.
pub(crate) fn token_in(text: &str) -> Option<String> {
    runs(text).into_iter().map(|run| run.text).find(|text| is_token(text))
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = String::new();
    for character in text.chars() {
        let inside = character.is_ascii_alphanumeric() || "+/_-.".contains(character);
        if inside && run.ends_with('=') {
            // Padding ends a signature; what another run follows at once was the name of an item.
            runs.push(Run { text: std::mem::take(&mut run), is_proof: false });
        }
        if inside || (character == '=' && !run.is_empty()) {
            run.push(character);
            continue;
        }
        runs.push(finished(&mut run));
        runs.push(Run { text: character.to_string(), is_proof: false });
    }
    runs.push(finished(&mut run));
    runs
}

fn finished(run: &mut String) -> Run {
    Run { is_proof: run.len() >= SHORTEST, text: std::mem::take(run) }
}

/// `signature` with one character changed, in the same alphabet. Not at the front, where other encodings inside it
/// begin, and not at the end, where base64 has bits to spare.
pub(crate) fn tampered(signature: &str) -> String {
    let length = signature.trim_end_matches('=').chars().count();
    let position = length.saturating_mul(3) / 4;
    let swap = |(at, character): (usize, char)| if at == position { other(character) } else { character };
    signature.chars().enumerate().map(swap).collect()
}

fn other(character: char) -> char {
    match character {
        '0' => '1',
        '1'..='9' => '0',
        'a' => 'b',
        'a'..='z' => 'a',
        'A' => 'B',
        _ => 'A',
    }
}

/// `signature` without its last `count` characters.
pub(crate) fn truncated(signature: &str, count: usize) -> String {
    let length = signature.chars().count().saturating_sub(count);
    signature.chars().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "757107ea0eb2509fc211221cce984b8a";

    #[test]
    fn only_signatures_are_changed_and_all_of_them() {
        let change = |text: &str| change_signatures(text, |_| "X".to_owned());
        assert_eq!(change(&format!("sha256={HEX}")), "sha256=X");
        assert_eq!(change(&format!("t=1700000000,v1={HEX},v1={HEX}")), "t=1700000000,v1=X,v1=X");
        assert_eq!(change("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE="), "v1,X v1,X");
        assert_eq!(change(&format!("x-signature-of-acme={HEX}")), "x-signature-of-acme=X");
        assert_eq!(change("Bearer eyJhbGciOiJIUzI1NiJ9.e30.sHQUZ3YuSwaU"), "Bearer eyJhbGciOiJIUzI1NiJ9.e30.X");
        let body = r#"{"a long name of a member":"eyJhbGciOiJIUzI1NiJ9.e30.sHQUZ3YuSwaU"}"#;
        assert!(change(body).ends_with(r#""eyJhbGciOiJIUzI1NiJ9.e30.X"}"#));
        assert_eq!(change("token-1"), "X");
    }

    #[test]
    fn a_tampered_signature_keeps_length_and_alphabet() {
        for text in [HEX, "g0hM9SsE+OTPJTGt/tmIKtSyZlE=", "x"] {
            let other = tampered(text);
            assert_eq!(other.len(), text.len());
            assert_ne!(other, text);
        }
        assert!(tampered(HEX).bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(truncated("abc", 1), "ab");
        assert_eq!(truncated("abc", 9), "");
    }
}
