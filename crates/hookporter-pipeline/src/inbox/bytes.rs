//! A record as bytes, for stores that keep one value for each event.
//!
//! A sign of the form, then fields: a tag, a length, and so many bytes. A field with a tag that is not known is passed over, so
//! that an older release reads what a newer one wrote.

use bytes::{Buf, Bytes};
use hookporter_core::{Coverage, UnixTime};

use crate::inbox::{EventRecord, RecordLabel};
use crate::trace::TraceId;

/// The sign of this form.
const FORM: u8 = 1;

/// The tags of fields. What is written under one keeps its meaning for ever.
mod tag {
    pub(super) const FORMAT: u8 = 1;
    pub(super) const ENDPOINT: u8 = 2;
    pub(super) const TENANT: u8 = 3;
    pub(super) const IDENTITY: u8 = 4;
    pub(super) const PROVIDER: u8 = 5;
    pub(super) const EVENT_ID: u8 = 6;
    pub(super) const EVENT_TYPE: u8 = 7;
    pub(super) const API_VERSION: u8 = 8;
    pub(super) const METHOD: u8 = 9;
    pub(super) const TARGET: u8 = 10;
    pub(super) const HEADER: u8 = 11;
    pub(super) const BODY: u8 = 12;
    pub(super) const PAYLOAD: u8 = 13;
    pub(super) const COVERAGE: u8 = 14;
    pub(super) const KEY_ID: u8 = 15;
    pub(super) const RECEIVED: u8 = 16;
    pub(super) const SENT: u8 = 17;
    pub(super) const PARKED: u8 = 18;
    pub(super) const LANE: u8 = 19;
    pub(super) const PEER: u8 = 20;
    pub(super) const TRACE: u8 = 21;
    pub(super) const SEALED_BY: u8 = 22;
    pub(super) const EDITED: u8 = 23;
}

/// For authors of stores.
impl EventRecord {
    /// The record as bytes, whole. [`EventRecord::from_bytes`] reads them, in this release and in later ones.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.weight().saturating_add(512));
        bytes.push(FORM);
        let mut put = |tag: u8, parts: &[&[u8]]| {
            let length = parts.iter().fold(0, |length: usize, part| length.saturating_add(part.len()));
            bytes.push(tag);
            bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
            parts.iter().for_each(|part| bytes.extend_from_slice(part));
        };
        put(tag::FORMAT, &[&self.format.to_be_bytes()]);
        for (tag, text) in [
            (tag::ENDPOINT, Some(&self.endpoint)),
            (tag::TENANT, self.tenant.as_ref()),
            (tag::PROVIDER, Some(&self.provider)),
            (tag::METHOD, Some(&self.method)),
            (tag::TARGET, Some(&self.target)),
            (tag::KEY_ID, Some(&self.key_id)),
            (tag::LANE, self.lane.as_ref()),
            (tag::PEER, self.peer.as_ref()),
            (tag::SEALED_BY, self.sealed_by.as_ref()),
        ] {
            text.into_iter().for_each(|text| put(tag, &[text.as_bytes()]));
        }
        for (tag, label) in [
            (tag::EVENT_ID, &self.event_id),
            (tag::EVENT_TYPE, &self.event_type),
            (tag::API_VERSION, &self.api_version),
        ] {
            label.iter().for_each(|label| put(tag, &[&[u8::from(label.signed)], label.text.as_bytes()]));
        }
        for (name, value) in &self.headers {
            let length = u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes();
            put(tag::HEADER, &[&length, name.as_bytes(), value]);
        }
        self.identity.iter().for_each(|identity| put(tag::IDENTITY, &[identity]));
        put(tag::COVERAGE, &[self.coverage.as_str().as_bytes()]);
        put(tag::RECEIVED, &[&self.received_at.as_millis().to_be_bytes()]);
        self.sent_at.iter().for_each(|sent| put(tag::SENT, &[&sent.as_millis().to_be_bytes()]));
        self.trace.iter().for_each(|trace| put(tag::TRACE, &[&trace.to_bits().to_be_bytes()]));
        put(tag::PARKED, &[&[u8::from(self.parked)]]);
        put(tag::EDITED, &[&[u8::from(self.edited)]]);
        self.payload.iter().for_each(|payload| put(tag::PAYLOAD, &[payload]));
        put(tag::BODY, &[&self.body]);
        bytes
    }

    /// The record that these bytes hold; body and payload share them. `None` where they hold none.
    #[must_use]
    pub fn from_bytes(bytes: &Bytes) -> Option<Self> {
        let mut rest = bytes.clone();
        if rest.try_get_u8().ok()? != FORM {
            return None;
        }
        let mut record = Self::new("", Bytes::new(), UnixTime::from_millis(0));
        // The body is written last: without it something was cut off.
        let mut is_whole = false;
        while !rest.is_empty() {
            let tag = rest.try_get_u8().ok()?;
            let length = usize::try_from(rest.try_get_u32().ok()?).ok()?;
            if length > rest.len() {
                return None;
            }
            record.read(tag, rest.split_to(length))?;
            is_whole |= tag == tag::BODY;
        }
        is_whole.then_some(record)
    }

    /// Takes a field; `None` where it is none.
    fn read(&mut self, tag: u8, mut field: Bytes) -> Option<()> {
        match tag {
            tag::FORMAT => self.format = field.try_get_u32().ok()?,
            tag::ENDPOINT => self.endpoint = text(&field)?,
            tag::TENANT => self.tenant = Some(text(&field)?),
            tag::IDENTITY => self.identity = Some(field.to_vec()),
            tag::PROVIDER => self.provider = text(&field)?,
            tag::EVENT_ID => self.event_id = Some(label(field)?),
            tag::EVENT_TYPE => self.event_type = Some(label(field)?),
            tag::API_VERSION => self.api_version = Some(label(field)?),
            tag::METHOD => self.method = text(&field)?,
            tag::TARGET => self.target = text(&field)?,
            tag::HEADER => {
                let length = usize::try_from(field.try_get_u32().ok()?).ok()?;
                let (name, value) = field.split_at_checked(length)?;
                self.headers.push((text(name)?, value.to_vec()));
            }
            tag::BODY => self.body = field,
            tag::PAYLOAD => self.payload = Some(field),
            tag::COVERAGE => self.coverage = std::str::from_utf8(&field).map_or(Coverage::Origin, Coverage::of),
            tag::KEY_ID => self.key_id = text(&field)?,
            tag::RECEIVED => self.received_at = UnixTime::from_millis(field.try_get_i64().ok()?),
            tag::SENT => self.sent_at = Some(UnixTime::from_millis(field.try_get_i64().ok()?)),
            tag::PARKED => self.parked = field.try_get_u8().ok()? == 1,
            tag::LANE => self.lane = Some(text(&field)?),
            tag::PEER => self.peer = Some(text(&field)?),
            tag::TRACE => self.trace = Some(TraceId::from_bits(field.try_get_u64().ok()?)),
            tag::SEALED_BY => self.sealed_by = Some(text(&field)?),
            tag::EDITED => self.edited = field.try_get_u8().ok()? == 1,
            _ => {}
        }
        Some(())
    }
}

fn text(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

fn label(mut field: Bytes) -> Option<RecordLabel> {
    let signed = field.try_get_u8().ok()? == 1;
    Some(RecordLabel { text: text(&field)?, signed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> EventRecord {
        let label = |text: &str, signed| Some(RecordLabel { text: text.to_owned(), signed });
        EventRecord {
            format: 9,
            tenant: Some("t".to_owned()),
            identity: Some((0..=255).collect()),
            provider: "stripe".to_owned(),
            event_id: label("evt_1", true),
            event_type: label("ü\0", false),
            api_version: label("", true),
            method: "PUT".to_owned(),
            target: "/ä?b".to_owned(),
            headers: vec![("a".to_owned(), vec![0xff, 0]), ("a".to_owned(), Vec::new()), (String::new(), vec![b':'])],
            payload: Some(Bytes::from_static(b"{}")),
            coverage: Coverage::Payload,
            key_id: "2026".to_owned(),
            sent_at: Some(UnixTime::from_millis(-1)),
            parked: true,
            lane: Some("l".to_owned()),
            peer: Some("203.0.113.9:1".to_owned()),
            trace: Some(TraceId::from_bits(u64::MAX)),
            sealed_by: Some("k".to_owned()),
            edited: true,
            ..EventRecord::new(
                "acme",
                (0..=255).cycle().take(70_000).collect(),
                UnixTime::from_millis(1_700_000_000_123),
            )
        }
    }

    #[test]
    fn every_field_comes_back() {
        let bare = EventRecord::new("acme", Bytes::new(), UnixTime::from_millis(0));
        for record in [full(), bare] {
            assert!(EventRecord::from_bytes(&record.to_bytes().into()) == Some(record));
        }
    }

    #[test]
    fn what_is_cut_short_is_none_and_a_field_of_a_newer_release_is_passed_over() {
        let whole = full().to_bytes();
        for length in [0, 1, 5, 40, 200, whole.len() - 1] {
            let cut = Bytes::copy_from_slice(&whole[..length]);
            assert!(EventRecord::from_bytes(&cut).is_none(), "{length}");
        }
        let newer = [&whole[..], &[200, 0, 0, 0, 2, 1, 2]].concat();
        assert!(EventRecord::from_bytes(&newer.into()) == Some(full()));
        assert!(EventRecord::from_bytes(&Bytes::from_static(&[2])).is_none());
    }
}
