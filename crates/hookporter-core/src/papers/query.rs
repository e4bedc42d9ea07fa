//! A proof that is a parameter of the query.

use std::borrow::Cow;

use crate::scheme::encoding::{MAX_TEXT, SignatureBytes};
use crate::{Reason, Rejection};

/// The decoded value of the parameter, which must stand exactly once and not be empty.
pub(crate) fn token(target: &str, parameter: &str) -> Result<SignatureBytes, Rejection> {
    let mut values = values(target, parameter);
    let Some(value) = values.next() else {
        return Err(Rejection::detail(Reason::MissingHeader, "the query has no parameter with the secret"));
    };
    if values.next().is_some() {
        return Err(Rejection::detail(Reason::RepeatedHeader, "the query has two parameters with a secret"));
    }
    if value.is_empty() || value.len() > MAX_TEXT {
        return Err(Rejection::detail(Reason::MalformedHeader, "the query's parameter is no secret"));
    }
    Ok(SignatureBytes::from_slice(value.as_bytes()))
}

/// Whether the query has the parameter.
pub(crate) fn is_there(target: &str, parameter: &str) -> bool {
    values(target, parameter).next().is_some()
}

/// The target without the parameter, however it is spelled.
pub(crate) fn without<'t>(target: &'t str, parameter: &str) -> Cow<'t, str> {
    let Some((path, query)) = target.split_once('?').filter(|_| is_there(target, parameter)) else {
        return Cow::Borrowed(target);
    };
    let is_other = |pair: &&str| form_urlencoded::parse(pair.as_bytes()).all(|(name, _)| name != parameter);
    let others: Vec<&str> = query.split('&').filter(is_other).collect();
    Cow::Owned(if others.is_empty() { path.to_owned() } else { format!("{path}?{}", others.join("&")) })
}

/// The decoded values of the parameter.
pub(crate) fn values<'t>(target: &'t str, parameter: &str) -> impl Iterator<Item = Cow<'t, str>> {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).filter(move |(name, _)| name == parameter).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "all-senders")]
    fn a_verify_token_is_taken_out_of_whatever_request_has_it() {
        let without = |id: &str, target: &str| {
            crate::Provider::by_id(id).unwrap().target_without_verify_token(target).into_owned()
        };
        assert_eq!(
            without("meta", "/hook?a=1&hub%2Everify_token=x&hub.mode=subscribe"),
            "/hook?a=1&hub.mode=subscribe"
        );
        assert_eq!(without("meta", "/hook?a=1"), "/hook?a=1");
        assert_eq!(without("github", "/hook?hub.verify_token=x"), "/hook?hub.verify_token=x");
    }

    #[test]
    fn the_secret_stands_once_and_is_taken_out_however_it_is_spelled() {
        let token = |target: &str| token(target, "code").map_err(|rejection| rejection.kind());
        assert_eq!(token("/hook?a=b&code=s%20x").as_deref(), Ok(&b"s x"[..]));
        assert_eq!(token("/hook?c%6fde=x").as_deref(), Ok(&b"x"[..]));
        assert_eq!(token("/hook?Code=x"), Err(Reason::MissingHeader));
        assert_eq!(token("/code=x"), Err(Reason::MissingHeader));
        assert_eq!(token("/hook?code=x&code=x"), Err(Reason::RepeatedHeader));
        assert_eq!(token("/hook?code="), Err(Reason::MalformedHeader));
        for (target, rest) in [
            ("/hook?code=x", "/hook"),
            ("/hook?a=1&c%6fde=x&b=2", "/hook?a=1&b=2"),
            ("/hook?a=1", "/hook?a=1"),
            ("/hook", "/hook"),
        ] {
            assert_eq!(without(target, "code"), rest);
        }
    }
}
