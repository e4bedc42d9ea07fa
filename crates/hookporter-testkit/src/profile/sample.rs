//! A sample request, before it is signed.

use bytes::Bytes;
use hookporter_core::{LabelSources, UnixTime};
use serde_json::Value;

/// What a sample is to say.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) event: Option<&'a str>,
    pub(crate) event_id: Option<&'a str>,
    pub(crate) sent: UnixTime,
    pub(crate) labels: &'a LabelSources,
}

impl<'a> Wanted<'a> {
    /// The event, or what is common with this sender.
    pub(crate) fn event_or(&self, usual: &'a str) -> &'a str {
        self.event.unwrap_or(usual)
    }

    /// The event id, or one of the shape that this sender uses.
    pub(crate) fn id_or(&self, usual: &'a str) -> &'a str {
        self.event_id.unwrap_or(usual)
    }
}

/// A sample request, before it is signed.
#[derive(Debug)]
pub(crate) struct Sample {
    /// The scheme's signed id, where it has one.
    pub(crate) id: String,
    pub(crate) headers: Vec<(String, String)>,
    /// What the sender adds to the URL's query.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) content: Content,
}

/// What a sample's body says.
#[derive(Debug)]
pub(crate) enum Content {
    Json(Value),
    Form(Vec<(String, String)>),
    #[cfg(feature = "payments")]
    Text(String),
}

impl Sample {
    /// A JSON body; `id` names the event.
    pub(crate) fn json(id: &str, body: Value) -> Self {
        Self::new(id, Content::Json(body)).header("content-type", "application/json")
    }

    /// A form; `id` names the event.
    pub(crate) fn form(id: &str, fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::new(id, Content::Form(fields)).header("content-type", "application/x-www-form-urlencoded")
    }

    /// Any text, of which the sender makes the body; `id` names the event.
    #[cfg(feature = "payments")]
    pub(crate) fn text(id: &str, text: String, content_type: &str) -> Self {
        Self::new(id, Content::Text(text)).header("content-type", content_type)
    }

    fn new(id: &str, content: Content) -> Self {
        Self { id: id.to_owned(), headers: Vec::new(), query: Vec::new(), content }
    }

    /// Adds a parameter to the URL.
    #[cfg(feature = "payments")]
    pub(crate) fn parameter(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), encoded(value)));
        self
    }

    /// Sets a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Content {
    /// The body's bytes.
    pub(crate) fn bytes(&self) -> Bytes {
        match self {
            Self::Json(value) => value.to_string().into(),
            #[cfg(feature = "payments")]
            Self::Text(text) => text.clone().into(),
            Self::Form(fields) => {
                let pairs: Vec<_> =
                    fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
                pairs.join("&").into()
            }
        }
    }
}

/// Form encoding: everything but letters, digits and `-._` as `%XX`.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'.' | b'_' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
