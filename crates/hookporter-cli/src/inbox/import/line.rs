//! A line of an export, read: see the export's `line` for its form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookporter::inbox::{EventRecord, RecordLabel};
use hookporter::operating::{Attempted, Listed, Moved, Original, State};
use hookporter::{Coverage, UnixTime};
use serde::{Deserialize, Deserializer};

/// The form that is read.
const FORM: u32 = 1;

/// Why a line is not taken over.
pub(super) struct Refused {
    /// The event's number, as far as that could be read.
    pub(super) number: Option<i64>,
    pub(super) why: String,
}

/// Text, or bytes in base64.
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            Encoded { base64: String },
        }
        Ok(Self(match Either::deserialize(deserializer)? {
            Either::Text(text) => text.into_bytes(),
            Either::Encoded { base64 } => STANDARD.decode(base64).map_err(serde::de::Error::custom)?,
        }))
    }
}

/// What is needed to see whether a line can be read.
#[derive(Deserialize)]
struct Form {
    form: u32,
    number: Option<i64>,
}

#[derive(Deserialize)]
struct Line {
    number: i64,
    state: String,
    endpoint: String,
    tenant: Option<String>,
    event_id: Option<String>,
    event_type: Option<String>,
    received_ms: i64,
    due_ms: Option<i64>,
    finished_ms: Option<i64>,
    attempts: u32,
    last_error: Option<String>,
    identity: Option<Bytes>,
    provider: Option<String>,
    api_version: Option<String>,
    lane: Option<String>,
    signed: Option<Vec<String>>,
    /// Earlier exports have neither this nor the five before.
    claims: Option<u64>,
    attempt_log: Vec<Attempt>,
    record: Option<Record>,
    original: Option<Came>,
}

#[derive(Deserialize)]
struct Attempt {
    started_ms: i64,
    ended_ms: Option<i64>,
    outcome: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Record {
    format: u32,
    provider: String,
    identity: Option<Bytes>,
    api_version: Option<String>,
    signed: Vec<String>,
    method: String,
    target: String,
    headers: Vec<(String, Bytes)>,
    body: Bytes,
    payload: Option<Bytes>,
    coverage: String,
    key_id: String,
    sent_ms: Option<i64>,
    lane: Option<String>,
    peer: Option<String>,
    sealed_by: Option<String>,
    edited: bool,
    trace: Option<String>,
}

#[derive(Deserialize)]
struct Came {
    body: Bytes,
    payload: Option<Bytes>,
    coverage: String,
    edited_ms: i64,
    reason: Option<String>,
}

/// Reads a line; what is encrypted with another key than these is refused.
pub(super) fn read(text: &[u8], sealed_with: &[String]) -> Result<Moved, Refused> {
    let unreadable =
        |number| move |error: serde_json::Error| Refused { number, why: format!("no line of an export: {error}") };
    let Form { form, number } = serde_json::from_slice(text).map_err(unreadable(None))?;
    let refused = |why: String| Refused { number, why };
    if form > FORM {
        return Err(refused(format!("it is of form {form}, which a newer release wrote")));
    }
    let line: Line = serde_json::from_slice(text).map_err(unreadable(number))?;
    line.check(sealed_with).map_err(refused)?;
    Ok(line.into_moved())
}

impl Line {
    /// What keeps it from being taken over.
    fn check(&self, sealed_with: &[String]) -> Result<(), String> {
        if self.number <= 0 {
            return Err("its number is not above 0".to_owned());
        }
        let state = State::ALL.into_iter().find(|state| state.as_str() == self.state);
        let state = state.ok_or_else(|| format!("there is no state `{}`", self.state))?;
        let Some(record) = &self.record else {
            if self.claims.is_none() {
                return Err(
                    "it is swept, and an earlier release exported it without what identifies it: export it anew"
                        .to_owned(),
                );
            }
            return match state {
                State::Done | State::Dead => Ok(()),
                _ => Err(format!("it is {state}, and nothing is kept of its request that could be worked")),
            };
        };
        if record.format > EventRecord::FORMAT {
            return Err(format!("its contents are of form {}, which a newer release wrote", record.format));
        }
        if let Some(key) = &record.sealed_by
            && !sealed_with.contains(key)
        {
            return Err(format!(
                "encrypted with the key `{key}`: --sealed-with {key}, if the server of this inbox has that key"
            ));
        }
        // They are kept one a line.
        let fits = |name: &str, value: &[u8]| {
            let has = |bytes: &[u8]| bytes.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
            !name.is_empty() && !name.contains(':') && !has(name.as_bytes()) && !has(value)
        };
        match record.headers.iter().find(|(name, value)| !fits(name, &value.0)) {
            Some((name, _)) => Err(format!("the header `{name}` cannot be one")),
            None if record.edited != self.original.is_some() => {
                Err("what came in is not there, or is twice".to_owned())
            }
            None => Ok(()),
        }
    }

    fn into_moved(self) -> Moved {
        let millis = UnixTime::from_millis;
        let (tenant, received) = (self.tenant.filter(|tenant| !tenant.is_empty()), millis(self.received_ms));
        let listed = Listed {
            number: self.number,
            state: State::of(&self.state),
            endpoint: self.endpoint.clone(),
            tenant: tenant.clone(),
            event_id: self.event_id.clone(),
            event_type: self.event_type.clone(),
            received_at: received,
            due_at: self.due_ms.map(millis),
            finished_at: self.finished_ms.map(millis),
            attempts: self.attempts,
            last_error: self.last_error,
        };
        let (has_contents, mut record) =
            (self.record.is_some(), EventRecord::new(&self.endpoint, bytes::Bytes::new(), received));
        let mut signed = self.signed.unwrap_or_default();
        (record.identity, record.lane) = (self.identity.map(|identity| identity.0), self.lane);
        let mut version = self.api_version;
        if let Some(kept) = self.record {
            // Where the line itself does not say it, the contents do.
            if self.claims.is_none() {
                (record.identity, record.lane) =
                    (kept.identity.as_ref().map(|identity| identity.0.clone()), kept.lane.clone());
                (signed, version) = (kept.signed.clone(), kept.api_version.clone());
            }
            record.provider.clone_from(&kept.provider);
            kept.fill(&mut record);
        }
        if let Some(provider) = self.provider {
            record.provider = provider;
        }
        let label = |name: &str, text: Option<String>| {
            text.map(|text| RecordLabel { text, signed: signed.iter().any(|signed| signed == name) })
        };
        record.tenant = tenant;
        record.event_id = label("event_id", self.event_id);
        record.event_type = label("event_type", self.event_type);
        record.api_version = label("api_version", version);
        let least = u64::from(self.attempts).max(u64::try_from(self.attempt_log.len()).unwrap_or(u64::MAX));
        Moved {
            listed,
            record,
            has_contents,
            claims: self.claims.unwrap_or(least),
            attempts: self.attempt_log.into_iter().map(Attempt::into_attempted).collect(),
            original: self.original.map(Came::into_original),
        }
    }
}

impl Record {
    /// What is kept of the request alone.
    fn fill(self, record: &mut EventRecord) {
        record.format = self.format;
        record.method = self.method;
        record.target = self.target;
        record.headers = self.headers.into_iter().map(|(name, value)| (name, value.0)).collect();
        record.body = self.body.0.into();
        record.payload = self.payload.map(|payload| payload.0.into());
        record.coverage = Coverage::of(&self.coverage);
        record.key_id = self.key_id;
        record.sent_at = self.sent_ms.map(UnixTime::from_millis);
        record.peer = self.peer;
        record.sealed_by = self.sealed_by;
        record.edited = self.edited;
        record.trace = self.trace.and_then(|trace| trace.parse().ok());
    }
}

impl Attempt {
    fn into_attempted(self) -> Attempted {
        Attempted {
            started_at: UnixTime::from_millis(self.started_ms),
            ended_at: self.ended_ms.map(UnixTime::from_millis),
            outcome: self.outcome,
            error: self.error,
        }
    }
}

impl Came {
    fn into_original(self) -> Original {
        Original {
            body: self.body.0.into(),
            payload: self.payload.map(|payload| payload.0.into()),
            coverage: Coverage::of(&self.coverage),
            edited_at: UnixTime::from_millis(self.edited_ms),
            reason: self.reason,
        }
    }
}
