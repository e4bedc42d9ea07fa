//! Where the labels of an event are, and what identifies it.

use std::sync::Arc;

use crate::Header;

/// Where one label is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelSource {
    /// The sender gives none.
    #[default]
    None,
    /// A member of the JSON payload, by pointer, already split.
    Json(Vec<String>),
    /// The first of these JSON members that is there.
    JsonFirst(Vec<Vec<String>>),
    /// All of these JSON members, joined by `:`.
    JsonAll(Vec<Vec<String>>),
    /// The first of these headers that is there exactly once.
    Header(Vec<Arc<str>>),
    /// All of these headers, joined by `:`.
    Headers(Vec<Arc<str>>),
    /// A field of a form body.
    Form(String),
    /// The scheme's own signed id.
    SchemeId,
    /// What the content type decides: the source behind the first of these texts that it begins with, in any case.
    ByContentType(Vec<(String, Self)>),
}

/// A member of a JSON payload.
///
/// ```
/// use hookporter_core::{Json, Scheme};
/// let scheme = Scheme::hmac_sha256().event_id(Json::pointer("/data/id"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(pub(crate) Vec<String>);

impl Json {
    /// The member at a JSON pointer (RFC 6901): `/data/id`.
    #[must_use]
    pub fn pointer(pointer: &str) -> Self {
        Self(split(pointer))
    }
}

/// A field of a form body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form(String);

impl Form {
    /// The field of this name.
    #[must_use]
    pub fn field(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl LabelSource {
    /// Several members of a JSON payload, joined by `:`; none of them where one is missing.
    ///
    /// ```
    /// use hookporter_core::{Json, LabelSource, Scheme};
    /// let scheme = Scheme::hmac_sha256().event_id(LabelSource::joined([Json::pointer("/order"), Json::pointer("/step")]));
    /// ```
    #[must_use]
    pub fn joined<const N: usize>(members: [Json; N]) -> Self {
        Self::JsonAll(members.into_iter().map(|json| json.0).collect())
    }
}

impl From<Json> for LabelSource {
    fn from(json: Json) -> Self {
        Self::Json(json.0)
    }
}

impl<const N: usize> From<[Json; N]> for LabelSource {
    fn from(first: [Json; N]) -> Self {
        Self::JsonFirst(first.into_iter().map(|json| json.0).collect())
    }
}

impl From<Form> for LabelSource {
    fn from(form: Form) -> Self {
        Self::Form(form.0)
    }
}

impl From<Header> for LabelSource {
    fn from(header: Header) -> Self {
        Self::Header(vec![header.name])
    }
}

impl LabelSource {
    /// The first of several headers that is there.
    pub(crate) fn header(names: &[&str]) -> Self {
        Self::Header(names.iter().map(|name| Arc::from(*name)).collect())
    }

    /// Several headers, joined.
    #[cfg(any(feature = "jwt", feature = "cloud"))]
    pub(crate) fn headers(names: &[&str]) -> Self {
        Self::Headers(names.iter().map(|name| Arc::from(*name)).collect())
    }

    /// A source for each content type.
    #[cfg(feature = "cloud")]
    pub(crate) fn by_content_type<const N: usize>(sources: [(&str, Self); N]) -> Self {
        Self::ByContentType(sources.into_iter().map(|(begin, source)| (begin.to_owned(), source)).collect())
    }

    /// The source that counts for a content type, which may be empty: this one, unless the content type decides.
    #[must_use]
    pub fn of_content_type(&self, content_type: &[u8]) -> &Self {
        let Self::ByContentType(sources) = self else { return self };
        let begins = |begin: &str| {
            content_type.get(..begin.len()).is_some_and(|part| part.eq_ignore_ascii_case(begin.as_bytes()))
        };
        sources.iter().find(|(begin, _)| begins(begin)).map_or(&Self::None, |(_, source)| source)
    }

    /// Whether the body must be read to find it.
    #[must_use]
    pub(crate) fn is_in_body(&self) -> bool {
        match self {
            Self::Json(_) | Self::JsonFirst(_) | Self::JsonAll(_) | Self::Form(_) => true,
            Self::ByContentType(sources) => sources.iter().any(|(_, source)| source.is_in_body()),
            _ => false,
        }
    }

    /// Whether members of a JSON payload must be found.
    pub(crate) const fn is_in_json(&self) -> bool {
        matches!(self, Self::Json(_) | Self::JsonFirst(_) | Self::JsonAll(_))
    }
}

impl LabelSources {
    /// Whether the content type decides where a label is.
    pub(crate) const fn depend_on_content_type(&self) -> bool {
        const fn depends(source: &LabelSource) -> bool {
            matches!(source, LabelSource::ByContentType(_))
        }
        depends(&self.id) || depends(&self.kind) || depends(&self.version)
    }
}

/// Splits a JSON pointer, undoing its two escapes.
pub(crate) fn split(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

/// What identifies an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity {
    /// A signed id. A delivery without one is distinct; one whose id stands twice is identified by its digest.
    SignedId,
    /// A digest of the signed bytes, where a sender never sends the same bytes for two events.
    Digest,
    /// An unsigned id together with a digest, where bytes may repeat. The id alone would let a stranger who guesses
    /// it suppress an event.
    UnsignedIdWithDigest,
    /// Nothing: every delivery is an event of its own.
    Distinct,
}

/// Where the labels of an event are, and what identifies it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelSources {
    /// Where the event id is.
    pub id: LabelSource,
    /// Where the event type is.
    pub kind: LabelSource,
    /// Where the API version is.
    pub version: LabelSource,
    /// What identifies an event; `None` means: as the id's source allows.
    pub identity: Option<Identity>,
}
