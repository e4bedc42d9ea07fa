//! Moments in UTC, and how long ago they were.

use std::time::Duration;

use hookporter_core::UnixTime;
use maud::{Markup, html};

/// Day and time, and how long ago.
pub(crate) fn when(at: UnixTime, now: UnixTime) -> Markup {
    html! { (moment(at)) " " span.age { (age(at, now)) } }
}

/// As [`when`], of something that may not have been.
pub(crate) fn maybe(at: Option<UnixTime>, now: UnixTime, never: &str) -> Markup {
    match at {
        Some(at) => when(at, now),
        None => html! { span.none { (never) } },
    }
}

/// Day and time, to the second; the whole of it for machines.
pub(crate) fn moment(at: UnixTime) -> Markup {
    let text = at.to_string();
    match text.get(..19).filter(|_| text.ends_with('Z')) {
        Some(seconds) => html! { time datetime=(text) title=(text) { (seconds.replace('T', " ")) } },
        // No clock shows it; nor does the element take it.
        None => html! { span { (text) } },
    }
}

/// How long ago, in words.
pub(crate) fn age(at: UnixTime, now: UnixTime) -> String {
    match (now.since(at), at.since(now)) {
        (past, _) if past.as_secs() > 0 => format!("{} ago", span(past)),
        (_, ahead) if ahead.as_secs() > 0 => format!("in {}", span(ahead)),
        _ => "just now".to_owned(),
    }
}

/// A length of time, in its largest unit.
pub(crate) fn span(length: Duration) -> String {
    let seconds = length.as_secs();
    let units = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    // Under two of a unit the next smaller one says more.
    let unit = units
        .into_iter()
        .find(|(one, _)| seconds.checked_div(*one) >= Some(2))
        .or_else(|| units.into_iter().find(|(one, _)| seconds >= *one));
    match unit {
        Some((one, name)) => format!("{} {name}", seconds.checked_div(one).unwrap_or_default()),
        None => format!("{} ms", length.as_millis()),
    }
}

/// How long something took, to three digits or so.
pub(crate) fn took(length: Duration) -> String {
    match length.as_micros() {
        0..1_000 => format!("{} µs", length.as_micros()),
        1_000..10_000 => format!("{:.1} ms", length.as_secs_f64() * 1e3),
        10_000..1_000_000 => format!("{} ms", length.as_millis()),
        1_000_000..120_000_000 => format!("{:.1} s", length.as_secs_f64()),
        _ => span(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_for_people_and_machines() {
        let (at, now) = (UnixTime::from_millis(1_700_000_000_123), UnixTime::from_secs(1_700_000_180));
        assert_eq!(
            when(at, now).into_string(),
            "<time datetime=\"2023-11-14T22:13:20.123Z\" title=\"2023-11-14T22:13:20.123Z\">2023-11-14 22:13:20</time> \
             <span class=\"age\">2 min ago</span>"
        );
        assert_eq!(moment(UnixTime::from_millis(i64::MIN)).into_string(), "<span>-9223372036854776 s</span>");
    }

    #[test]
    fn ages_are_in_the_unit_that_people_would_use() {
        let now = UnixTime::from_secs(1_000_000);
        let of = |secs: i64| age(UnixTime::from_secs(1_000_000 - secs), now);
        assert_eq!(
            [of(0), of(5), of(90), of(120), of(7000), of(7200)],
            ["just now", "5 s ago", "90 s ago", "2 min ago", "116 min ago", "2 h ago"]
        );
        assert_eq!([of(40 * 3600), of(3 * 86_400), of(-30)], ["40 h ago", "3 d ago", "in 30 s"]);
        assert_eq!(age(UnixTime::from_millis(i64::MIN), UnixTime::from_millis(i64::MAX)), "106751991167 d ago");
    }

    #[test]
    fn durations_have_three_digits_or_so() {
        let of = |micros| took(Duration::from_micros(micros));
        assert_eq!(
            [of(0), of(850), of(1_234), of(45_678), of(2_340_000), of(600_000_000)],
            ["0 µs", "850 µs", "1.2 ms", "45 ms", "2.3 s", "10 min"]
        );
    }
}
