//! Reading a timestamp in the unit that the scheme names; the unit is never guessed.

use crate::scheme::Header;
use crate::scheme::digits::number;
use crate::{Json, UnixTime};

/// Where the timestamp is, and its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampSource {
    pub(crate) at: TimestampAt,
    pub(crate) unit: TimeUnit,
}

/// Where a timestamp is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TimestampAt {
    /// In a header, as a part of the signed bytes.
    Header(Header),
    /// In the signed body: a member of it, by pointer.
    Member(Vec<String>),
    /// In the body, where the function that finds the proof finds it.
    Found,
}

impl TimestampSource {
    pub(crate) const fn in_header(header: Header, unit: TimeUnit) -> Self {
        Self { at: TimestampAt::Header(header), unit }
    }
}

/// A timestamp in the signed body. It is judged once the proof holds, for nothing in a body is read before.
///
/// ```
/// use hookporter_core::{Header, Json, Scheme, Verifier};
/// let scheme = Scheme::hmac_sha256()
///     .signature(Header::new("x-acme-signature").hex())
///     .timestamp(Json::pointer("/sent_at").unix_millis());
/// assert!(Verifier::new(scheme).is_ok());
/// // A token in a header covers no byte of the body, so a timestamp there proves nothing.
/// let scheme = Scheme::static_token("x-acme-token").timestamp(Json::pointer("/sent_at").unix_millis());
/// assert!(Verifier::new(scheme).is_err());
/// ```
impl Json {
    /// A timestamp in seconds since the Unix epoch.
    #[must_use]
    pub fn unix_seconds(self) -> TimestampSource {
        TimestampSource { at: TimestampAt::Member(self.0), unit: TimeUnit::Seconds }
    }

    /// A timestamp in milliseconds since the Unix epoch.
    #[must_use]
    pub fn unix_millis(self) -> TimestampSource {
        TimestampSource { at: TimestampAt::Member(self.0), unit: TimeUnit::Millis }
    }

    /// A timestamp in RFC 3339, with a zone.
    #[must_use]
    pub fn rfc3339(self) -> TimestampSource {
        TimestampSource { at: TimestampAt::Member(self.0), unit: TimeUnit::Rfc3339 }
    }
}

/// The unit of a scheme's timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeUnit {
    /// Seconds since the Unix epoch: exactly ten digits, which is every moment from 2001 to 2286.
    Seconds,
    /// Milliseconds since the Unix epoch: exactly thirteen digits.
    Millis,
    /// Ten digits are seconds, thirteen milliseconds: for a sender that is known to send either. The number of digits
    /// decides, so that no moment can be read both ways.
    SecondsOrMillis,
    /// RFC 3339 (`2026-11-22T10:00:00Z`, `…+02:00`), up to nine fraction digits; a zone is required.
    Rfc3339,
}

impl TimeUnit {
    /// Parses `text`. The fixed number of digits leaves no room for signs, leading zeros, or a digit moved over the
    /// boundary between timestamp and body in schemes that sign both without a separator.
    #[inline]
    pub(crate) fn parse(self, text: &[u8]) -> Result<UnixTime, &'static str> {
        self.read(text).ok_or_else(|| self.problem(text))
    }

    fn read(self, text: &[u8]) -> Option<UnixTime> {
        match self {
            Self::Seconds => digits(text, 10).map(UnixTime::from_secs),
            Self::Millis => digits(text, 13).map(UnixTime::from_millis),
            Self::SecondsOrMillis if text.len() == 13 => Self::Millis.read(text),
            Self::SecondsOrMillis => Self::Seconds.read(text),
            Self::Rfc3339 => rfc3339(text),
        }
    }

    /// What is wrong with a text that cannot be read.
    #[cold]
    const fn problem(self, text: &[u8]) -> &'static str {
        match (self, text.len()) {
            (Self::Seconds, _) | (Self::SecondsOrMillis, 10) => "is not ten digits (Unix time in seconds)",
            (Self::Millis, _) | (Self::SecondsOrMillis, 13) => "is not thirteen digits (Unix time in milliseconds)",
            (Self::SecondsOrMillis, _) => "is neither ten nor thirteen digits (Unix time in seconds or milliseconds)",
            (Self::Rfc3339, _) => "is not an RFC 3339 date and time with a zone",
        }
    }

    /// Writes `moment` in this unit.
    #[cfg(feature = "sign")]
    pub(crate) fn format(self, moment: UnixTime) -> String {
        match self {
            Self::Seconds | Self::SecondsOrMillis => moment.as_secs().to_string(),
            Self::Millis => moment.as_millis().to_string(),
            Self::Rfc3339 => format_rfc3339(moment),
        }
    }
}

#[inline]
fn digits(text: &[u8], count: usize) -> Option<i64> {
    if text.len() != count || text.first() == Some(&b'0') {
        return None;
    }
    number(text)
}

#[inline(never)]
pub(crate) fn rfc3339(text: &[u8]) -> Option<UnixTime> {
    let at = |range: std::ops::Range<usize>| text.get(range).and_then(number);
    let is = |index: usize, byte: u8| text.get(index) == Some(&byte);
    if !(is(4, b'-') && is(7, b'-') && is(10, b'T') && is(13, b':') && is(16, b':')) {
        return None;
    }
    let days = days_from_civil(at(0..4)?, at(5..7)?, at(8..10)?)?;
    let (hour, minute, second) = (at(11..13)?, at(14..16)?, at(17..19)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (millis, zone) = fraction(text.get(19..)?)?;
    let seconds = days.checked_mul(86_400)?.checked_add(hour_minute(hour, minute)?)?.checked_add(second)?;
    let utc = seconds.checked_sub(offset(zone)?)?;
    Some(UnixTime::from_millis(utc.checked_mul(1000)?.checked_add(millis)?))
}

fn hour_minute(hour: i64, minute: i64) -> Option<i64> {
    hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)
}

/// Splits an optional fraction of one to nine digits from the zone; the fraction in milliseconds.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(rest) = rest.strip_prefix(b".") else {
        return Some((0, rest));
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 || length > 9 {
        return None;
    }
    let (digits, zone) = rest.split_at_checked(length)?;
    let millis = (0..3).try_fold(0_i64, |value, index| {
        let digit = digits.get(index).map_or(0, |byte| i64::from(byte.saturating_sub(b'0')));
        value.checked_mul(10)?.checked_add(digit)
    })?;
    Some((millis, zone))
}

/// Seconds east of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    if zone == b"Z" {
        return Some(0);
    }
    let (sign, rest) = zone.split_first()?;
    if rest.len() != 5 || rest.get(2) != Some(&b':') {
        return None;
    }
    let (hours, minutes) = (number(rest.get(..2)?)?, number(rest.get(3..)?)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = hour_minute(hours, minutes)?;
    match sign {
        b'+' => Some(seconds),
        b'-' => seconds.checked_neg(),
        _ => None,
    }
}

/// Days since the epoch of a date in the Gregorian calendar, years 1970 to 9999.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let index = usize::try_from(month.checked_sub(1)?).ok()?;
    if year < 1970 || day < 1 || day > *lengths.get(index)? {
        return None;
    }
    let before_year = year.checked_sub(1)?;
    let leaps = |year: i64| (year / 4).checked_sub(year / 100)?.checked_add(year / 400);
    let leap_days = leaps(before_year)?.checked_sub(leaps(1969)?)?;
    let years = year.checked_sub(1970)?.checked_mul(365)?.checked_add(leap_days)?;
    let months: i64 = lengths.get(..index)?.iter().sum();
    years.checked_add(months)?.checked_add(day.checked_sub(1)?)
}

#[cfg(feature = "sign")]
#[expect(clippy::arithmetic_side_effects, reason = "the civil-from-days algorithm on a clamped range")]
fn format_rfc3339(moment: UnixTime) -> String {
    let seconds = moment.as_secs().clamp(0, 253_402_300_799);
    let (day, time) = (seconds / 86_400, seconds % 86_400);
    let shifted = day + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let millis = moment.as_millis().rem_euclid(1000);
    format!("{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}.{millis:03}Z", time / 3600, time / 60 % 60, time % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_digits_of_the_right_number_are_a_time() {
        assert_eq!(TimeUnit::Seconds.parse(b"1700000000"), Ok(UnixTime::from_secs(1_700_000_000)));
        assert_eq!(TimeUnit::Millis.parse(b"1700000000123"), Ok(UnixTime::from_millis(1_700_000_000_123)));
        for bad in [
            "",
            "0",
            "-1",
            "-0",
            "+1700000000",
            "01700000000",
            "0170000000",
            " 1700000000",
            "1700000000 ",
            "0x6553f100",
            "1.7e9",
            "1700000000.0",
            "1_700_000_000",
            "1700000000abc",
            "NaN",
            "null",
            "18446744073709551616",
            "9223372036854775807",
            "-9223372036854775808",
            "1700000000123",
            "١٧٠٠٠٠٠٠٠٠",
        ] {
            assert!(TimeUnit::Seconds.parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(TimeUnit::Millis.parse(b"1700000000").is_err());
        let either = |text: &str| TimeUnit::SecondsOrMillis.parse(text.as_bytes()).map(UnixTime::as_millis);
        assert_eq!(either("1700000000"), Ok(1_700_000_000_000));
        assert_eq!(either("1700000000123"), Ok(1_700_000_000_123));
        for bad in ["", "170000000", "17000000000", "170000000012", "17000000001234", "0700000000", "0700000000123"] {
            assert!(either(bad).is_err(), "{bad}");
        }
        assert!(TimeUnit::Seconds.parse(&[b'9'; 400]).is_err());
    }

    #[test]
    fn rfc3339_is_read_strictly() {
        let parse = |text: &str| TimeUnit::Rfc3339.parse(text.as_bytes()).map(UnixTime::as_millis);
        assert_eq!(parse("2023-11-14T22:13:20Z"), Ok(1_700_000_000_000));
        assert_eq!(parse("2023-11-15T00:13:20+02:00"), Ok(1_700_000_000_000));
        assert_eq!(parse("2023-11-14T22:13:20.123456789Z"), Ok(1_700_000_000_123));
        assert_eq!(parse("2024-02-29T00:00:00.5Z"), Ok(1_709_164_800_500));
        for bad in [
            "2023-11-14T22:13:20",
            "2023-11-14T22:13:60Z",
            "2023-13-14T22:13:20Z",
            "2023-02-29T00:00:00Z",
            "2023-11-14 22:13:20Z",
            "2023-11-14T22:13:20z",
            "2023-11-14T22:13:20.Z",
            "2023-00-10T00:00:00Z",
            "2023-11-00T00:00:00Z",
            "2023-11-14T24:00:00Z",
            "2023-11-14T22:13:20+2:00",
            "1969-12-31T23:59:59Z",
            "2023-11-14T22:13:20.123456789012345678901234567890Z",
            "+023-11-14T22:13:20Z",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[cfg(feature = "sign")]
    #[test]
    fn what_is_written_is_read_back() {
        for millis in [0, 951_782_400_000, 1_700_000_000_123, 4_102_444_799_999] {
            let moment = UnixTime::from_millis(millis);
            assert_eq!(TimeUnit::Rfc3339.parse(TimeUnit::Rfc3339.format(moment).as_bytes()), Ok(moment));
        }
    }
}
