//! What the console is asked, as an adapter of a framework tells it.

use form_urlencoded::parse;

/// The head of a request to the console.
///
/// It holds what the console goes by and nothing else: no cookie and no credential.
#[derive(Debug, Clone)]
#[must_use]
pub struct Request {
    pub(crate) method: String,
    /// What follows the mount, decoded, without empty ends.
    pub(crate) segments: Vec<String>,
    /// The whole path, as it came.
    whole: String,
    pub(crate) query: String,
    pub(crate) host: Header,
    pub(crate) origin: Header,
    pub(crate) fetch_site: Header,
    pub(crate) fetch_mode: Header,
    pub(crate) content_type: Header,
    pub(crate) token: Header,
    /// How long the body says that it is.
    pub(crate) length: Header,
}

/// A header: a repeated one cannot be overlooked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Header {
    #[default]
    Absent,
    Once(String),
    /// Several times, or no text.
    Odd,
}

impl Header {
    pub(crate) fn once(&self) -> Option<&str> {
        match self {
            Self::Once(value) => Some(value),
            Self::Absent | Self::Odd => None,
        }
    }

    fn add(&mut self, value: &[u8]) {
        *self = match (&*self, std::str::from_utf8(value)) {
            (Self::Absent, Ok(value)) => Self::Once(value.to_owned()),
            _ => Self::Odd,
        };
    }
}

/// The header that brings the token of a change.
pub(crate) const TOKEN: &str = "x-hookporter-token";

impl Request {
    /// A request with this method for a path: `whole` is the path as it came, `below` what of it follows the mount, both
    /// percent-encoded, the latter with or without a slash in front.
    pub fn new(method: &str, whole: &str, below: &str) -> Self {
        let below = below.strip_prefix('/').unwrap_or(below);
        let segments = if below.is_empty() { Vec::new() } else { below.split('/').map(decoded).collect() };
        Self {
            method: method.to_owned(),
            segments,
            whole: whole.to_owned(),
            query: String::new(),
            host: Header::Absent,
            origin: Header::Absent,
            fetch_site: Header::Absent,
            fetch_mode: Header::Absent,
            content_type: Header::Absent,
            token: Header::Absent,
            length: Header::Absent,
        }
    }

    /// Replaces the query, without its question mark. Default: none.
    pub fn with_query(self, query: &str) -> Self {
        Self { query: query.to_owned(), ..self }
    }

    /// Adds a header, whose name may be in any case; give every one, in its order. In HTTP/2 the authority is given as `host`.
    pub fn add_header(mut self, name: &str, value: &[u8]) -> Self {
        let known = [
            ("host", &mut self.host),
            ("origin", &mut self.origin),
            ("sec-fetch-site", &mut self.fetch_site),
            ("sec-fetch-mode", &mut self.fetch_mode),
            ("content-type", &mut self.content_type),
            (TOKEN, &mut self.token),
            ("content-length", &mut self.length),
        ];
        if let Some((_, header)) = known.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            header.add(value);
        }
        self
    }

    /// What follows the mount, segment by segment.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// What leads from here to the mount: links are relative, so that any mount will do.
    pub(crate) fn base(&self) -> String {
        "../".repeat(self.segments.len().saturating_sub(1))
    }

    /// Where the first page is, from the mount itself, which has a slash at its end or not.
    pub(crate) fn first_page(&self, page: &str) -> String {
        let last = self.whole.rsplit('/').next().unwrap_or_default();
        // In front of it something that cannot be taken for a scheme.
        if last.is_empty() { format!("./{page}") } else { format!("./{last}/{page}") }
    }
}

/// A segment without its percent signs. A plus is a plus in a path.
fn decoded(segment: &str) -> String {
    let whole = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    parse(whole.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded_one_by_one() {
        let of = |below: &str| Request::new("GET", "/console", below).segments;
        assert_eq!(of(""), [""; 0]);
        assert_eq!(of("/"), [""; 0]);
        assert_eq!(of("/api/endpoints/a%2Fb%20c+d&e=f%C3%BC"), ["api", "endpoints", "a/b c+d&e=fü"]);
        assert_eq!(of("events/"), ["events", ""]);
        assert_eq!(of("//events"), ["", "events"]);
        assert_eq!(of("/api/%2e%2e"), ["api", ".."]);
    }

    #[test]
    fn links_lead_back_to_the_mount_wherever_it_is() {
        let base = |below: &str| Request::new("GET", "/x", below).base();
        assert_eq!([base("/overview"), base("/events/7"), base("/api/events/7")], ["", "../", "../../"]);
        let first = |whole: &str| Request::new("GET", whole, "").first_page("overview");
        assert_eq!(
            [first("/console"), first("/console/"), first("/")],
            ["./console/overview", "./overview", "./overview"]
        );
        assert_eq!(first("/https:evil.example"), "./https:evil.example/overview");
    }

    #[test]
    fn a_repeated_header_is_not_one_of_them() {
        let request = Request::new("POST", "/", "/").add_header("Origin", b"a").add_header("origin", b"a");
        assert_eq!(request.origin, Header::Odd);
        assert_eq!(Request::new("POST", "/", "/").add_header("host", b"\xff").host, Header::Odd);
    }
}
