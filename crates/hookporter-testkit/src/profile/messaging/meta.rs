use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static META: Profile = Profile {
    keys: TestKeys::shared("8f742231b10e8888abcd9900fffe85a5", "0123456789abcdef0123456789abcdef"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("wamid.HBgLMTQxNTU1NTAxMDAVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA");
    let message = json!({"from": "14155550100", "id": id, "type": "text", "text": {"body": "Ahoy"}});
    let body = json!({
        "object": wanted.event_or("whatsapp_business_account"),
        "entry": [{
            "id": "102290129340398", "time": wanted.sent.as_secs(),
            "changes": [{"field": "messages", "value": {"messaging_product": "whatsapp", "messages": [message]}}],
        }],
    });
    Sample::json(id, body)
}
