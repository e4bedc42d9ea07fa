//! The names of keys.

use hookporter_pipeline::inbox::EventRecord;
use sha2::{Digest, Sha256};

/// How many bytes of a digest name something: enough that nobody finds two events of one name.
const LENGTH: usize = 20;

/// The prefix of all keys of an inbox: its name as a hash tag, so that a cluster has all of them in one slot.
pub(crate) fn prefix(name: &str) -> String {
    format!("{{{name}}}:")
}

/// Whether it can be an inbox's name.
pub(crate) fn is_name(name: &str) -> bool {
    let fits = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-' | b'.');
    !name.is_empty() && name.len() <= 60 && name.bytes().all(fits)
}

/// The name of what tells copies of an event; empty where every delivery is an event of its own.
pub(crate) fn marker(record: &EventRecord) -> String {
    record.identity.as_ref().map(|identity| digest(record, identity)).unwrap_or_default()
}

/// The name of an event's lane; empty where it is in none.
pub(crate) fn lane(record: &EventRecord) -> String {
    record.lane.as_ref().map(|lane| digest(record, lane.as_bytes())).unwrap_or_default()
}

/// A digest of endpoint, tenant and this.
fn digest(record: &EventRecord, what: &[u8]) -> String {
    let mut digest = Sha256::new();
    // No tenant is another one than a tenant without a name.
    digest.update([u8::from(record.tenant.is_some())]);
    for part in [record.endpoint.as_bytes(), record.tenant.as_deref().unwrap_or_default().as_bytes(), what] {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part);
    }
    let digit = |half: u8| char::from_digit(half.into(), 16);
    digest.finalize().iter().take(LENGTH).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hookporter_core::UnixTime;

    use super::*;

    #[test]
    fn names_run_into_each_other_nowhere() {
        let named = |endpoint: &str, tenant: Option<&str>, identity: &[u8]| {
            let mut record = EventRecord::new(endpoint, Bytes::new(), UnixTime::from_millis(0));
            (record.tenant, record.identity) = (tenant.map(str::to_owned), Some(identity.to_vec()));
            marker(&record)
        };
        let names = [
            named("ab", Some("c"), b"d"),
            named("a", Some("bc"), b"d"),
            named("ab", Some("cd"), b""),
            named("ab", None, b"d"),
            named("ab", Some(""), b"d"),
        ];
        for (at, name) in names.iter().enumerate() {
            assert_eq!(name.len(), 2 * LENGTH);
            assert_eq!(names.iter().position(|other| other == name), Some(at));
        }
    }

    #[test]
    fn a_name_is_a_hash_tag() {
        assert_eq!(prefix("hooks"), "{hooks}:");
        for name in ["", "a}b", "a{b", "a b", "ä", &"x".repeat(61)] {
            assert!(!is_name(name), "{name}");
        }
    }
}
