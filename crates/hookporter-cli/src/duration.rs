//! Durations: as people type them, and as they are shown.

use std::time::Duration;

/// Reads `300`, `300s`, `5m` or `1h`.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let units = [("s", 1), ("m", 60), ("h", 3600)];
    let (number, unit) = units
        .into_iter()
        .find_map(|(suffix, seconds)| text.strip_suffix(suffix).map(|number| (number, seconds)))
        .unwrap_or((text, 1));
    // `parse` would take a sign.
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = number.parse::<u64>().ok().filter(|_| digits).and_then(|number| number.checked_mul(unit));
    seconds
        .map(Duration::from_secs)
        .ok_or_else(|| "use seconds (`300` or `300s`), minutes (`5m`) or hours (`1h`)".into())
}

/// A measured time: `85 µs`, `1.8 ms`, `2.1 s`.
pub(crate) fn shown(time: Duration) -> String {
    match time.as_micros() {
        micros @ ..1000 => format!("{micros} µs"),
        1000..1_000_000 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// A span of whole seconds in the unit it is a whole number of: `90 s`, `5 min`, `1 h`.
pub(crate) fn whole(span: Duration) -> String {
    match span.as_secs() {
        seconds if seconds >= 3600 && seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        seconds if seconds >= 60 && seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

/// A span in the largest unit that there is one of: `40 s`, `9 h`, `3 days`.
pub(crate) fn rough(span: Duration) -> String {
    match span.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds @ 3600..86_400 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// Microseconds, for JSON.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_read_and_nothing_else() {
        for (text, seconds) in [("300", 300), ("300s", 300), ("5m", 300), ("1h", 3600), ("0", 0)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "-1", "+1", "1.5h", "5 m", "1d", "99999999999999999999", "9999999999999999999h"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_is_shown_in_the_unit_that_suits_it() {
        assert_eq!(shown(Duration::from_micros(85)), "85 µs");
        assert_eq!(shown(Duration::from_micros(1849)), "1.8 ms");
        assert_eq!(shown(Duration::from_millis(2100)), "2.1 s");
        assert_eq!(whole(Duration::from_secs(300)), "5 min");
        assert_eq!(whole(Duration::from_secs(90)), "90 s");
    }
}
