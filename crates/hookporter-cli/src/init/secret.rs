//! A secret for development, of the shape that a sender's own has.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// What a sender's secret looks like.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// So many random bytes in hexadecimal.
    Hex(usize),
    /// So many letters and digits behind this.
    Letters(&'static str, usize),
    /// 32 random bytes in base64 behind this.
    Base64(&'static str),
    /// A random UUID.
    Uuid,
    /// `%` and a letter or digit for each are filled in.
    Filled(&'static str),
    /// A key pair of Ed25519, in this spelling.
    Pair(Spelling),
    /// A key pair that `openssl` makes: of which kind, and what stands around the keys.
    Openssl { kind: &'static str, around: [&'static str; 2] },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Spelling {
    Hex,
    Base64,
    /// `whsk_…` and `whpk_…`.
    Prefixed,
}

/// What was made.
pub(super) enum Made {
    /// What both sides have.
    Shared(Zeroizing<String>),
    /// What the sender signs with, and what the receiver has.
    Pair { private: Zeroizing<String>, public: String },
    /// The commands that make a pair: here is none.
    Commands { kind: &'static str, around: [&'static str; 2] },
}

const RSA: &str = "RSA -pkeyopt rsa_keygen_bits:2048";
const P256: &str = "EC -pkeyopt ec_paramgen_curve:P-256";
/// As long as a random text is where a sender lets its users choose: more than anybody guesses.
const CHOSEN: Shape = Shape::Hex(32);

/// The shape of this sender's secrets.
pub(super) fn shape(provider: &str) -> Shape {
    match provider {
        "stripe" => Shape::Letters("whsec_", 32),
        "anthropic" | "clerk" | "gitlab" | "liveblocks" | "openai" | "render" | "replicate" | "resend"
        | "standard-webhooks" | "svix" => Shape::Base64("whsec_"),
        "supabase-auth-hooks" => Shape::Base64("v1,whsec_"),
        "airtable" | "rfc9421" => Shape::Base64(""),
        "elevenlabs" => Shape::Letters("wsec_", 64),
        "notion" => Shape::Letters("secret_", 43),
        "paddle" => Shape::Letters("pdl_ntfset_", 59),
        "paystack" => Shape::Letters("sk_test_", 40),
        "persona" => Shape::Letters("wbhsec_", 36),
        "polar" => Shape::Letters("polar_whs_", 43),
        "qstash" => Shape::Letters("sig_", 28),
        "asana" | "lemonsqueezy" | "line" | "mailgun" | "meta" | "recurly" | "slack" | "twilio" => Shape::Hex(16),
        "dropbox" => Shape::Letters("", 15),
        "square" | "zoom" => Shape::Letters("", 22),
        "x-twitter" => Shape::Letters("", 50),
        "hubspot" | "hubspot-v1" | "hubspot-v2" | "intercom" => Shape::Uuid,
        "chargebee" | "postmark" => Shape::Filled("webhook:%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%"),
        "braintree" => {
            Shape::Filled(r#"{"public_key": "%%%%%%%%%%%%%%%%", "private_key": "%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%"}"#)
        }
        "livekit" => Shape::Filled(
            r#"{"api_key": "API%%%%%%%%%%%%", "api_secret": "%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%"}"#,
        ),
        "pusher" => Shape::Filled(r#"{"key": "%%%%%%%%%%%%%%%%%%%%", "secret": "%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%"}"#),
        "discord" => Shape::Pair(Spelling::Hex),
        "mailchannels" => Shape::Pair(Spelling::Base64),
        "standard-webhooks-v1a" => Shape::Pair(Spelling::Prefixed),
        "aws-sns" | "kick" => Shape::Openssl { kind: RSA, around: ["", ""] },
        "plaid" | "sendgrid" => Shape::Openssl { kind: P256, around: ["", ""] },
        "google-pubsub" => Shape::Openssl {
            kind: RSA,
            around: [r#"{"audience": "dev", "email": "dev@project.iam.gserviceaccount.com", "jwk": ""#, r#""}"#],
        },
        "paypal" => Shape::Openssl { kind: RSA, around: [r#"{"webhook_id": "dev", "certificate_pem": ""#, r#""}"#] },
        _ => CHOSEN,
    }
}

/// Makes one from the system's randomness.
pub(super) fn make(shape: Shape) -> Result<Made, Failure> {
    Ok(Made::Shared(match shape {
        Shape::Hex(count) => hex(&random(count)?),
        Shape::Base64(prefix) => Zeroizing::new(format!("{prefix}{}", STANDARD.encode(&*random(32)?))),
        Shape::Letters(prefix, count) => filled(&format!("{prefix}{}", "%".repeat(count)))?,
        Shape::Filled(pattern) => filled(pattern)?,
        Shape::Uuid => uuid(&hex(&random(16)?)),
        Shape::Pair(spelling) => return pair(spelling),
        Shape::Openssl { kind, around } => return Ok(Made::Commands { kind, around }),
    }))
}

fn random(count: usize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(vec![0; count]);
    getrandom::fill(&mut bytes).map_err(|error| Failure::system("the system's randomness", error))?;
    Ok(bytes)
}

/// A letter or digit in place of every `%`, each as likely as the others.
fn filled(pattern: &str) -> Result<Zeroizing<String>, Failure> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = Zeroizing::new(String::with_capacity(pattern.len()));
    for place in pattern.chars() {
        if place != '%' {
            text.push(place);
            continue;
        }
        // 248 is four times 62: of what lies above, some letters would come more often.
        let letter = loop {
            let drawn = random(1)?.first().copied().unwrap_or(u8::MAX);
            if drawn < 248 {
                break LETTERS.get(usize::from(drawn % 62)).copied().unwrap_or(b'A');
            }
        };
        text.push(char::from(letter));
    }
    Ok(text)
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().saturating_mul(2)));
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text
}

/// Version 4 of 32 random digits.
fn uuid(digits: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(36));
    for (index, digit) in digits.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(match index {
            12 => '4',
            16 => 'a',
            _ => digit,
        });
    }
    text
}

fn pair(spelling: Spelling) -> Result<Made, Failure> {
    let seed = random(32)?;
    let mut bytes = Zeroizing::new([0; 32]);
    bytes.iter_mut().zip(seed.iter()).for_each(|(byte, random)| *byte = *random);
    let public = SigningKey::from_bytes(&bytes).verifying_key().to_bytes();
    let base64 = |bytes: &[u8]| Zeroizing::new(STANDARD.encode(bytes));
    let (private, public) = match spelling {
        Spelling::Hex => (hex(&seed), hex(&public)),
        Spelling::Base64 => (hex(&seed), base64(&public)),
        Spelling::Prefixed => {
            (Zeroizing::new(format!("whsk_{}", *base64(&seed))), Zeroizing::new(format!("whpk_{}", *base64(&public))))
        }
    };
    Ok(Made::Pair { private, public: public.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookporter::{Clock, Keyring, Provider, Secret, SystemClock};

    /// A secret that is made is strong, without a warning, and what it signs is accepted.
    #[test]
    fn every_sender_takes_what_is_made_for_it() {
        let mut commands = 0;
        for provider in Provider::all() {
            let (id, now) = (provider.id(), SystemClock.now());
            let (sender, receiver) = match make(shape(id)).unwrap() {
                Made::Shared(secret) => (secret.clone(), secret.to_string()),
                Made::Pair { private, public } => (private, public),
                Made::Commands { .. } => {
                    commands += 1;
                    continue;
                }
            };
            let verifier = provider.verifier().unwrap();
            let keys = verifier
                .prepare(&Keyring::from(Secret::new(receiver.as_str())))
                .unwrap_or_else(|error| panic!("{id}: {error}"));
            assert!(keys.warnings().is_empty(), "{id}: {:?}", keys.warnings());
            let request = hookporter_testkit::provider(id, sender.as_str()).unwrap().at(now).build();
            assert!(request.check(&verifier, &keys, now).is_ok(), "{id}");
            assert!(!receiver.contains('\''), "{id}: it stands between quotes");
        }
        assert_eq!(commands, 6);
    }

    #[test]
    fn no_two_are_the_same() {
        for shape in [Shape::Hex(16), Shape::Letters("a_", 20), Shape::Base64(""), Shape::Uuid] {
            let [one, other] = [(); 2].map(|()| match make(shape).unwrap() {
                Made::Shared(secret) => secret,
                _ => unreachable!(),
            });
            assert_ne!(*one, *other, "{shape:?}");
        }
        let uuid = uuid("0123456789abcdef0123456789abcdef");
        assert_eq!(*uuid, "01234567-89ab-4def-a123-456789abcdef");
    }

    #[test]
    fn a_letter_comes_as_often_as_another() {
        let text = filled(&"%".repeat(62 * 400)).unwrap();
        for letter in ['A', 'z', '0', '9'] {
            let count = text.chars().filter(|one| *one == letter).count();
            assert!((280..520).contains(&count), "{letter}: {count}");
        }
    }
}
