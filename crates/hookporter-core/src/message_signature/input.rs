//! One signature's input: the components that it covers, and its parameters.

use super::component::Component;
use super::structured::{Bare, Flaw, Reader};
use crate::UnixTime;

/// The most components of an input.
const MAX_COMPONENTS: usize = 32;

/// One member of `Signature-Input`.
#[derive(Debug)]
pub(super) struct Input<'a> {
    /// The member's value as it stands, which is signed with the components.
    pub(super) text: &'a str,
    pub(super) components: Vec<Component<'a>>,
    pub(super) parameters: Parameters<'a>,
}

/// The parameters of a signature.
#[derive(Debug, Default)]
pub(super) struct Parameters<'a> {
    pub(super) created: Option<UnixTime>,
    pub(super) expires: Option<UnixTime>,
    pub(super) nonce: Option<&'a str>,
    pub(super) algorithm: Option<&'a str>,
    pub(super) key_id: Option<&'a str>,
    pub(super) tag: Option<&'a str>,
    /// Why the signature is refused if it is the one that counts.
    pub(super) flaw: Option<Flaw>,
}

impl<'a> Input<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, Flaw> {
        let (text, (components, parameters)) = reader.text_of(|reader| {
            let components = components(reader)?;
            Ok((components, Parameters::read(reader)?))
        })?;
        Ok(Self { text, components, parameters })
    }

    /// Whether a component of this identifier is covered.
    pub(super) fn covers(&self, identifier: &str) -> bool {
        self.components.iter().any(|component| component.text == identifier)
    }

    /// Whether a component is covered twice.
    pub(super) fn repeats(&self) -> bool {
        let mut texts: Vec<&str> = self.components.iter().map(|component| component.text).collect();
        texts.sort_unstable();
        texts.windows(2).any(|pair| pair.first() == pair.last())
    }
}

fn components<'a>(reader: &mut Reader<'a>) -> Result<Vec<Component<'a>>, Flaw> {
    const BROKEN: Flaw = "has a list of components that is none";
    let mut components = Vec::new();
    if !reader.take('(') {
        return Err(BROKEN);
    }
    while !reader.take(')') {
        if components.len() == MAX_COMPONENTS {
            return Err("covers more components than any webhook");
        }
        if !components.is_empty() && !reader.take(' ') {
            return Err(BROKEN);
        }
        components.push(Component::read(reader)?);
    }
    Ok(components)
}

impl<'a> Parameters<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Flaw> {
        let mut parameters = Self::default();
        while let Some((key, value)) = reader.parameter()? {
            let flaw = parameters.set(key, value).err();
            parameters.flaw = parameters.flaw.or(flaw);
        }
        Ok(parameters)
    }

    fn set(&mut self, key: &str, value: Bare<'a>) -> Result<(), Flaw> {
        let known = match (key, value) {
            ("created", Bare::Integer(seconds)) => self.created.replace(UnixTime::from_secs(seconds)).is_some(),
            ("expires", Bare::Integer(seconds)) => self.expires.replace(UnixTime::from_secs(seconds)).is_some(),
            ("nonce", Bare::Text(text)) => self.nonce.replace(text).is_some(),
            ("alg", Bare::Text(text)) => self.algorithm.replace(text).is_some(),
            ("keyid", Bare::Text(text)) => self.key_id.replace(text).is_some(),
            ("tag", Bare::Text(text)) => self.tag.replace(text).is_some(),
            _ => return Err("has a parameter that is unknown or of another kind"),
        };
        if known { Err("has a parameter twice") } else { Ok(()) }
    }
}
