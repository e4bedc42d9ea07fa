use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static CONTENTFUL: Profile = Profile {
    keys: TestKeys::shared(
        "Pd8aMsH2q0-x_5cWlzPWwB3b9rJ1b7y4uYkYHkRr0vC2n6TgXqZ1sE8oKjUiLdFa",
        "aFdLiUjKo8Es1ZqXgT6n2Cv0rRkHYkYu4y7b1Jr9b3BwWPzlWc5_x-0q2HsMa8dP",
    ),
    sample,
    ..Profile::BASE
};

/// The id is a header, and stands in the body too: Contentful's events are told apart by their bytes.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let (id, event) = (wanted.id_or("5f4c2b1a-9d8e"), wanted.event_or("ContentManagement.Entry.publish"));
    let body = json!({"sys": {"type": "Entry", "id": id, "version": 17}, "fields": {"title": {"en-US": "Ahoy"}}});
    Sample::json(id, body)
        .header("content-type", "application/vnd.contentful.management.v1+json")
        .header("x-contentful-topic", event)
        .header("x-contentful-webhook-request-id", id)
        .header(
            "x-contentful-signed-headers",
            "content-type,x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic",
        )
}
