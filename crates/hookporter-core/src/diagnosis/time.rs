//! Timestamps that are too old, too new, or in another unit.

use super::probe::Probe;
use super::{Cause, Diagnosis, headers};
use crate::{Evidence, Rejection, Scheme, TimeUnit, TimestampSource};

/// A clock is set by hand, or by a wrong rule for time zones, to whole hours; how far from one still counts as one.
const NEAR_AN_HOUR: i64 = 120;
const HOUR: i64 = 3600;

/// How far the clocks are apart.
pub(super) fn skew(probe: &Probe<'_>, rejection: &Rejection) -> Vec<Diagnosis> {
    let Evidence::Skew { seconds, .. } = rejection.evidence() else { return Vec::new() };
    if !probe.fits() {
        // A stranger's, or one that has more than its age against it.
        let mut found = vec![Cause::Clock(*seconds).likely()];
        found.extend(headers::other_sender(probe));
        return found;
    }
    let hours = seconds.saturating_add(seconds.signum().saturating_mul(HOUR / 2)).checked_div(HOUR).unwrap_or(0);
    let rest = seconds.saturating_sub(hours.saturating_mul(HOUR)).abs();
    let clock = Cause::Clock(*seconds);
    if (1..=14).contains(&hours.abs()) && rest <= NEAR_AN_HOUR {
        return vec![Cause::TimeZone(hours).likely(), clock.possible()];
    }
    // That the two clocks disagree is certain where a request comes from the future; an old one may be just old.
    vec![if *seconds > 0 { clock.proven() } else { clock.likely() }]
}

/// Whether the timestamp is in another unit than the scheme's.
pub(super) fn unit(probe: &Probe<'_>) -> Vec<Diagnosis> {
    let scheme = probe.verifier.scheme();
    let Some(source) = &scheme.timestamp else { return Vec::new() };
    let units = [(TimeUnit::Seconds, "seconds"), (TimeUnit::Millis, "milliseconds"), (TimeUnit::Rfc3339, "ISO 8601")];
    let fits = |unit: TimeUnit| {
        let timestamp = Some(TimestampSource { unit, ..source.clone() });
        probe.fits_with_scheme(Scheme { timestamp, ..scheme.clone() }, probe.case.keys)
    };
    let found = units.into_iter().find(|(unit, _)| *unit != source.unit && fits(*unit));
    found.map(|(_, name)| Cause::TimeUnit(name).proven()).into_iter().collect()
}
