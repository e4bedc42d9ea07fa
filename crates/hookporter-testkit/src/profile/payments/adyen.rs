use serde_json::json;

use crate::profile::{Profile, Proof, Sample, TestKeys, Wanted};

pub(super) static ADYEN: Profile = Profile { keys: KEYS, sample, proof: Some(Proof::Detached), ..Profile::BASE };

pub(super) static ADYEN_PLATFORM: Profile = Profile { keys: KEYS, sample: platform_sample, ..Profile::BASE };

const KEYS: TestKeys = TestKeys::shared(
    "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
    "11223344D785FBAE710E7F943F307971BB61B21281C98C9129B3D4018A57B2EB",
);

/// A batch of two, so that every test has more than one signature.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let (id, event) = (wanted.id_or("QFQTPCQ8HXSKGK82"), wanted.event_or("AUTHORISATION"));
    let item = |psp: &str, code: &str, value: u32| {
        json!({"NotificationRequestItem": {
            "additionalData": {"cardSummary": "7777"},
            "amount": {"currency": "EUR", "value": value},
            "eventCode": code, "eventDate": "2023-11-14T23:13:20+01:00",
            "merchantAccountCode": "AcmeECOM", "merchantReference": "Order:2042",
            "paymentMethod": "visa", "pspReference": psp, "success": "true",
        }})
    };
    let items = [item(id, event, 1130), item("HBBZN3HV2BPZF8J2", "REPORT_AVAILABLE", 0)];
    Sample::json(id, json!({"live": "false", "notificationItems": items}))
}

fn platform_sample(wanted: &Wanted<'_>) -> Sample {
    let (id, event) =
        (wanted.id_or("AH00000000000000000001"), wanted.event_or("balancePlatform.accountHolder.created"));
    let body = json!({
        "data": {"balancePlatform": "AcmePlatform", "accountHolder": {"id": id, "status": "active"}},
        "environment": "test", "timestamp": "2023-11-14T23:13:20+01:00", "type": event,
    });
    Sample::json(id, body)
}
