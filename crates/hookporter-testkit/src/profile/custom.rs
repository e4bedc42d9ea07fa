use hookporter_core::LabelSource;
use serde_json::json;

use super::{CUSTOM_KEYS, Profile, Sample, Wanted};

/// A sender that nobody knows.
pub(crate) static CUSTOM: Profile = Profile { keys: CUSTOM_KEYS, sample, proof: None, ..Profile::BASE };

pub(super) fn sample(wanted: &Wanted<'_>) -> Sample {
    let (event, id) = (wanted.event_or("thing.created"), wanted.id_or("evt_1"));
    let labels = [&wanted.labels.id, &wanted.labels.kind, &wanted.labels.version];
    if labels.into_iter().any(|source| matches!(source, LabelSource::Form(_))) {
        return Sample::form(id, &[("id", id), ("type", event), ("name", "a thing")]);
    }
    Sample::json(id, json!({"id": id, "type": event, "data": {"name": "a thing", "count": 17}}))
}
