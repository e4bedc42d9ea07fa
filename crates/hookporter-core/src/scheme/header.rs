//! Where in a header a signature, a timestamp or an id is found.

use std::sync::Arc;

use crate::papers::number_of;
use crate::scheme::encoding::Encoding;
use crate::scheme::timestamp::{TimeUnit, TimestampSource};

/// A header and the grammar of its value.
///
/// A plain header holds one value. A list holds items of the form *name, pair separator, value*, such as Stripe's
/// `t=…,v1=…` (`.list(',')`) or Standard Webhooks' `v1,… v1,…` (`.list(' ').pair(',')`).
///
/// ```
/// use hookporter_core::Header;
/// let plain = Header::new("x-acme-signature").prefix("sha256=").hex();
/// let listed = Header::new("stripe-signature").list(',').item("v1").hex();
/// let sent = Header::new("stripe-signature").list(',').item("t").unix_seconds();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Header {
    pub(crate) name: Arc<str>,
    pub(crate) prefix: String,
    /// Whether the prefix names the algorithm, so that another one is not a mistake of form.
    pub(crate) names_algorithm: bool,
    /// Whether the prefix may be missing.
    pub(crate) optional_prefix: bool,
    pub(crate) list: Option<List>,
    /// Boxed: only a few senders have it.
    pub(crate) more: Option<Box<More>>,
    /// Whether the header may stand several times.
    pub(crate) repeats: bool,
}

/// The grammar of a list header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) separator: char,
    /// What stands between name and value; `None` where items have no names.
    pub(crate) pair: Option<char>,
    pub(crate) item: String,
    /// Whether a blank may follow a separator.
    pub(crate) blanks: bool,
    /// What separates whole lists, each with a timestamp of its own.
    pub(crate) sets: Option<char>,
}

impl List {
    const fn new(separator: char, pair: Option<char>) -> Self {
        Self { separator, pair, item: String::new(), blanks: false, sets: None }
    }

    /// Whether `other` takes a header apart in the same way, whatever items it looks for.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.separator == other.separator && self.pair == other.pair
    }

    /// What is wrong with it.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        let marks = [Some(self.separator), self.pair, self.sets];
        let mut marks: Vec<_> = marks.into_iter().flatten().collect();
        let count = marks.len();
        marks.sort_unstable();
        marks.dedup();
        match self.pair {
            Some(_) if self.item.is_empty() => {
                Some("a signature list needs `.item(…)`: the name of the items that count")
            }
            None if !self.item.is_empty() => Some("the items of a bare list have no names"),
            _ if count != marks.len() || !marks.iter().all(char::is_ascii) => {
                Some("list separators are different ASCII characters")
            }
            _ => None,
        }
    }
}

/// The other headers that signatures may stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum More {
    /// These, beside the header itself.
    Named(Vec<Arc<str>>),
    /// This text and a number; the header itself is the one that ends in `1`.
    Numbered(String),
}

impl More {
    /// Whether a header of this name is one of them.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::Named(names) => names.iter().any(|known| **known == *name),
            Self::Numbered(stem) => number_of(stem, name).is_some(),
        }
    }

    /// The name of the header for the signature at `index`, the first of which is in `first`.
    #[cfg(feature = "sign")]
    pub(crate) fn name_at(&self, index: usize, first: &str) -> Option<String> {
        match (self, index.checked_sub(1)) {
            (_, None) => Some(first.to_owned()),
            (Self::Named(names), Some(other)) => names.get(other).map(|name| name.to_string()),
            (Self::Numbered(stem), Some(other)) => Some(format!("{stem}{}", other.checked_add(2)?)),
        }
    }
}

/// A header that carries signatures, and how they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureSource {
    pub(crate) header: Header,
    pub(crate) encoding: Encoding,
}

impl Header {
    /// A header that holds one value. The name's case does not matter.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_ascii_lowercase().into(),
            prefix: String::new(),
            names_algorithm: false,
            optional_prefix: false,
            list: None,
            more: None,
            repeats: false,
        }
    }

    /// Headers that are numbered from 1 to 100, one for each key of a sender: `x-docusign-signature-1`, `…-2`. The name
    /// is what stands before the number. A signature may stand in any of them; see [`Header::or`].
    pub fn numbered(name: &str) -> Self {
        let stem = name.to_ascii_lowercase();
        Self { more: Some(Box::new(More::Numbered(stem.clone()))), ..Self::new(&format!("{stem}1")) }
    }

    /// Another header that a signature may stand in, such as that of a second key during a rotation. Each of them stands
    /// once or not at all, one of them must be there, and any signature that fits is enough. Default: none.
    pub fn or(mut self, name: &str) -> Self {
        let name = name.to_ascii_lowercase().into();
        match self.more.as_deref_mut() {
            Some(More::Named(names)) => names.push(name),
            _ => self.more = Some(Box::new(More::Named(vec![name]))),
        }
        self
    }

    /// What stands before each value, such as `sha256=`. Exact, case included. Default: nothing.
    pub fn prefix(self, prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..self }
    }

    /// What may stand before each value and may be missing. Default: what [`Header::prefix`] says must be there.
    pub fn optional_prefix(self, prefix: &str) -> Self {
        Self { optional_prefix: true, ..self.prefix(prefix) }
    }

    /// The header may stand several times, and any signature that fits is enough: for a sender that adds a header for
    /// each of its keys. Default: a header that stands twice is refused.
    pub fn repeatable(self) -> Self {
        Self { repeats: true, ..self }
    }

    /// The algorithm's name and `=` stand before the signature: [`Header::prefix`], but a request that names another
    /// algorithm is refused as [`Reason::UnsupportedAlgorithm`](crate::Reason::UnsupportedAlgorithm).
    pub fn algorithm(self, name: &str) -> Self {
        Self { prefix: format!("{name}="), names_algorithm: true, ..self }
    }

    /// The value is a list of items. Names and values are separated by `=` unless [`Header::pair`] says otherwise.
    pub fn list(self, separator: char) -> Self {
        Self { list: Some(List::new(separator, Some('='))), ..self }
    }

    /// The value is a list of items without names: signatures, and before them the timestamp, where it stands in the same
    /// header.
    pub fn bare_list(self, separator: char) -> Self {
        Self { list: Some(List::new(separator, None)), ..self }
    }

    /// A blank may follow each separator of the list. Default: it would be a part of the item's name.
    pub fn blanks(mut self) -> Self {
        if let Some(list) = &mut self.list {
            list.blanks = true;
        }
        self
    }

    /// The value is several lists, separated by `separator`, each with a timestamp and the signatures of that timestamp.
    /// One of them that is fresh and fits is enough. Default: one list.
    pub fn sets(mut self, separator: char) -> Self {
        if let Some(list) = &mut self.list {
            list.sets = Some(separator);
        }
        self
    }

    /// What separates the name of a list item from its value. Default: `=`.
    pub fn pair(mut self, pair: char) -> Self {
        if let Some(list) = &mut self.list {
            list.pair = Some(pair);
        }
        self
    }

    /// The name of the list items that count; all others are skipped.
    pub fn item(mut self, name: &str) -> Self {
        if let Some(list) = &mut self.list {
            name.clone_into(&mut list.item);
        }
        self
    }

    pub(crate) fn has_sets(&self) -> bool {
        self.list.as_ref().is_some_and(|list| list.sets.is_some())
    }

    /// What is wrong with it as the place of signatures; `two_names` where it has a second name.
    pub(crate) fn problem(&self, two_names: bool) -> Option<&'static str> {
        let list = self.list.as_ref();
        if let Some(problem) = list.and_then(List::problem) {
            return Some(problem);
        }
        if self.more.is_some() && (list.is_some() || two_names) {
            return Some("several signature headers are neither lists nor under two sets of names");
        }
        if self.has_sets() && two_names {
            return Some("a header with several sets of signatures has one name");
        }
        let named = list.is_some_and(|list| list.pair.is_some());
        if self.repeats && (self.more.is_some() || named || two_names) {
            return Some("a header that may repeat has one name, and no list of names and values in it");
        }
        None
    }

    /// Signatures, in hexadecimal of either case.
    #[must_use]
    pub fn hex(self) -> SignatureSource {
        self.encoded(Encoding::Hex)
    }

    /// Signatures, in standard base64 with padding.
    #[must_use]
    pub fn base64(self) -> SignatureSource {
        self.encoded(Encoding::Base64)
    }

    /// Signatures, in URL-safe base64 without padding.
    #[must_use]
    pub fn base64url(self) -> SignatureSource {
        self.encoded(Encoding::Base64Url)
    }

    /// A secret that is sent as it is.
    #[must_use]
    pub fn plain(self) -> SignatureSource {
        self.encoded(Encoding::Plain)
    }

    /// A timestamp in seconds since the Unix epoch.
    #[must_use]
    pub fn unix_seconds(self) -> TimestampSource {
        TimestampSource::in_header(self, TimeUnit::Seconds)
    }

    /// A timestamp in milliseconds since the Unix epoch.
    #[must_use]
    pub fn unix_millis(self) -> TimestampSource {
        TimestampSource::in_header(self, TimeUnit::Millis)
    }

    /// A timestamp in seconds or in milliseconds since the Unix epoch, told apart by its number of digits: ten or
    /// thirteen. For a sender that is known to send either.
    #[must_use]
    pub fn unix_seconds_or_millis(self) -> TimestampSource {
        TimestampSource::in_header(self, TimeUnit::SecondsOrMillis)
    }

    /// A timestamp in RFC 3339, with a zone.
    #[must_use]
    pub fn rfc3339(self) -> TimestampSource {
        TimestampSource::in_header(self, TimeUnit::Rfc3339)
    }

    fn encoded(self, encoding: Encoding) -> SignatureSource {
        SignatureSource { header: self, encoding }
    }
}
