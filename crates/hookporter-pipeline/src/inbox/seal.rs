//! Records encrypted at rest.

mod packing;
mod refused;

use std::error::Error;
use std::fmt;

use bytes::Bytes;
use hookporter_core::{ConfigError, SealingKey, Secret};

use self::packing::{Head, add, add_head, add_maybe, head, maybe};
use crate::inbox::{EventRecord, RecordLabel};

/// The keys that body, payload, headers, target and peer of records are encrypted with before a store gets them.
///
/// One key seals; older ones only open, so that a key can be replaced: keep it until the last event that it has sealed is
/// swept.
///
/// What people and deduplication need stays readable: endpoint, tenant, event id, type, version, method, lane, times, the id
/// of the key that proved the event, and the errors of attempts, which are your own code's texts. So does what identifies the
/// event, which may be a plain digest of its content and time: whoever guesses a small body can tell that the guess is
/// right.
///
/// What is sealed is bound to what stays readable beside it: it does not open under another type or id, nor as the
/// contents of another event, unless neither has an identity and both have the same labels. It does not keep out whoever can
/// write to the store: a record that is not sealed is taken as one of before the key.
///
/// ```no_run
/// use hookporter_core::Secret;
/// use hookporter_pipeline::inbox::SealingKeys;
///
/// let keys = SealingKeys::new(&Secret::env("INBOX_KEY_2026_11")?)?.older(&Secret::env("INBOX_KEY_2026_05")?)?;
/// # Ok::<(), hookporter_core::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SealingKeys {
    current: SealingKey,
    older: Vec<SealingKey>,
}

impl SealingKeys {
    /// Seals and opens with this key. Its id is written beside what it has sealed.
    ///
    /// # Errors
    /// As [`SealingKey::new`].
    pub fn new(current: &Secret) -> Result<Self, ConfigError> {
        Ok(Self { current: SealingKey::new(current)?, older: Vec::new() })
    }

    /// Opens with this key, too.
    ///
    /// # Errors
    /// As [`SealingKey::new`], and [`ConfigError::DuplicateKeyId`] for an id that another key has.
    pub fn older(mut self, key: &Secret) -> Result<Self, ConfigError> {
        let key = SealingKey::new(key)?;
        if self.all().any(|other| other.id() == key.id()) {
            return Err(ConfigError::DuplicateKeyId { id: key.id().to_string() });
        }
        self.older.push(key);
        Ok(self)
    }

    /// Seals a record; one that is sealed already stays as it is.
    ///
    /// # Errors
    /// [`SealError`] where the system gives no randomness.
    pub fn seal(&self, record: EventRecord) -> Result<EventRecord, SealError> {
        if record.sealed_by.is_some() {
            return Ok(record);
        }
        let sealed = self.sealed(&packed(&record), &context(&record))?;
        Ok(EventRecord {
            headers: Vec::new(),
            body: sealed,
            payload: None,
            target: SEALED_TARGET.to_owned(),
            peer: None,
            sealed_by: Some(self.current.id().to_string()),
            ..record
        })
    }

    /// Opens a record; one that is not sealed stays as it is.
    ///
    /// # Errors
    /// [`SealError`] if its key is not here, or its contents were changed.
    pub fn open(&self, record: EventRecord) -> Result<EventRecord, SealError> {
        let Some(id) = record.sealed_by.clone() else { return Ok(record) };
        let contents = self.opened(&id, &record.body, &context(&record))?;
        unpacked(contents, record).ok_or(SealError::Changed(id))
    }

    fn sealed(&self, contents: &[u8], context: &[u8]) -> Result<Bytes, SealError> {
        Ok(self.current.seal(contents, context).ok_or(SealError::NoRandomness)?.into())
    }

    /// What the key with this id has sealed.
    fn opened(&self, id: &str, sealed: &[u8], context: &[u8]) -> Result<Bytes, SealError> {
        let key = self.all().find(|key| key.id().as_str() == id).ok_or_else(|| SealError::UnknownKey(id.to_owned()))?;
        Ok(key.open(sealed, context).ok_or_else(|| SealError::Changed(id.to_owned()))?.into())
    }

    fn all(&self) -> impl Iterator<Item = &SealingKey> {
        std::iter::once(&self.current).chain(&self.older)
    }
}

/// Why a record could not be sealed or opened. For the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// The system gives no randomness.
    NoRandomness,
    /// The key with this id is not among those given.
    UnknownKey(String),
    /// The key with this id does not open it: it is another key of the same id, or the contents were changed.
    Changed(String),
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRandomness => f.write_str("the system gives no randomness to encrypt with"),
            Self::UnknownKey(id) => write!(f, "encrypted with the key `{id}`, which is not given"),
            Self::Changed(id) => {
                write!(f, "does not open with the key `{id}`: another key of that name, or changed bytes")
            }
        }
    }
}

impl Error for SealError {}

/// What stands where the target is sealed.
const SEALED_TARGET: &str = "/";

/// What the sealed bytes belong to, and cannot be moved away from: each part behind its length.
fn context(record: &EventRecord) -> Vec<u8> {
    let mut context = Vec::new();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let label = |label: &Option<RecordLabel>| {
        label.as_ref().map_or_else(String::new, |label| format!("{}{}", u8::from(label.signed), label.text))
    };
    add(&mut context, record.identity.as_deref().unwrap_or_default());
    for part in [
        record.endpoint.clone(),
        text(&record.tenant),
        record.provider.clone(),
        label(&record.event_id),
        label(&record.event_type),
        label(&record.api_version),
        record.method.clone(),
        record.coverage.as_str().to_owned(),
        record.key_id.clone(),
    ] {
        add(&mut context, part.as_bytes());
    }
    context
}

/// Target, peer, headers, payload and body, each behind its length but the last.
fn packed(record: &EventRecord) -> Vec<u8> {
    let mut packed = Vec::with_capacity(record.weight().saturating_add(128));
    add_head(&mut packed, &record.target, record.peer.as_deref(), &record.headers);
    add_maybe(&mut packed, record.payload.as_deref());
    packed.extend_from_slice(&record.body);
    packed
}

fn unpacked(mut packed: Bytes, record: EventRecord) -> Option<EventRecord> {
    let Head { target, peer, headers } = head(&mut packed)?;
    let payload = maybe(&mut packed)?;
    Some(EventRecord { target, peer, headers, payload, body: packed, sealed_by: None, ..record })
}
