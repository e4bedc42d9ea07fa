use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

/// A compound key whose `certificate_pem` is this file's text; to sign, a private key stands in its place.
macro_rules! key {
    ($file:literal) => {
        concat!(
            r#"{"webhook_id":"96605875FF6516633","certificate_pem":""#,
            include_str!(concat!("../../../data/keys/", $file)),
            "\"}"
        )
    };
}

pub(super) static PAYPAL: Profile = Profile {
    keys: TestKeys {
        sender: key!("rsa.private.b64"),
        receiver: key!("rsa.certificate.b64"),
        wrong: key!("rsa.wrong.b64"),
    },
    sample,
    ..Profile::BASE
};

/// A payment event. The transmission is named after the event, so that two events are two transmissions.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("WH-2MW4820926242972J-6SG447389E205703U");
    let body = json!({
        "id": id, "event_version": "1.0", "resource_version": "2.0", "create_time": "2023-11-14T22:13:19.613Z",
        "resource_type": "capture", "event_type": wanted.event_or("PAYMENT.CAPTURE.COMPLETED"),
        "summary": "Payment completed for $ 1.0 USD",
        "resource": {"id": "2GG279541U471931P", "amount": {"currency_code": "USD", "value": "1.00"}},
    });
    Sample::json(&format!("transmission-of-{id}"), body).header("paypal-auth-algo", "SHA256withRSA").header(
        "paypal-cert-url",
        "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77",
    )
}
