use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static TYPEFORM: Profile = Profile {
    keys: TestKeys::shared("webhook-secret-of-the-test", "webhook-secret-of-another"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("01H1ZV2Q3W4E5R6T7Y8U9I0O1P");
    let body = json!({
        "event_id": id, "event_type": wanted.event_or("form_response"),
        "form_response": {
            "form_id": "lT4Z3j", "token": "a3a12ec67a1365927098a606107fac15", "submitted_at": "2018-01-18T18:17:02Z",
            "answers": [{"type": "text", "text": "A door", "field": {"id": "DlXFaesGBpoF", "type": "short_text"}}],
        },
    });
    Sample::json(id, body)
}
