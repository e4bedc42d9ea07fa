//! Reading id, type and API version from a Stripe event, against serde.

use hookporter_bench::{Group, HttpHeaders, Receiver, Sample, Sender, sample};
use hookporter_core::Head;
use serde::Deserialize;

/// What a worker would write by hand.
#[derive(Deserialize)]
struct Wanted<'a> {
    id: &'a str,
    r#type: &'a str,
    api_version: &'a str,
}

fn main() {
    for (pretty, shape) in [(false, "on one line"), (true, "indented, as Stripe sends it")] {
        for (size, name) in [(1024, "1 KiB"), (4096, "4 KiB"), (65_536, "64 KiB")] {
            let sample = Sample::with_body(Sender::Stripe, sample::event(size, pretty));
            let receiver = Receiver::new(Sender::Stripe);
            let delivery = receiver.check(&sample).expect("a good request");
            let (first, second, headers) = (sample.body.clone(), sample.body.clone(), sample.headers.clone());
            Group::new(format!("labels, {name}, {shape}"))
                .add("serde struct of &str", move || {
                    let wanted: Wanted<'_> = serde_json::from_slice(&first).expect("an event");
                    (wanted.id.len(), wanted.r#type.len(), wanted.api_version.len())
                })
                .add("hookporter, read_labels", move || {
                    let view = HttpHeaders(&headers);
                    let labels = receiver.verifier.read_labels(&delivery, &Head::new("POST", "/", &view));
                    assert!(labels.id.is_some() && labels.kind.is_some() && labels.version.is_some());
                    labels
                })
                .add("serde_json::Value", move || {
                    serde_json::from_slice::<serde_json::Value>(&second).expect("an event")
                })
                .add("MAC alone, keyed once", sample.floor())
                .run();
        }
    }
}
