//! Keys: read from environment variables, judged, and never shown.

use hookporter::{ConfigError, Keyring, Provider, Secret, core::Verifier};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::output;

/// The preset of Standard Webhooks with public keys.
const V1A: &str = "standard-webhooks-v1a";
/// What signs where a receiver has a public key.
const PRIVATE: &str = "the private key in hex, base64 or PEM";
/// The longest key id.
const MAX_ID: usize = 64;

/// One key as its variable holds it.
struct Given {
    id: String,
    text: Zeroizing<String>,
}

/// What the variables hold, once it is judged.
pub(crate) struct Usable {
    pub(crate) provider: &'static Provider,
    pub(crate) secrets: Vec<Secret>,
    /// What is odd about them.
    pub(crate) notes: Vec<String>,
    /// The ids of those that are the test kit's, which everybody knows.
    pub(crate) published: Vec<String>,
}

/// The provider and the keys that a receiver judges with.
pub(crate) fn receiving(provider: &str, variables: &[String]) -> Result<(&'static Provider, Keyring), Failure> {
    let usable = usable(provider, variables)?;
    warn(&usable.notes);
    Ok((usable.provider, usable.keyring()))
}

/// The same, with what is odd about the keys.
pub(crate) fn usable(provider: &str, variables: &[String]) -> Result<Usable, Failure> {
    let asked = known(provider)?;
    let expected = expected(asked);
    let given = variables.iter().map(|variable| Given::read(variable, &expected)).collect::<Result<Vec<_>, _>>()?;
    let provider = preset(asked, &given)?;
    let verifier = provider.verifier()?;
    let mut notes = Vec::new();
    let judge = |given: &Given| judged(&verifier, given.secret(), &mut notes);
    let secrets = given.iter().map(judge).collect::<Result<Vec<_>, _>>()?;
    let published = hookporter_testkit::keys(provider.id())?.receiver;
    let known = given.iter().filter(|given| *given.text == published);
    let published = known.map(|given| given.id.clone()).collect();
    let usable = Usable { provider, secrets, notes, published };
    verifier.prepare(&usable.keyring())?;
    Ok(usable)
}

impl Usable {
    /// All of them, as an endpoint has them.
    pub(crate) fn keyring(&self) -> Keyring {
        self.secrets.iter().cloned().fold(Keyring::new(), Keyring::add)
    }
}

/// The provider and the key that a sender signs with.
pub(crate) fn signing(provider: &str, variable: &str) -> Result<(&'static Provider, Secret), Failure> {
    let asked = known(provider)?;
    let asymmetric = is_asymmetric(&asked.verifier()?);
    let expected = if asymmetric { PRIVATE.to_owned() } else { expected(asked) };
    let given = Given::read(variable, &expected)?;
    if given.text.starts_with("whpk_") {
        let id = output::escaped(&given.id);
        return Err(Failure::usage(format!("key `{id}` is a public key; to sign takes the private one, `whsk_…`")));
    }
    let provider = preset(asked, std::slice::from_ref(&given))?;
    let verifier = provider.verifier()?;
    if is_asymmetric(&verifier) {
        return Ok((provider, given.secret()));
    }
    let mut notes = Vec::new();
    let secret = judged(&verifier, given.secret(), &mut notes)?;
    warn(&notes);
    Ok((provider, secret))
}

/// What is wrong with a key that cannot sign: a private one looks different from what a receiver has.
pub(crate) fn cannot_sign(provider: &Provider, error: ConfigError) -> Failure {
    match error {
        ConfigError::Key { id, problem, .. } if provider.verifier().is_ok_and(|verifier| is_asymmetric(&verifier)) => {
            let id = output::escaped(&id);
            Failure::usage(format!("key `{id}` {problem}; expected {PRIVATE}"))
        }
        other => other.into(),
    }
}

/// Whether a receiver has a public key: only then is there no keyring that fits nobody.
pub(crate) fn is_asymmetric(verifier: &Verifier) -> bool {
    verifier.decoy().is_none()
}

/// The provider of this id.
pub(crate) fn known(id: &str) -> Result<&'static Provider, Failure> {
    Provider::by_id(id).map_err(|_| {
        let ids: Vec<_> = Provider::all().iter().map(|provider| provider.id()).collect();
        Failure::usage(format!("no provider `{}`; there are {}", output::escaped(id), ids.join(", ")))
    })
}

/// The preset for these keys: Standard Webhooks has one for secrets and one for key pairs.
fn preset(asked: &'static Provider, given: &[Given]) -> Result<&'static Provider, Failure> {
    if asked.id() != "standard-webhooks" {
        return Ok(asked);
    }
    let pairs = given.iter().filter(|given| given.text.starts_with("whpk_") || given.text.starts_with("whsk_")).count();
    match pairs {
        0 => Ok(asked),
        all if all == given.len() => known(V1A),
        _ => Err(Failure::usage("secrets (`whsec_…`) and public keys (`whpk_…`) do not go together in one receiver")),
    }
}

/// The key, made usable where it is only short; what is odd about it goes to `notes`.
fn judged(verifier: &Verifier, secret: Secret, notes: &mut Vec<String>) -> Result<Secret, Failure> {
    let (secret, prepared) = match verifier.prepare(&Keyring::from(secret.clone())) {
        Ok(prepared) => (secret, prepared),
        Err(strict) => {
            let weak = secret.allow_weak();
            let prepared = verifier.prepare(&Keyring::from(weak.clone()))?;
            if let ConfigError::Key { id, problem, .. } = strict {
                notes.push(format!("key `{id}` {problem}, and a short key can be guessed"));
            }
            (weak, prepared)
        }
    };
    notes.extend(prepared.warnings().iter().cloned());
    Ok(secret)
}

/// One line, however much there is to say.
fn warn(notes: &[String]) {
    if !notes.is_empty() {
        output::complain(format_args!("warning: {}", output::escaped(&notes.join("; "))));
    }
}

impl Given {
    /// Reads `[ID=]VAR`.
    fn read(argument: &str, expected: &str) -> Result<Self, Failure> {
        let (id, variable) = match argument.rsplit_once('=') {
            Some((id, variable)) => (id, variable),
            None => (argument, argument),
        };
        let Ok(text) = std::env::var(variable).map(Zeroizing::new) else {
            let variable = named(variable);
            return Err(Failure::usage(format!("{variable} is not set (or not Unicode); expected {expected}")));
        };
        if id.trim().is_empty() || id.chars().count() > MAX_ID {
            return Err(Failure::usage("a key id of --secret-env ID=VAR has 1 to 64 characters"));
        }
        Ok(Self { id: id.to_owned(), text })
    }

    fn secret(&self) -> Secret {
        Secret::new(self.text.as_bytes()).named(&self.id)
    }
}

/// A variable by name, unless the name may be a key that was typed in its place.
fn named(variable: &str) -> String {
    let usual = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let hexadecimal = variable.bytes().all(|byte| byte.is_ascii_hexdigit());
    if variable.bytes().all(usual) && variable.len() <= MAX_ID && !hexadecimal {
        return format!("environment variable `{variable}`");
    }
    "the environment variable given with --secret-env (not shown: it takes the variable's name, never the key)"
        .to_owned()
}

/// What a right key looks like, as every preset says of an empty one.
pub(crate) fn expected(provider: &Provider) -> String {
    let refused = provider.verifier().and_then(|verifier| verifier.prepare(&Keyring::from(Secret::new(""))));
    match refused {
        Err(ConfigError::Key { expected, .. }) => expected,
        _ => "the key that the sender's dashboard shows".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_key_is_not_named() {
        assert_eq!(named("STRIPE_SECRET_2"), "environment variable `STRIPE_SECRET_2`");
        for key in
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "8F742231B10E8888ABCD99", "ABCDEF0123", "It's a Secret", ""]
        {
            let shown = named(key);
            assert!(key.is_empty() || !shown.contains(key), "{shown}");
        }
    }

    #[test]
    fn every_preset_says_what_a_right_key_looks_like() {
        for provider in Provider::all() {
            assert!(expected(provider).starts_with("the "), "{}", provider.id());
        }
    }
}
