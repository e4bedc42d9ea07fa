//! The components of a request that a signature covers.

use super::structured::{Bare, Flaw, Reader};

/// One component, as an input names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component<'a> {
    /// Its identifier as it stands in the input: the beginning of its line in the signature base.
    pub(super) text: &'a str,
    pub(super) kind: Kind<'a>,
}

/// What a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Method,
    TargetUri,
    Authority,
    Scheme,
    RequestTarget,
    Path,
    Query,
    /// One parameter of the query, by its name in percent encoding.
    QueryParameter(&'a str),
    /// A header.
    Field(&'a str),
    /// What only responses have, or what is not supported; and why it is refused.
    Unsupported(Flaw),
}

impl<'a> Component<'a> {
    /// Reads an identifier: a name in quotes, and its parameters. What is well formed and not supported is read too: it may
    /// stand in a signature that is somebody else's.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, Flaw> {
        let (text, kind) = reader.text_of(|reader| {
            let name = reader.string()?;
            let mut parameter = None;
            let mut parameters = 0_usize;
            while let Some((key, value)) = reader.parameter()? {
                parameters = parameters.saturating_add(1);
                parameter = Some((key, value));
            }
            Ok(match (name, parameter, parameters) {
                ("@query-param", Some(("name", Bare::Text(name))), 1) => Kind::QueryParameter(name),
                ("@query-param", _, _) => Kind::Unsupported("names a query parameter in a way that is not supported"),
                (name, None, _) => Kind::of(name),
                _ => Kind::Unsupported("has a component with a parameter that is not supported"),
            })
        })?;
        Ok(Self { text, kind })
    }

    /// Whether the value comes from the public URL.
    pub(super) const fn is_of_url(&self) -> bool {
        !matches!(self.kind, Kind::Method | Kind::Field(_) | Kind::Unsupported(_))
    }
}

impl<'a> Kind<'a> {
    fn of(name: &'a str) -> Self {
        match name {
            "@method" => Self::Method,
            "@target-uri" => Self::TargetUri,
            "@authority" => Self::Authority,
            "@scheme" => Self::Scheme,
            "@request-target" => Self::RequestTarget,
            "@path" => Self::Path,
            "@query" => Self::Query,
            _ if !name.is_empty() && name.bytes().all(is_field_byte) => Self::Field(name),
            _ => Self::Unsupported("has a component that is no header in lower case and none of a request"),
        }
    }
}

/// The characters of a header's name (RFC 9110), in lower case.
const fn is_field_byte(byte: u8) -> bool {
    matches!(
        byte,
        b'a'..=b'z' | b'0'..=b'9' | b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~'
    )
}
