//! Moments as people type them, in UTC.

use std::time::Duration;

use hookporter_core::UnixTime;

/// Reads RFC 3339, a day, a day with hours and minutes, or so long ago: `90m`.
pub(crate) fn parse(text: &str, now: UnixTime) -> Option<UnixTime> {
    let whole = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        16 => format!("{text}:00Z"),
        19 => format!("{text}Z"),
        _ => text.to_owned(),
    };
    whole.parse().ok().or_else(|| Some(now.minus(ago(text)?)))
}

fn ago(text: &str) -> Option<Duration> {
    let units = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400_u64)];
    let (number, seconds) = units.into_iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))?;
    let number: u64 = number.parse().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()))?;
    number.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_understood() {
        let now = UnixTime::from_secs(1_700_000_000);
        let of = |text| parse(text, now).map(UnixTime::as_secs);
        for text in [
            "2023-11-14T00:00:00Z",
            "2023-11-14",
            "2023-11-14T00:00",
            "2023-11-14T00:00:00",
            "2023-11-14T01:00:00+01:00",
        ] {
            assert_eq!(of(text), Some(1_699_920_000), "{text}");
        }
        assert_eq!(
            [of("90m"), of("2h"), of("1d"), of("0s")],
            [1_699_994_600, 1_699_992_800, 1_699_913_600, 1_700_000_000].map(Some)
        );
        for text in [
            "",
            "m",
            "-1m",
            "+1m",
            "1.5h",
            "tomorrow",
            "2023-13-01",
            "99999999999999999999d",
            "18446744073709551615d",
            "ü",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
