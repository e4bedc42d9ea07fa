use serde_json::json;

use super::{Profile, Sample, TestKeys, Wanted};

pub(crate) static SUPEROFFICE: Profile = Profile {
    keys: TestKeys::shared("secret-of-the-registered-webhook", "secret-of-another-webhook"),
    sample,
    ..Profile::BASE
};

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("53a66e04-e1dc-4a4e-a8cc-3f6bd0b1ab5f");
    let event = wanted.event_or("contact.changed");
    let body = json!({
        "EventId": id, "Event": event, "Timestamp": "2018-04-26T07:40:17.4894484Z", "Changes": ["name", "department"],
        "PrimaryKey": 4, "Entity": "contact", "ContextIdentifier": "Cust12345", "ChangedByAssociateId": 5,
        "WebhookName": "Contacts to the shop",
    });
    Sample::json(id, body).header("x-superoffice-event", event).header("x-superoffice-eventid", id)
}
