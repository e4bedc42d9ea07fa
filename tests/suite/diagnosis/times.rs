//! Clocks that disagree, and times in another unit.

use std::time::Duration;

use hookporter::diagnosis::Certainty::{Likely, Proven};
use hookporter::{Header, Scheme, Secret};

use super::{NOW_TIME, Row, secret, sender};

pub(super) fn rows() -> Vec<Row> {
    let past = |what, id: &str, seconds| Row::of(what, id, &sender(id).stale(Duration::from_secs(seconds)).build());
    let ahead = |what, id: &str, seconds| Row::of(what, id, &sender(id).future(Duration::from_secs(seconds)).build());
    let mut rows = vec![
        past("played again after a day", "stripe", 90_000).is("clock", Likely),
        past("late by seven minutes", "slack", 420).is("clock", Likely),
        past("a clock that is an hour ahead", "stripe", 3_601).is("time-zone", Likely),
        ahead("a clock that is behind", "stripe", 400).is("clock", Proven),
        ahead("a clock that is behind", "standard-webhooks", 900).is("clock", Proven),
        ahead("local time for Unix time, east", "slack", 7_200).is("time-zone", Likely),
        ahead("local time for Unix time, west", "zoom", 5 * 3_600).is("time-zone", Likely),
    ];
    rows.extend(units());
    rows
}

/// The sender's unit, and the endpoint's.
fn units() -> Vec<Row> {
    let time = || Header::new("x-acme-time");
    let scheme = |time| {
        let scheme = Scheme::hmac_sha256().signed("{timestamp}.{body}");
        scheme.signature(Header::new("x-acme-signature").hex()).timestamp(time)
    };
    let row = |what, sent, checked| {
        let request = hookporter_testkit::custom(scheme(sent), Secret::weak(secret("acme"))).body("{}").at(NOW_TIME);
        Row::custom(what, scheme(checked), Secret::weak(secret("acme")).into(), &request.build())
            .is("time-unit", Proven)
    };
    vec![
        row("milliseconds for seconds", time().unix_millis(), time().unix_seconds()),
        row("seconds for milliseconds", time().unix_seconds(), time().unix_millis()),
        row("ISO 8601 for seconds", time().rfc3339(), time().unix_seconds()),
    ]
}
