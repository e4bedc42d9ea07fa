use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static DROPBOX_SIGN: Profile = Profile {
    keys: TestKeys::shared(
        "324e3b0840f065eb51f3fd63231d0d33daa35d4ed10d27718839e81737065782",
        "5782e81737065782324e3b0840f065eb51f3fd63231d0d33daa35d4ed10d2771",
    ),
    sample,
    proof: Some(Proof::Detached),
    ..Profile::BASE
};

/// The JSON of the form's one field; signing makes the form.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("ad4d8a769b555fa5ef38691465d426682bf2c992");
    let account = "63522885f9261e2b04eea043933ee7313eb674fd";
    let body = json!({
        "account_guid": account,
        "event": {
            "event_time": wanted.sent.as_secs().to_string(), "event_type": wanted.event_or("signature_request_signed"),
            "event_metadata": {"related_signature_id": id, "reported_for_account_id": account},
        },
    });
    Sample::json(id, body)
        .header("content-type", "multipart/form-data; boundary=------------------------d74496d66958873e")
}
