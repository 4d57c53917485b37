//! A day of the calendar, for what holds until one.
//!
//! Nothing here asks what day it is; whoever knows says so.

use std::fmt;

use toml::value::Datetime;

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(toml::value::Date);

impl Date {
    /// The last day that can be written.
    pub const LAST: Self = Self(toml::value::Date { year: 9999, month: 12, day: 31 });

    /// Returns the day that text such as `2027-01-31` spells, if the calendar has it.
    pub fn parse(text: &str) -> Option<Self> {
        match text.parse().ok()? {
            Datetime { date: Some(date), time: None, offset: None } => Some(Self(date)),
            _ => None,
        }
    }

    /// Returns the day that is this many days after 1970-01-01; none after the year 9999.
    ///
    /// The way from days to a date is Howard Hinnant's `civil_from_days`, for days from 1970 on.
    pub fn since_1970(days: u64) -> Option<Self> {
        const DAYS_TO_1970: u64 = 719_468; // from 0000-03-01
        const DAYS_OF_ERA: u64 = 146_097; // 400 years
        let days = days.checked_add(DAYS_TO_1970)?;
        let (era, of_era) = (days / DAYS_OF_ERA, days % DAYS_OF_ERA);
        let years = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * years + years / 4 - years / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = years + era.checked_mul(400)? + u64::from(month <= 2);
        if year > 9999 {
            return None;
        }
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        Some(Self(toml::value::Date { year: u16::try_from(year).ok()?, month, day }))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_the_calendar_has_are_days() {
        for right in ["2027-01-31", "2024-02-29", "2000-02-29", "1999-12-31"] {
            assert_eq!(Date::parse(right).unwrap().to_string(), right);
        }
        for wrong in ["2027-02-29", "1900-02-29", "2027-13-01", "2027-04-31", "2027-1-31", "x", ""]
        {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
        assert!(Date::parse("2027-01-31") < Date::parse("2027-02-01"));
    }

    #[test]
    fn days_are_counted_from_1970() {
        for (days, date) in
            [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_849, "2027-01-31")]
        {
            assert_eq!(Date::since_1970(days).unwrap().to_string(), date);
        }
        assert_eq!(Date::since_1970(u64::MAX), None);
        assert_eq!(Date::since_1970(3_000_000), None);
    }
}
