use serde_json::json;

use super::{Profile, Sample, TestKeys, Wanted};

pub(crate) static STANDARD_WEBHOOKS: Profile = Profile {
    keys: TestKeys::shared("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_dGhlIGtleSBvZiBzb21lYm9keSBlbHNl"),
    sample,
    ..Profile::BASE
};

/// The keys are Discord's in base64.
#[cfg(feature = "ed25519")]
pub(crate) static STANDARD_WEBHOOKS_V1A: Profile = Profile {
    keys: TestKeys {
        sender: "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
        receiver: "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        wrong: "whsk_TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=",
    },
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let body = json!({
        "type": wanted.event_or("contact.created"), "timestamp": "2022-11-03T20:26:10.344522Z",
        "data": {"id": "1f81eb52-5198-4599-803e-771906343485", "first_name": "John", "last_name": "Smith"},
    });
    Sample::json(wanted.id_or("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"), body)
}
