//! Which of a request's signatures counts.

use super::component::Kind;
use super::input::Input;
use super::scheme::MessageScheme;
use crate::{Reason, Rejection};

impl MessageScheme {
    /// The signature that counts: the one whose label is configured, else the only one that fits what is demanded.
    pub(super) fn choose<'a>(&self, mut inputs: Vec<(&'a str, Input<'a>)>) -> Result<(&'a str, Input<'a>), Rejection> {
        if let Some(label) = &self.label {
            inputs.retain(|(known, _)| known == label);
        }
        let only_one = inputs.len() == 1;
        let mut refused = None;
        inputs.retain(|(_, input)| match self.judge(input) {
            Ok(()) => true,
            Err(rejection) => {
                refused = Some(rejection);
                false
            }
        });
        let several = inputs.len() > 1;
        match (inputs.pop(), refused) {
            (Some(chosen), _) if !several => Ok(chosen),
            (Some(_), _) => Err(self.shape("has several signatures that would do; the endpoint must name a label")),
            (None, Some(rejection)) if only_one => Err(rejection),
            (None, Some(_)) => Err(self.shape("has no signature that covers what the endpoint demands")),
            (None, None) => Err(self.shape("has no signature of the endpoint's label")),
        }
    }

    /// Whether an input fits what the endpoint demands of every signature.
    fn judge(&self, input: &Input<'_>) -> Result<(), Rejection> {
        let parameters = &input.parameters;
        if let Some(flaw) = parameters.flaw {
            return Err(self.shape(flaw));
        }
        for component in &input.components {
            if let Kind::Unsupported(why) = component.kind {
                return Err(self.shape(why));
            }
        }
        if input.repeats() {
            return Err(self.shape("covers a component twice"));
        }
        let Some(created) = parameters.created else {
            return Err(self.shape("does not say when it was created"));
        };
        if parameters.expires.is_some_and(|expires| expires < created) {
            return Err(self.shape("expires before it was created"));
        }
        if parameters.algorithm.is_some_and(|name| name != self.name) {
            return Err(Rejection::detail(Reason::UnsupportedAlgorithm, "`alg` is not the endpoint's algorithm"));
        }
        if self.demands_key_id && parameters.key_id.is_none() {
            return Err(self.shape("names no key"));
        }
        if self.tag.as_deref().is_some_and(|tag| parameters.tag != Some(tag)) {
            return Err(self.shape("is made for another application"));
        }
        let is_covered = |one_of: &Vec<String>| one_of.iter().any(|identifier| input.covers(identifier));
        if !self.required.iter().all(is_covered) {
            return Err(self.shape("covers less than the endpoint demands"));
        }
        Ok(())
    }

    fn shape(&self, what: &'static str) -> Rejection {
        Rejection::shape(&self.headers.input, what)
    }
}
