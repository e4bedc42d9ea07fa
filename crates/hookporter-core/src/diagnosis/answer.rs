//! Answers that a sender reports and that this library did not give.

use super::{Cause, Diagnosis};

/// Servers that write their name under a page of their own, as `<center>nginx/1.22.1</center>`.
const NAMES: [&str; 4] = ["nginx", "openresty", "cloudflare", "awselb"];
/// How much of a page is looked at.
const MOST: usize = 16 * 1024;

/// Whose answer it is that a sender's dashboard shows, where it is not this library's: what stands in front answered, and the
/// request never came through. `None` where nothing tells.
///
/// A refusal of this library's has no body, and nothing it sends redirects.
///
/// ```
/// use hookporter_core::diagnosis::of_answer;
///
/// let page = "<html><head><title>413 Request Entity Too Large</title></head><hr><center>nginx</center></html>";
/// assert!(of_answer(413, page).is_some_and(|found| found.to_string().contains("client_max_body_size")));
/// assert_eq!(of_answer(413, ""), None);
/// ```
#[must_use]
pub fn of_answer(status: u16, body: &str) -> Option<Diagnosis> {
    let page: &str = body.get(..MOST).unwrap_or(body).trim();
    let named = page.rsplit_once("<center>").map(|(_, rest)| rest);
    let known = NAMES.into_iter().find(|name| named.is_some_and(|rest| rest.starts_with(name)));
    let who = match (known, status) {
        (Some(who), _) => who,
        // Never of this library; a 4xx may be the user's own handler's.
        (None, 300..=399 | 500..=502 | 504..=599) => "somebody else",
        (None, 400..) if ["<html", "<!doctype"].iter().any(|start| starts_with(page, start)) => "somebody else",
        _ => return None,
    };
    Some(Cause::AnsweredInFront(who, why(status, page)).likely())
}

fn starts_with(page: &str, start: &str) -> bool {
    page.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start))
}

/// What usually brings an answer about.
fn why(status: u16, page: &str) -> &'static str {
    match status {
        300..=399 => {
            "a redirect, from `http` to `https`, to another host or for a slash at the end; senders follow none, or with a GET"
        }
        400 if page.contains("HTTPS port") => "the sender speaks `http` to a port that expects TLS",
        400 if page.contains("Header Or Cookie Too Large") => {
            "a header is too long for it (nginx: `large_client_header_buffers`)"
        }
        400 => "it could not read the request",
        401 => "it asks for a password (nginx: `auth_basic`)",
        403 => "a rule of its own forbids it: an address (nginx: `deny`), a firewall for web applications",
        404 => "it knows no such path or host: the `location`, the `server_name`, the URL as given to the sender",
        405 => "it serves files there, which nobody can POST to (nginx: a `location` without `proxy_pass`)",
        408 => "the request came too slowly for it (nginx: `client_body_timeout`)",
        413 => "the body is larger than its limit (nginx: `client_max_body_size`, 1 MiB unless set)",
        414 | 431 => "the URL or a header is too long for it (nginx: `large_client_header_buffers`)",
        429 | 503 => "it limits how many requests come, or has no server left (nginx: `limit_req`)",
        500 => "its own set-up fails: a loop of rewrites, a folder that it cannot write to",
        502 => "it cannot reach the server: not started, another port, another protocol (nginx: `proxy_pass`)",
        504 => "it did not wait for the server's answer (nginx: `proxy_read_timeout`)",
        _ => "see its own log",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_library_answers_is_nobody_elses() {
        for status in [200, 201, 202, 204, 400, 401, 403, 405, 408, 413, 415, 498, 503] {
            assert_eq!(of_answer(status, ""), None, "{status}");
        }
        // What a handler of the user's says.
        assert_eq!(of_answer(404, "no such account"), None);
        assert_eq!(of_answer(422, r#"{"error":"unknown account"}"#), None);
        assert_eq!(of_answer(200, "<b>thanks</b>"), None);
    }

    #[test]
    fn what_stands_in_front_is_named_where_it_names_itself() {
        let of = |status, page: &str| of_answer(status, page).map(|found| found.to_string()).unwrap_or_default();
        assert!(of(502, "<hr><center>nginx/1.22.1</center>\r\n</body>").contains("nginx's own"));
        assert!(of(403, "<hr><center>cloudflare</center>").contains("cloudflare's own"));
        assert!(of(404, "<HTML>Not Found").contains("somebody else"));
        assert!(of(301, "").contains("redirect"));
        assert!(of(413, "<!DOCTYPE html>").contains("client_max_body_size"));
    }
}
