//! The parts of the public URL that signatures cover.

/// The endpoint's public URL with the request's query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Url<'a> {
    pub(super) whole: &'a str,
    scheme: &'a str,
    authority: &'a str,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Url<'a> {
    pub(super) fn parse(whole: &'a str) -> Option<Self> {
        let (scheme, rest) = whole.split_once("://")?;
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (authority, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, "/"));
        Some(Self { whole, scheme, authority, path, query })
    }

    pub(super) fn scheme(&self) -> String {
        self.scheme.to_ascii_lowercase()
    }

    /// The host in lower case, with the port unless it is the scheme's own.
    pub(super) fn authority(&self) -> String {
        let authority = self.authority.to_ascii_lowercase();
        let default = if self.scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
        authority.strip_suffix(default).map(str::to_owned).unwrap_or(authority)
    }

    pub(super) const fn path(&self) -> &'a str {
        self.path
    }

    /// The query with its question mark, which stands there without a query too.
    pub(super) fn query(&self) -> String {
        format!("?{}", self.query.unwrap_or_default())
    }

    /// Path and query, as a request in origin form has them.
    pub(super) fn request_target(&self) -> String {
        self.query.map_or_else(|| self.path.to_owned(), |query| format!("{}?{query}", self.path))
    }

    /// The value of the one query parameter whose name is `name` once both are encoded in the same way.
    pub(super) fn query_parameter(&self, name: &str) -> Result<String, &'static str> {
        let pairs = form_urlencoded::parse(self.query.unwrap_or_default().as_bytes());
        let mut named = pairs.filter(|(known, _)| encoded(known) == name);
        let (_, value) = named.next().ok_or("a covered query parameter is not there")?;
        if named.next().is_some() {
            return Err("a covered query parameter is there twice");
        }
        Ok(encoded(&value))
    }
}

/// Percent encoding of all but letters, digits and `*-._`, a blank too.
fn encoded(text: &str) -> String {
    let parts = form_urlencoded::byte_serialize(text.as_bytes());
    parts.map(|part| if part == "+" { "%20" } else { part }).collect()
}
