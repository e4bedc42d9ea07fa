use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static NYLAS: Profile = Profile {
    keys: TestKeys::shared("yZpRk1bq0sCjX3vWnT8uLd4mEo6fHa2g", "gA2hF6oE4dL8uTnWv3XjCs0qB1kRpZy9"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("dDQ6zCzKNGVbp4ZTvvNHLD");
    let body = json!({
        "specversion": "1.0", "type": wanted.event_or("message.created"), "source": "/google/emails/realtime", "id": id,
        "time": wanted.sent.as_secs(), "webhook_delivery_attempt": 1,
        "data": {"application_id": "NYLAS_APPLICATION_ID", "object": {"grant_id": "NYLAS_GRANT_ID", "subject": "Ahoy"}},
    });
    Sample::json(id, body)
}
