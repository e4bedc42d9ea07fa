//! The signed bytes, as a template: literal text and named parts.

use std::sync::Arc;

use crate::ConfigError;

/// One part of the signed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Fixed bytes.
    Literal(Vec<u8>),
    /// The timestamp, as it was sent.
    Timestamp,
    /// The delivery id, as it was sent.
    Id,
    /// The request method.
    Method,
    /// The configured public URL with the request's query.
    Url,
    /// The path, without the query.
    Path,
    /// The value of a header.
    Header(Arc<str>),
    /// The raw body.
    Body,
    /// A field of a JSON body, by JSON pointer: a string's text, or a number or boolean as written.
    Field(String),
    /// The CRC-32 of the raw body, in decimal. It finds accidents; it binds no byte to the proof.
    Crc32,
    /// What belongs to the key under this name ([`Secret::with_part`](crate::Secret::with_part)).
    KeyPart(String),
    /// The fields of a form body, sorted by name, names and values run together.
    SortedForm,
}

impl Part {
    /// Whether a request whose papers are in order can lack it.
    #[inline]
    pub(crate) const fn may_be_missing(&self) -> bool {
        matches!(self, Self::Url | Self::Header(_))
    }

    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "timestamp" => Self::Timestamp,
            "id" => Self::Id,
            "method" => Self::Method,
            "url" => Self::Url,
            "path" => Self::Path,
            "body" => Self::Body,
            "crc32" => Self::Crc32,
            "sorted-form" => Self::SortedForm,
            _ => {
                let (kind, rest) = name.split_once(':')?;
                match kind {
                    "header" if !rest.is_empty() => Self::Header(rest.to_ascii_lowercase().into()),
                    "key" if !rest.is_empty() => Self::KeyPart(rest.to_owned()),
                    "field" if rest.starts_with('/') => Self::Field(rest.to_owned()),
                    _ => return None,
                }
            }
        })
    }
}

/// Reads a template such as `v0:{timestamp}:{body}`. There is no escape for a brace: no sender's template has one.
pub(crate) fn parse(text: &str) -> Result<Vec<Part>, ConfigError> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, tail) = after
            .split_once('}')
            .ok_or_else(|| ConfigError::scheme(format!("`{text}` has a brace that is not closed")))?;
        push_literal(&mut parts, literal, text)?;
        let part = Part::parse(name).ok_or_else(|| {
            ConfigError::scheme(format!(
                "`{{{name}}}` is not a part of a request; use {{timestamp}}, {{id}}, {{method}}, {{url}}, {{path}}, \
                 {{header:NAME}}, {{body}}, {{crc32}}, {{key:NAME}}, {{field:/POINTER}} or {{sorted-form}}"
            ))
        })?;
        parts.push(part);
        rest = tail;
    }
    push_literal(&mut parts, rest, text)?;
    Ok(parts)
}

fn push_literal(parts: &mut Vec<Part>, literal: &str, text: &str) -> Result<(), ConfigError> {
    if literal.contains('}') {
        return Err(ConfigError::scheme(format!("`{text}` has a brace that was not opened")));
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.as_bytes().to_vec()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_read_in_order() {
        assert_eq!(
            parse("v0:{timestamp}:{body}"),
            Ok(vec![Part::Literal(b"v0:".to_vec()), Part::Timestamp, Part::Literal(b":".to_vec()), Part::Body])
        );
        assert_eq!(
            parse("{header:X-Thing}{field:/a/b}"),
            Ok(vec![Part::Header("x-thing".into()), Part::Field("/a/b".into())])
        );
        for bad in ["{bdy}", "{body", "body}", "{}", "{header:}", "{field:a}"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
