//! Who may change something: only a page of this console, or a program that knows what such a page knows.
//!
//! A browser sends whoever is logged in anywhere, on behalf of any page that asks it to. So a change is a POST; the browser must
//! say that a page of this origin sends it; and it must bring the process's token, which only such a page can read. A program
//! outside of any browser says nothing of an origin and sends JSON, which a page elsewhere cannot send without asking first.

use crate::request::{Header, Request};
use crate::token::Token;
use crate::trouble::Trouble;

/// How a change is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// By a page's form: the token is one of its fields.
    AsForm,
    /// By a program: the token is a header.
    AsJson,
}

/// The longest body.
pub(crate) const LONGEST: u64 = 1024 * 1024;

const FOREIGN: Trouble = Trouble::new(403, "cross-site", "a change must come from a page of this console");
const NO_TOKEN: Trouble =
    Trouble::new(403, "wrong-token", "the token is missing or of another process: load the page again");

/// Refuses a name that is not one of this console's.
pub(crate) fn host(request: &Request, hosts: Option<&[String]>) -> Result<(), Trouble> {
    let Some(hosts) = hosts else { return Ok(()) };
    let asked = request.host.once().unwrap_or_default();
    let is_known = hosts.iter().any(|host| host.eq_ignore_ascii_case(asked));
    if is_known { Ok(()) } else { Err(Trouble::new(421, "wrong-host", "this console has another name")) }
}

/// Refuses what shows in the head already, before a byte of the body is read.
pub(crate) fn head(request: &Request, token: Option<&Token>, sent: Sent) -> Result<(), Trouble> {
    let Some(token) = token else {
        return Err(Trouble::new(403, "read-only", "this console is read-only: `allow_changes` is not set"));
    };
    origin(request, sent)?;
    let wanted = match sent {
        Sent::AsForm => "application/x-www-form-urlencoded",
        Sent::AsJson => "application/json",
    };
    let kind = request.content_type.once().and_then(|kind| kind.split(';').next()).unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case(wanted) {
        let message = match sent {
            Sent::AsForm => "this path takes `application/x-www-form-urlencoded`",
            Sent::AsJson => "this path takes `application/json`",
        };
        return Err(Trouble::new(415, "wrong-content-type", message));
    }
    if sent == Sent::AsJson && !request.token.once().is_some_and(|brought| token.is(brought)) {
        return Err(NO_TOKEN);
    }
    let length = match &request.length {
        Header::Absent => 0,
        Header::Once(length) => length.parse().unwrap_or(u64::MAX),
        Header::Odd => u64::MAX,
    };
    if length > LONGEST { Err(TOO_LARGE) } else { Ok(()) }
}

/// Refuses a question that costs work where a page elsewhere has a browser ask it, again and again and unseen. Whoever follows a link
/// to it sees what comes.
pub(crate) fn costly(request: &Request) -> Result<(), Trouble> {
    let is_ours = match &request.fetch_site {
        Header::Absent => true,
        Header::Once(site) => site == "same-origin" || site == "none",
        Header::Odd => false,
    };
    if is_ours || request.fetch_mode.once() == Some("navigate") { Ok(()) } else { Err(UNSEEN) }
}

const UNSEEN: Trouble = Trouble::new(403, "cross-site", "this costs work, and is not for pages elsewhere");

pub(crate) const TOO_LARGE: Trouble = Trouble::new(413, "too-large", "a body may have 1 MiB");

/// Refuses a form without the token.
pub(crate) fn form(brought: Option<&str>, token: Option<&Token>) -> Result<(), Trouble> {
    let fits = token.zip(brought).is_some_and(|(token, brought)| token.is(brought));
    if fits { Ok(()) } else { Err(NO_TOKEN) }
}

fn origin(request: &Request, sent: Sent) -> Result<(), Trouble> {
    let same = match (&request.fetch_site, &request.origin) {
        // What the browser itself says, whatever a proxy makes of the host.
        (Header::Once(site), _) => site == "same-origin",
        (Header::Absent, Header::Once(origin)) => request.host.once().is_some_and(|host| is_of(origin, host)),
        // Every browser says something with a form.
        (Header::Absent, Header::Absent) => sent == Sent::AsJson,
        _ => false,
    };
    if same { Ok(()) } else { Err(FOREIGN) }
}

/// Whether an origin is the one of this host: `https://example.org:8443` of `example.org:8443`.
fn is_of(origin: &str, host: &str) -> bool {
    let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    rest.is_some_and(|authority| !authority.is_empty() && authority.eq_ignore_ascii_case(host))
}
