//! Instants in UTC milliseconds, and the reporting day at +07:00.

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant: milliseconds since 1970-01-01T00:00:00Z, written as RFC 3339 with milliseconds and `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    pub unix_milliseconds: i64,
}

impl Timestamp {
    pub const fn from_unix_milliseconds(unix_milliseconds: i64) -> Self {
        Self { unix_milliseconds }
    }

    /// Reads RFC 3339 with any offset and 0 to 9 decimals; finer than a millisecond is cut off. Years 1 to 9999.
    pub fn parse(text: &str) -> Option<Self> {
        Self::checked(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
    }

    /// An instant from outside: `None` before the year 1 and after the year 9999.
    pub fn checked(unix_milliseconds: i64) -> Option<Self> {
        const YEARS_1_TO_9999: std::ops::Range<i64> = -62_135_596_800_000..253_402_300_800_000;
        YEARS_1_TO_9999.contains(&unix_milliseconds).then_some(Self { unix_milliseconds })
    }

    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix_milliseconds(self.unix_milliseconds + seconds * 1000)
    }

    pub const fn unix_seconds(self) -> i64 {
        self.unix_milliseconds.div_euclid(1000)
    }

    /// Seconds from `earlier` to this instant, negative when it is later.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.unix_milliseconds - earlier.unix_milliseconds).div_euclid(1000)
    }

    /// The day of this instant in Viet Nam (+07:00), by which reports are cut.
    pub fn day_in_viet_nam(self) -> NaiveDate {
        let offset = FixedOffset::east_opt(7 * 3600).unwrap_or(chrono::offset::Offset::fix(&Utc));
        self.to_utc().with_timezone(&offset).date_naive()
    }

    fn to_utc(self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
            .checked_add_signed(TimeDelta::milliseconds(self.unix_milliseconds))
            .unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(super::refusal::Fault::BadFormat.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_zero_to_nine_decimals_and_any_offset_and_writes_milliseconds() {
        for (text, expected) in [
            ("2026-11-21T08:15:30Z", "2026-11-21T08:15:30.000Z"),
            ("2026-11-21T15:15:30.5+07:00", "2026-11-21T08:15:30.500Z"),
            ("2026-11-21T08:15:30.123456789Z", "2026-11-21T08:15:30.123Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("2099-12-31T23:59:59Z", "2099-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), expected);
        }
        assert_eq!(Timestamp::parse("2026-11-21"), None);
        assert_eq!(Timestamp::parse("0000-01-01T00:00:00Z"), None);
        assert_eq!(Timestamp::parse("9999-12-31T23:59:59-01:00"), None);
    }

    #[test]
    fn the_reporting_day_begins_at_seventeen_hours_utc() {
        let before = Timestamp::parse("2026-11-14T16:59:59Z").unwrap();
        assert_eq!(before.day_in_viet_nam().to_string(), "2026-11-14");
        assert_eq!(before.plus_seconds(1).day_in_viet_nam().to_string(), "2026-11-15");
    }
}
