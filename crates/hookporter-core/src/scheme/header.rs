//! Where in a header a signature, a timestamp or an id is found.

use std::sync::Arc;

use crate::scheme::encoding::Encoding;
use crate::scheme::timestamp::TimeUnit;

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
    pub(crate) list: Option<List>,
}

/// The grammar of a list header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) separator: char,
    pub(crate) pair: char,
    pub(crate) item: String,
}

/// A header that carries signatures, and how they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureSource {
    pub(crate) header: Header,
    pub(crate) encoding: Encoding,
}

/// A header that carries the timestamp, and its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampSource {
    pub(crate) header: Header,
    pub(crate) unit: TimeUnit,
}

impl Header {
    /// A header that holds one value. The name's case does not matter.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_ascii_lowercase().into(), prefix: String::new(), list: None }
    }

    /// What stands before each value, such as `sha256=`. Exact, case included. Default: nothing.
    pub fn prefix(self, prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..self }
    }

    /// The value is a list of items. Names and values are separated by `=` unless [`Header::pair`] says otherwise.
    pub fn list(self, separator: char) -> Self {
        Self { list: Some(List { separator, pair: '=', item: String::new() }), ..self }
    }

    /// What separates the name of a list item from its value. Default: `=`.
    pub fn pair(mut self, pair: char) -> Self {
        if let Some(list) = &mut self.list {
            list.pair = pair;
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
        TimestampSource { header: self, unit: TimeUnit::Seconds }
    }

    /// A timestamp in milliseconds since the Unix epoch.
    #[must_use]
    pub fn unix_millis(self) -> TimestampSource {
        TimestampSource { header: self, unit: TimeUnit::Millis }
    }

    /// A timestamp in seconds or in milliseconds since the Unix epoch, told apart by its number of digits: ten or
    /// thirteen. For a sender that is known to send either.
    #[must_use]
    pub fn unix_seconds_or_millis(self) -> TimestampSource {
        TimestampSource { header: self, unit: TimeUnit::SecondsOrMillis }
    }

    /// A timestamp in RFC 3339, with a zone.
    #[must_use]
    pub fn rfc3339(self) -> TimestampSource {
        TimestampSource { header: self, unit: TimeUnit::Rfc3339 }
    }

    fn encoded(self, encoding: Encoding) -> SignatureSource {
        SignatureSource { header: self, encoding }
    }
}
