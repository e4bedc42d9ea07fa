//! The name by which a request asks for a key: a key id, or the URL of a certificate on a host that the scheme pins.
//!
//! A name is a stranger's text until the proof holds. It is judged before anybody is asked for the key: an id is short
//! and can be no path, and a URL is one that the sender's own servers answer.

use std::sync::Arc;

use crate::labels::scan;
use crate::{Head, Header, Json, Reason, Rejection, papers};

/// The name by which a request asks for a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyName {
    /// The id of a key, such as a token's `kid`: at most 128 visible ASCII characters, and no path.
    Id(Arc<str>),
    /// The URL of a certificate or key, on a host that the scheme pins.
    Url(Arc<str>),
}

impl KeyName {
    /// The id or the URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Id(text) | Self::Url(text) => text,
        }
    }

    /// An id, unless it is one that could mean more than an id to whoever looks it up.
    #[cfg(feature = "jwt")]
    pub(crate) fn id(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~=+:/".contains(&byte);
        let path = text.starts_with(['/', '.']) || text.contains("..") || text.contains("//");
        (!text.is_empty() && text.len() <= MAX_ID && text.bytes().all(plain) && !path).then(|| Self::Id(text.into()))
    }
}

/// When a request's key is known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyNaming {
    /// No request names its key.
    Never,
    /// The head names it, so that it can be asked for before the body is read.
    Head,
    /// The body names it.
    Body,
}

/// Where a request names its key by URL.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyUrlSource {
    /// In a header, so that it can be asked for before the body is read.
    Header(Header),
    /// In a member of a JSON body.
    Json(Json),
}

impl From<Header> for KeyUrlSource {
    fn from(header: Header) -> Self {
        Self::Header(header)
    }
}

impl From<Json> for KeyUrlSource {
    fn from(json: Json) -> Self {
        Self::Json(json)
    }
}

/// Where a request names its key by URL, and which URLs are the sender's.
#[derive(Debug, Clone)]
pub(crate) struct KeyUrlRule {
    pub(crate) at: KeyUrlSource,
    pub(crate) url: KeyUrl,
}

impl KeyUrlRule {
    /// Whether the body has it.
    pub(crate) const fn is_in_body(&self) -> bool {
        matches!(self.at, KeyUrlSource::Json(_))
    }

    /// Whether it stands in this header.
    pub(crate) fn reads_header(&self, name: &str) -> bool {
        matches!(&self.at, KeyUrlSource::Header(header) if *header.name == *name)
    }

    /// The name of the key, where the head has it.
    pub(crate) fn name_in_head(&self, head: &Head<'_>) -> Result<Option<KeyName>, Rejection> {
        let KeyUrlSource::Header(header) = &self.at else { return Ok(None) };
        let text = std::str::from_utf8(papers::once(head.headers(), &header.name)?);
        self.url.name(text.unwrap_or_default()).map(Some)
    }

    /// The name of the key, where the body has it.
    pub(crate) fn name_in_body(&self, body: &[u8]) -> Result<Option<KeyName>, Rejection> {
        let KeyUrlSource::Json(Json(pointer)) = &self.at else { return Ok(None) };
        let text = scan::find(body, &[pointer]).first().and_then(scan::Found::text);
        let what = "the body has no URL of its key, or more than one";
        self.url.name(&text.ok_or_else(|| Rejection::detail(Reason::MalformedBody, what))?).map(Some)
    }
}

/// Which URLs of keys are a sender's own. Everything else is refused before anybody is asked.
///
/// A URL is compared as text and taken only in its plainest form, so that no two parsers can read it differently:
/// `https://`, one of the hosts in lower case without a port, and a path of letters, digits, `-`, `_`, `.` and `/`.
///
/// ```
/// use hookporter_core::KeyUrl;
/// let certificates = KeyUrl::on_hosts(&["api.sender.example"]).path_prefix("/certs/").path_suffix(".pem");
/// assert!(certificates.trusts("https://api.sender.example/certs/2026.pem"));
/// assert!(!certificates.trusts("https://api.sender.example@evil.example/certs/2026.pem"));
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct KeyUrl {
    hosts: Hosts,
    prefix: &'static str,
    suffix: &'static str,
}

#[derive(Debug, Clone)]
enum Hosts {
    OneOf(&'static [&'static str]),
    /// A host per region of Amazon's: what stands before the region, and what may follow it.
    Regional {
        before: &'static str,
        after: &'static [&'static str],
    },
}

/// The longest id; those in use are below 64 bytes.
#[cfg(feature = "jwt")]
const MAX_ID: usize = 128;
/// The longest URL; those in use are below 130 bytes.
const MAX_URL: usize = 512;

impl KeyUrl {
    /// URLs on these hosts. Default: any plain path.
    pub const fn on_hosts(hosts: &'static [&'static str]) -> Self {
        Self { hosts: Hosts::OneOf(hosts), prefix: "/", suffix: "" }
    }

    /// URLs on a host per region.
    #[cfg_attr(not(all(feature = "cloud", feature = "rsa")), expect(dead_code, reason = "the preset of SNS"))]
    pub(crate) const fn on_regional_hosts(before: &'static str, after: &'static [&'static str]) -> Self {
        Self { hosts: Hosts::Regional { before, after }, prefix: "/", suffix: "" }
    }

    /// What every path begins with. Default: `/`.
    pub const fn path_prefix(self, prefix: &'static str) -> Self {
        Self { prefix, ..self }
    }

    /// What every path ends with. Default: anything.
    pub const fn path_suffix(self, suffix: &'static str) -> Self {
        Self { suffix, ..self }
    }

    /// Whether `url` is one of the sender's.
    #[must_use]
    pub fn trusts(&self, url: &str) -> bool {
        let Some(rest) = url.strip_prefix("https://").filter(|_| url.len() <= MAX_URL) else { return false };
        let Some((host, _)) = rest.split_once('/') else { return false };
        let path = rest.strip_prefix(host).unwrap_or_default();
        let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
        let odd = path.contains("..") || path.contains("//") || path.contains("/./");
        let fits = path.strip_prefix(self.prefix).is_some_and(|rest| rest.ends_with(self.suffix) && !rest.is_empty());
        plain && !odd && fits && self.hosts.contain(host)
    }

    /// Whether `url` is on one of the hosts, whatever its path and its query.
    #[cfg_attr(not(all(feature = "cloud", feature = "rsa")), expect(dead_code, reason = "the preset of SNS"))]
    pub(crate) fn trusts_host(&self, url: &str) -> bool {
        let plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"#\\".contains(&byte));
        let host = url.strip_prefix("https://").and_then(|rest| rest.split_once('/'));
        plain && host.is_some_and(|(host, _)| self.hosts.contain(host))
    }

    /// The name in `url`, if it is one of the sender's.
    pub(crate) fn name(&self, url: &str) -> Result<KeyName, Rejection> {
        if self.trusts(url) {
            return Ok(KeyName::Url(url.into()));
        }
        Err(Rejection::detail(Reason::UntrustedCertUrl, "the key's URL is not one of this sender's"))
    }
}

impl Hosts {
    fn contain(&self, host: &str) -> bool {
        match self {
            Self::OneOf(hosts) => hosts.contains(&host),
            Self::Regional { before, after } => host
                .strip_prefix(before)
                .is_some_and(|rest| after.iter().any(|after| rest.strip_suffix(after).is_some_and(is_region))),
        }
    }
}

/// Whether `label` is written like a region: `us-east-1`, `us-gov-west-1`. `s3-us-west-2` is not: behind the name of a
/// bucket it makes a host whose files are anybody's.
fn is_region(label: &str) -> bool {
    let Some((words, number)) = label.rsplit_once('-') else { return false };
    let letters = |word: &str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let words: Vec<&str> = words.split('-').collect();
    (2..=4).contains(&words.len())
        && words.iter().all(|word| letters(word))
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_plainest_url_on_a_pinned_host_is_trusted() {
        let sns = KeyUrl::on_regional_hosts("sns.", &[".amazonaws.com", ".amazonaws.com.cn"]).path_suffix(".pem");
        for good in [
            "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
            "https://sns.us-gov-west-1.amazonaws.com/x.pem",
            "https://sns.cn-north-1.amazonaws.com.cn/x.pem",
        ] {
            assert!(sns.trusts(good), "{good}");
        }
        for bad in [
            "",
            "https://",
            "https://sns.us-east-1.amazonaws.com",
            "https://sns.us-east-1.amazonaws.com/",
            "https://sns.us-east-1.amazonaws.com/.pem/",
            "http://sns.us-east-1.amazonaws.com/x.pem",
            "HTTPS://sns.us-east-1.amazonaws.com/x.pem",
            "//sns.us-east-1.amazonaws.com/x.pem",
            "https:/sns.us-east-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com.evil.example/x.pem",
            "https://sns.us-east-1.amazonaws.com@evil.example/x.pem",
            "https://evil.example@sns.us-east-1.amazonaws.com/x.pem",
            "https://evil.example/sns.us-east-1.amazonaws.com/x.pem",
            "https://evil.example#sns.us-east-1.amazonaws.com/x.pem",
            "https://evil.example\\@sns.us-east-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com:443/x.pem",
            "https://sns.us-east-1.amazonaws.com:8443/x.pem",
            "https://sns.us-east-1.amazonaws.com./x.pem",
            "https://SNS.us-east-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com/x.pem?a=b.pem",
            "https://sns.us-east-1.amazonaws.com/?Action=GetEndpoint&x=.pem",
            "https://sns.us-east-1.amazonaws.com/x.pem#.pem",
            "https://sns.us-east-1.amazonaws.com/../x.pem",
            "https://sns.us-east-1.amazonaws.com//evil.example/x.pem",
            "https://sns.us-east-1.amazonaws.com/%2e%2e/x.pem",
            "https://sns.us-east-1.amazonaws.com/x.PEM",
            "https://sns.s3.amazonaws.com/x.pem",
            "https://sns.s3-us-west-2.amazonaws.com/x.pem",
            "https://sns.s3-website-us-west-2.amazonaws.com/x.pem",
            "https://s3.us-west-2.amazonaws.com/sns/x.pem",
            "https://sns.evil.us-west-2.amazonaws.com/x.pem",
            "https://sns-us-east-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com.uk/x.pem",
            "https://sns.us-east-1.amazonaws.com\t/x.pem",
            "https://sns.us-east-1.amazonaws.com/x\u{2215}.pem",
        ] {
            assert!(!sns.trusts(bad), "{bad}");
        }
        assert!(!sns.trusts(&format!("https://sns.us-east-1.amazonaws.com/{}.pem", "x".repeat(600))));
        let paths = KeyUrl::on_hosts(&["api.a.example"]).path_prefix("/certs/");
        assert!(paths.trusts("https://api.a.example/certs/1"));
        for bad in ["https://api.a.example/certs/", "https://api.a.example/other/certs/1", "https://a.example/certs/1"]
        {
            assert!(!paths.trusts(bad), "{bad}");
        }
    }

    #[cfg(feature = "jwt")]
    #[test]
    fn an_id_is_short_and_no_path() {
        for good in ["k1", "6c5516e1-92dc-479e-a8ff-5a51992e0001", "a/b+c=", "urn:key:1"] {
            assert_eq!(KeyName::id(good).unwrap().as_str(), good);
        }
        for bad in ["", "../../dev/null", "/etc/passwd", ".x", "a/../b", "a//b", "a b", "a\0", "a'; --", "ключ"] {
            assert_eq!(KeyName::id(bad), None, "{bad}");
        }
        assert_eq!(KeyName::id(&"a".repeat(129)), None);
    }
}
