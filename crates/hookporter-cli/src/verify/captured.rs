//! A captured request, read from files.

use bytes::Bytes;
use hookporter::Provider;

use crate::failure::Failure;
use crate::input;

/// A request as it was captured.
pub(crate) struct Captured {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) url: Option<String>,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Bytes,
}

impl Captured {
    /// Reads the files of headers and body; `url` is what the sender called.
    pub(crate) fn read(
        [headers_file, body_file, method]: [&str; 3],
        url: Option<&str>,
        provider: &Provider,
    ) -> Result<Self, Failure> {
        if url.is_none() && provider.verifier()?.needs_url() {
            let id = provider.id();
            return Err(Failure::usage(format!("{id} signs the public URL: give the one that it called with --url")));
        }
        if headers_file == "-" && body_file == "-" {
            return Err(Failure::usage("stdin cannot be both the headers and the body"));
        }
        Ok(Self {
            method: method.to_owned(),
            target: url.map_or_else(|| "/".to_owned(), target),
            url: url.map(str::to_owned),
            headers: headers(&input::read("--headers", headers_file)?)?,
            body: input::read("--body", body_file)?.into(),
        })
    }
}

/// Path and query of a URL.
fn target(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    match rest.split_once(['/', '?']) {
        None => "/".to_owned(),
        Some((authority, _)) => {
            let target = rest.strip_prefix(authority).unwrap_or_default();
            if target.starts_with('?') { format!("/{target}") } else { target.to_owned() }
        }
    }
}

/// `Name: value` a line. Blank lines and the request line of a whole captured head are passed over.
fn headers(text: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut headers = Vec::new();
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let is_request_line = index == 0 && line.windows(6).any(|part| part == b" HTTP/");
        if line.trim_ascii().is_empty() || is_request_line {
            continue;
        }
        let header = header(line);
        // What the line says is not repeated: it may be a proof, or a token.
        headers.push(header.ok_or_else(|| {
            let number = index.saturating_add(1);
            Failure::usage(format!("--headers: line {number} is not `Name: value`"))
        })?);
    }
    Ok(headers)
}

fn header(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    if name.is_empty() || !name.iter().all(plain) {
        return None;
    }
    let value = value.strip_prefix(b":")?.trim_ascii();
    Some((String::from_utf8(name.to_vec()).ok()?, value.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_people_paste_it() {
        let text = b"POST /x HTTP/1.1\r\nHost: a:1\r\nX-Sig:  t=1,v1=ab \r\n\r\nX-Bytes: \xff\n";
        let read = headers(text).unwrap();
        let wanted: [(&str, &[u8]); 3] = [("Host", b"a:1"), ("X-Sig", b"t=1,v1=ab"), ("X-Bytes", b"\xff")];
        assert_eq!(read, wanted.map(|(name, value)| (name.to_owned(), value.to_vec())));
        for bad in ["no colon", ": empty", ":method: POST", "two words: x"] {
            assert!(headers(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_target_is_path_and_query() {
        assert_eq!(target("https://a.b:1/c?d=/e#f"), "/c?d=/e");
        assert_eq!(target("https://a.b?d=/e"), "/?d=/e");
        assert_eq!(target("https://a.b"), "/");
    }
}
