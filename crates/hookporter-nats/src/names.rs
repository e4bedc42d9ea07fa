//! What streams and subjects are called.

use async_nats::Client;
use hookporter_core::body_digest;
use hookporter_pipeline::inbox::EventRecord;

/// The consumer that all workers share.
pub(crate) const CONSUMER: &str = "workers";

/// The names of one inbox: they begin with the name of its stream.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    /// The stream of events.
    pub(crate) events: String,
    /// The stream of dead letters.
    pub(crate) dead: String,
    /// The stream of parked events.
    pub(crate) parked: String,
}

impl Names {
    pub(crate) fn new(stream: &str) -> Self {
        Self { events: stream.to_owned(), dead: format!("{stream}_dead"), parked: format!("{stream}_parked") }
    }

    /// Whether it can be a stream's name and a subject's first word.
    pub(crate) fn is_name(name: &str) -> bool {
        let fits = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_' || letter == b'-';
        (1..=60).contains(&name.len()) && name.bytes().all(fits)
    }

    /// The subject of an event.
    pub(crate) fn event(&self, token: &str) -> String {
        format!("{}.event.{token}", self.events)
    }

    /// The subject of a dead letter.
    pub(crate) fn dead(&self, token: &str) -> String {
        format!("{}.dead.{token}", self.events)
    }

    /// The subject of a parked event.
    pub(crate) fn parked(&self, token: &str) -> String {
        format!("{}.parked.{token}", self.events)
    }

    /// The streams, and the subject of the marker in each.
    pub(crate) fn markers(&self) -> [String; 3] {
        [self.event(MARKER), self.dead(MARKER), self.parked(MARKER)]
    }

    /// The subject on which nodes tell each other that something is due. No stream keeps it.
    pub(crate) fn wake(&self) -> String {
        format!("{}.wake", self.events)
    }
}

/// The last word of a marker's subject: no digest is it, and no name that the client draws.
const MARKER: &str = "marker";

/// Whether the message on this subject is no event, but a [marker](crate::marker).
pub(crate) fn is_marker(subject: &str) -> bool {
    token(subject) == MARKER
}

/// The last word of a subject: which event it is.
pub(crate) fn token(subject: &str) -> &str {
    subject.rsplit_once('.').map_or(subject, |(_, token)| token)
}

/// How much of a digest stands in a subject, in hex digits of four bits each: nobody finds another event with that of a given one, in
/// 2^160 tries, and nothing but events of his own with the same, in 2^80. The server handles every subject several times, and keeps
/// it in memory.
const DIGITS: usize = 40;

/// What tells the event from all others: a digest of endpoint, tenant and identity, or something that no other has. A digest, since
/// a sender's id may hold what a subject must not, and may be long.
pub(crate) fn token_of(record: &EventRecord, client: &Client) -> String {
    let Some(identity) = &record.identity else {
        // The client draws a name at random for whom answers are for. It is shorter than any digest.
        let unique = client.new_inbox();
        return token(&unique).to_owned();
    };
    let mut bytes = Vec::new();
    for part in [record.endpoint.as_bytes(), record.tenant.as_deref().unwrap_or_default().as_bytes()] {
        bytes.extend_from_slice(&part.len().to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes.push(u8::from(record.tenant.is_some()));
    bytes.extend_from_slice(identity);
    let mut digest = body_digest(&bytes);
    digest.truncate(DIGITS);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_streams_are_words() {
        for (name, fits) in
            [("hookporter", true), ("a-B_9", true), ("", false), ("a.b", false), ("a b", false), ("*", false)]
        {
            assert_eq!(Names::is_name(name), fits, "{name:?}");
        }
        assert!(!Names::is_name(&"a".repeat(61)));
    }

    #[test]
    fn a_subject_leads_back_to_its_event() {
        let names = Names::new("hooks");
        assert_eq!(token(&names.event("abc")), "abc");
        assert_eq!((names.dead("x"), names.parked("x")), ("hooks.dead.x".to_owned(), "hooks.parked.x".to_owned()));
    }
}
