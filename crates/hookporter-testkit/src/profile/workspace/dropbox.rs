use serde_json::json;

use crate::profile::{Profile, Sample, TestKeys, Wanted};

pub(super) static DROPBOX: Profile =
    Profile { keys: TestKeys::shared("q1w2e3r4t5y6u7i", "a1s2d3f4g5h6j7k"), sample, ..Profile::BASE };

fn sample(wanted: &Wanted<'_>) -> Sample {
    let id = wanted.id_or("dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc");
    let body = json!({"list_folder": {"accounts": [id]}, "delta": {"users": [12_345_678]}});
    Sample::json(id, body)
}
