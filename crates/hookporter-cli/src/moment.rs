//! Moments: as people type them, and as they are shown. In UTC, always.

use std::time::Duration;

use hookporter::{Clock, SystemClock, UnixTime};

const DAY: i64 = 86_400;
/// The seconds from the year 0 to 10000: what lies outside was no moment.
const KNOWN: std::ops::Range<i64> = -62_167_219_200..253_402_300_800;

/// Reads `90m` (so long ago), `2026-11-26`, `2026-11-26T08:30:00Z`, or Unix seconds.
pub(crate) fn parse(text: &str) -> Result<UnixTime, String> {
    let unix = || text.parse::<i64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    unix()
        .filter(|seconds| KNOWN.contains(seconds))
        .map(UnixTime::from_secs)
        .or_else(|| ago(text).map(|span| SystemClock.now().minus(span)))
        .or_else(|| written(text))
        .ok_or_else(|| {
            "use so long ago (`30s`, `90m`, `2h`, `7d`), `2026-11-26`, `2026-11-26T08:30:00Z` or Unix seconds".into()
        })
}

fn ago(text: &str) -> Option<Duration> {
    let units = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];
    let (number, unit) = units.into_iter().find_map(|(suffix, unit)| Some((text.strip_suffix(suffix)?, unit)))?;
    digits(number)?.checked_mul(unit).and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs)
}

/// Reads a moment as the library writes it: `2026-11-26T08:30:00.000Z`.
pub(crate) fn rfc3339(text: &str) -> Option<UnixTime> {
    let (whole, fraction) = text.strip_suffix('Z')?.split_once('.')?;
    let millis = fixed(fraction, 3)?;
    let seconds = written(&format!("{whole}Z"))?;
    Some(UnixTime::from_millis(seconds.as_millis().checked_add(millis)?))
}

/// A date, and perhaps a time of day with `Z`.
fn written(text: &str) -> Option<UnixTime> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time.strip_suffix('Z')?)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (fixed(parts.next()?, 4)?, fixed(parts.next()?, 2)?, fixed(parts.next()?, 2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=length(year, month)).contains(&day) {
        return None;
    }
    let of_day = match time {
        Some(time) => time_of_day(time)?,
        None => 0,
    };
    let midnight = days(year, month, day)?.checked_mul(DAY)?;
    Some(UnixTime::from_secs(midnight.checked_add(of_day)?))
}

fn time_of_day(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hour, minute) = (fixed(parts.next()?, 2)?, fixed(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |second| fixed(second, 2))?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)
}

fn fixed(text: &str, length: usize) -> Option<i64> {
    digits(text).filter(|_| text.len() == length)
}

fn digits(text: &str) -> Option<i64> {
    // `parse` would take a sign.
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

const fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

const fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1970 to this one, by the rule of leap years.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let before = year.checked_sub(1)?;
    let leaps = before.div_euclid(4).checked_sub(before.div_euclid(100))?.checked_add(before.div_euclid(400))?;
    let months: i64 = (1..month).map(|month| length(year, month)).sum();
    let since_zero = before.checked_mul(365)?.checked_add(leaps)?.checked_add(months)?.checked_add(day)?;
    // 1 January 1970 is the 719,163rd day of the calendar.
    since_zero.checked_sub(719_163)
}

/// As in `2026-11-26T08:30:00Z`; Unix seconds where the calendar has no such year.
pub(crate) fn shown(moment: UnixTime) -> String {
    let seconds = moment.as_secs();
    calendar(seconds).unwrap_or_else(|| seconds.to_string())
}

fn calendar(seconds: i64) -> Option<String> {
    let seconds = Some(seconds).filter(|seconds| KNOWN.contains(seconds))?;
    let (date, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // Near enough from below, then on by single years and months.
    let mut year = date.div_euclid(366).checked_add(1970)?;
    while days(year.checked_add(1)?, 1, 1)? <= date {
        year = year.checked_add(1)?;
    }
    while days(year, 1, 1)? > date {
        year = year.checked_sub(1)?;
    }
    let mut left = date.checked_sub(days(year, 1, 1)?)?;
    let mut month = 1_i64;
    while left >= length(year, month) {
        left = left.checked_sub(length(year, month))?;
        month = month.checked_add(1)?;
    }
    let (hour, minute, second) = (of_day.div_euclid(3600), of_day.div_euclid(60).rem_euclid(60), of_day.rem_euclid(60));
    Some(format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", left.checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_again() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:01Z", 951_825_601),
            ("2023-11-14T22:13:20Z", 1_700_000_000),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(parse(text), Ok(UnixTime::from_secs(seconds)), "{text}");
            assert_eq!(shown(UnixTime::from_secs(seconds)), text);
        }
        for day in 0..40_000 {
            let moment = UnixTime::from_secs(day * DAY + 4000);
            assert_eq!(parse(&shown(moment)), Ok(moment));
        }
        assert_eq!(parse("2023-11-14"), parse("2023-11-14T00:00Z"));
        assert_eq!(parse("1700000000"), Ok(UnixTime::from_secs(1_700_000_000)));
        assert_eq!(shown(UnixTime::from_millis(i64::MAX)), (i64::MAX / 1000).to_string());
    }

    #[test]
    fn what_the_library_writes_is_read() {
        for millis in [0, 951_825_601_234, 253_402_300_799_999] {
            let moment = UnixTime::from_millis(millis);
            assert_eq!(rfc3339(&moment.to_string()), Some(moment));
        }
        for text in ["", "7d", "2026-11-26", "2026-11-26T08:30:00Z", "2026-11-26T08:30:00.xZ", "2026-11-26T08:30:00.0"]
        {
            assert_eq!(rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn so_long_ago_is_counted_from_now() {
        let now = SystemClock.now();
        for (text, seconds) in [("0s", 0), ("90m", 5400), ("2h", 7200), ("7d", 604_800)] {
            let off = now.since(parse(text).unwrap()).as_secs();
            assert!((seconds - 1..=seconds + 1).contains(&(off as i64)), "{text}: {off}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "s",
            "-1",
            "+1",
            "1.5h",
            "2023-02-29",
            "2023-13-01",
            "2023-00-01",
            "2023-1-1",
            "2023-11-14T24:00Z",
            "2023-11-14T10:00",
            "2023-11-14 10:00",
            "99999999999999999999",
            "99999999999999999999d",
            "1700000000000",
            "yesterday",
            "2023-11-14T10:00:00:00Z",
            "２０２３-11-14",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
