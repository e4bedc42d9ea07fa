use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static TALLY: Profile = Profile {
    keys: TestKeys::shared("signing-secret-of-the-test", "signing-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("a4cb511e-d513-4fa5-baee-b815d718dfd1");
    let body = json!({
        "eventId": id, "eventType": wanted.event_or("FORM_RESPONSE"), "createdAt": "2023-06-28T15:00:21.889Z",
        "data": {
            "responseId": "2wgx4n", "formId": "VwbNEw", "formName": "Contact",
            "fields": [{"key": "question_1", "label": "Name", "type": "INPUT_TEXT", "value": "Emma"}],
        },
    });
    Sample::json(id, body)
}
