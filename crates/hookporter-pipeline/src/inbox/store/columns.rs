//! A record as columns: what is one column wherever records are rows.

use crate::inbox::{EventRecord, RecordLabel};

/// The bits of a record's labels, in the order id, type, version. They are in people's databases.
const BITS: [u8; 3] = [1, 2, 4];

/// Which labels of a record the proof covered, as one number of three bits.
#[must_use]
pub fn signed(record: &EventRecord) -> u8 {
    let labels = [&record.event_id, &record.event_type, &record.api_version];
    let covered = labels.into_iter().zip(BITS).filter(|(label, _)| label.as_ref().is_some_and(|label| label.signed));
    covered.fold(0, |bits, (_, bit)| bits | bit)
}

/// Gives a record its labels: event id, event type and API version, covered as [`signed`] has told.
pub fn label(record: &mut EventRecord, texts: [Option<String>; 3], signed: i64) {
    let labels = [&mut record.event_id, &mut record.event_type, &mut record.api_version];
    for ((label, text), bit) in labels.into_iter().zip(texts).zip(BITS) {
        *label = text.map(|text| RecordLabel { text, signed: signed & i64::from(bit) != 0 });
    }
}

/// Headers, one a line. No value holds a line's end: the pipeline keeps none that does.
#[must_use]
pub fn lines(headers: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut lines = Vec::new();
    for (name, value) in headers {
        lines.extend_from_slice(name.as_bytes());
        lines.extend_from_slice(b": ");
        lines.extend_from_slice(value);
        lines.push(b'\n');
    }
    lines
}

/// What [`lines`] has written.
#[must_use]
pub fn headers(lines: &[u8]) -> Vec<(String, Vec<u8>)> {
    let read = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        Some((std::str::from_utf8(name).ok()?.to_owned(), value.strip_prefix(b": ")?.to_vec()))
    };
    lines.split(|byte| *byte == b'\n').filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hookporter_core::UnixTime;

    use super::*;

    #[test]
    fn labels_come_back_with_what_covered_them() {
        let mut record = EventRecord::new("acme", Bytes::new(), UnixTime::from_secs(0));
        for bits in 0..8 {
            let texts = ["evt_1", "paid", "2"].map(|text| Some(text.to_owned()));
            label(&mut record, texts, bits);
            assert_eq!(i64::from(signed(&record)), bits);
        }
        assert_eq!(record.event_id, Some(RecordLabel { text: "evt_1".to_owned(), signed: true }));
        assert_eq!(record.api_version, Some(RecordLabel { text: "2".to_owned(), signed: true }));
        label(&mut record, [None, Some("paid".to_owned()), None], 1);
        assert_eq!(record.event_type, Some(RecordLabel { text: "paid".to_owned(), signed: false }));
        assert_eq!(signed(&record), 0);
    }

    #[test]
    fn headers_come_back_whatever_their_values() {
        let all = vec![
            ("a".to_owned(), b"1".to_vec()),
            ("a".to_owned(), Vec::new()),
            ("b-c".to_owned(), b": x:\xff y".to_vec()),
        ];
        assert_eq!(headers(&lines(&all)), all);
        assert_eq!(lines(&[]), b"");
        assert_eq!(headers(b"no colon\nname:no blank\n\xff: name\n"), Vec::new());
    }
}
