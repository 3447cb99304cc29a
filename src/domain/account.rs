//! A person with an account: what is kept, and who may have one.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::consent::Purpose;
use super::language::Language;
use super::role::Role;
use super::time::Timestamp;

/// Version 1 of the service is for people of this age and over, in years.
const YOUNGEST_YEARS: i32 = 16;

#[derive(Debug, Clone)]
pub struct Account {
    pub id: Uuid,
    pub citizen_code: String,
    /// E.164; several people may share one.
    pub contact_phone: Option<String>,
    pub display_name: String,
    pub birth: Option<Birth>,
    pub sex: Option<Sex>,
    pub area_code: Option<String>,
    pub hamlet_code: Option<String>,
    pub language: Language,
    pub state: AccountState,
    pub created_at: Timestamp,
    /// The latest decision for each purpose that was asked.
    pub consents: Vec<Decision>,
    pub roles: Vec<RoleGrant>,
}

/// A latest answer to a consent text.
#[derive(Debug, Clone)]
pub struct Decision {
    pub purpose: Purpose,
    pub granted: bool,
    pub text_version: String,
    pub language: Language,
    pub decided_at: Timestamp,
}

/// A role over an area; no area is the whole country.
#[derive(Debug, Clone)]
pub struct RoleGrant {
    pub role: Role,
    pub area_code: Option<String>,
    pub valid_from: Timestamp,
    pub valid_to: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Female,
    Male,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    Active,
    /// By an administrator: no sign-in.
    Disabled,
    /// Consent `profile` withdrawn: sign-in remains to view, take away and erase.
    Withdrawn,
}

impl AccountState {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Active, Self::Disabled, Self::Withdrawn].into_iter().find(|state| state.code() == code)
    }
}

impl Sex {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Female, Self::Male].into_iter().find(|sex| sex.code() == code)
    }
}

/// A date of birth of which the month and the day may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Birth {
    pub year: i16,
    pub month: Option<i16>,
    pub day: Option<i16>,
}

impl Birth {
    /// Whether such a day exists: years from 1900, a day only with its month.
    pub fn exists(self) -> bool {
        let month = self.month.or(self.day.is_none().then_some(1));
        let date = month.and_then(|month| {
            NaiveDate::from_ymd_opt(
                self.year.into(),
                u32::try_from(month).ok()?,
                u32::try_from(self.day.unwrap_or(1)).ok()?,
            )
        });
        self.year >= 1900 && date.is_some()
    }

    /// Whether the person is surely old enough on `today`. With the year alone that takes one year more.
    pub fn is_old_enough(self, today: NaiveDate) -> bool {
        let birthday = (i32::from(self.year) + YOUNGEST_YEARS, self.month.unwrap_or(12), self.day.unwrap_or(31));
        birthday <= (today.year(), today.month() as i16, today.day() as i16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn birth(year: i16, month: Option<i16>, day: Option<i16>) -> Birth {
        Birth { year, month, day }
    }

    #[test]
    fn sixteen_must_be_certain() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        assert!(birth(2009, None, None).is_old_enough(today));
        assert!(!birth(2010, None, None).is_old_enough(today));
        assert!(birth(2010, Some(11), Some(21)).is_old_enough(today));
        assert!(!birth(2010, Some(11), Some(22)).is_old_enough(today));
        assert!(birth(2010, Some(10), None).is_old_enough(today));
        assert!(!birth(2010, Some(11), None).is_old_enough(today));
    }

    #[test]
    fn a_birthday_must_exist() {
        assert!(birth(1961, None, None).exists() && birth(1964, Some(2), Some(29)).exists());
        for wrong in [
            birth(1899, None, None),
            birth(1961, Some(13), None),
            birth(1961, Some(2), Some(29)),
            birth(1961, None, Some(3)),
        ] {
            assert!(!wrong.exists(), "{wrong:?}");
        }
    }
}
