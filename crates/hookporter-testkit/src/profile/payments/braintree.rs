use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static BRAINTREE: Profile = Profile {
    keys: TestKeys::shared(
        r#"{"public_key": "integration_public_key", "private_key": "integration_private_key"}"#,
        r#"{"public_key": "integration_public_key", "private_key": "another_private_key_of_a_test"}"#,
    ),
    sample,
    ..Profile::BASE
};

/// The XML of a notification: its kind and its subject.
fn sample(wanted: &Wanted<'_>) -> Sample {
    let (id, kind) = (wanted.id_or("my_id"), wanted.event_or("subscription_went_past_due"));
    let xml = format!(
        "<notification>\n  <timestamp type=\"datetime\">2023-11-14T22:13:20Z</timestamp>\n  <kind>{kind}</kind>\n  \
         <subject>\n    <subscription>\n      <id>{id}</id>\n    </subscription>\n  </subject>\n</notification>\n"
    );
    Sample::text(id, xml, "application/x-www-form-urlencoded")
}
