use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static PLAID: Profile = Profile {
    keys: TestKeys {
        sender: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        receiver: concat!(
            r#"{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"6c5516e1-92dc-479e-a8ff-5a51992e0001","#,
            r#""x":"Zn_vX3V4qAEDftFECS3PfHxE478-Cc_Ipn_PcPzYEjo","y":"OilznlmIJLM674BoxgV6L5-hZhJT8ep5nm73zomgBDg"}"#,
        ),
        wrong: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    },
    sample,
    proof: Some(Proof::Token),
    ..Profile::BASE
};

/// A transactions webhook; Plaid gives its events no id, so the id is the item's.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("wz666MBjYWTp2PDzzggYhM6oWWmBb");
    let body = json!({
        "webhook_type": "TRANSACTIONS", "webhook_code": wanted.event_or("SYNC_UPDATES_AVAILABLE"), "item_id": id,
        "initial_update_complete": true, "historical_update_complete": false, "environment": "sandbox",
    });
    Sample::json(id, body)
}
