use serde_json::json;

use super::{OTHER_WHSEC, WHSEC};
use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static SVIX: Profile = Profile { keys: TestKeys::shared(WHSEC, OTHER_WHSEC), sample, ..Profile::BASE };

pub(super) static CLERK: Profile = Profile { sample: clerk, ..SVIX };

pub(super) static RESEND: Profile = Profile { sample: resend, ..SVIX };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let body = json!({"type": wanted.event_or("invoice.paid"), "data": {"id": "invoice_WF7WtCLFFtd8ubcTgboSFNql", "attempt": 2}});
    Sample::json(wanted.id_or("msg_p5jXN8AQM9LWM0D4loKWxJek"), body).header("user-agent", "Svix-Webhooks/1.0")
}

fn clerk(wanted: &Wanted<'_>) -> Sample {
    let body = json!({
        "type": wanted.event_or("user.created"), "object": "event",
        "data": {"id": "user_29w83sxmDNGwOuEthce5gg56FcC", "object": "user", "first_name": "Emma"},
    });
    Sample::json(wanted.id_or("msg_2fQ3sHkq8nN1aZ7Lw5y0x4cV9eT"), body)
}

fn resend(wanted: &Wanted<'_>) -> Sample {
    let body = json!({
        "type": wanted.event_or("email.delivered"), "created_at": "2024-02-22T23:41:12.126Z",
        "data": {"email_id": "56761188-7520-42d8-8898-ff6fc54ce618", "to": ["jon@example.com"], "subject": "A door"},
    });
    Sample::json(wanted.id_or("msg_2gH5tJlr9oP2bY8Mx6z1y5dW0fU"), body)
}
