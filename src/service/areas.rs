//! Looking up provinces, communes and hamlets, and what became of the old ones.

use super::{Desk, Error, Page};
use crate::domain::person_name::fold;
use crate::domain::refusal::{Fault, Refusal, Refused};
use crate::store::areas::{self, AreaFilter, AreaRow, LegacyAreaRow};

/// How deep in the tree of areas a list looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaLevel {
    Province,
    Commune,
    Hamlet,
}

impl AreaLevel {
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Province, Self::Commune, Self::Hamlet].into_iter().find(|level| level.code() == code)
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Commune => "commune",
            Self::Hamlet => "hamlet",
        }
    }
}

/// Areas in Vietnamese order; `search` folds diacritics and takes each word as the beginning of one in the name.
///
/// # Errors
/// `bad-format` for a cursor that is no code of an area.
pub fn list(
    desk: &Desk,
    parent_code: Option<String>,
    level: Option<AreaLevel>,
    search: Option<&str>,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<AreaRow>, Error> {
    let folded_words = search.map(fold).unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let filter = AreaFilter { parent_code, level: level.map(AreaLevel::code), folded_words };
    desk.store.read(|db| {
        let after = match cursor {
            None => None,
            Some(code) => Some(areas::find(db, code)?.ok_or_else(|| Refused::at("?cursor", Fault::BadFormat))?),
        };
        let mut items = areas::list(db, &filter, after.as_ref(), limit as i64 + 1)?;
        let is_more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| is_more).map(|last| last.code.clone());
        Ok(Page { items, next_cursor })
    })
}

/// # Errors
/// `not-found`.
pub fn get(desk: &Desk, code: &str) -> Result<AreaRow, Error> {
    desk.store.read(|db| areas::find(db, code)?.ok_or_else(|| Refusal::NotFound.into()))
}

/// What became of a unit of before July 2025: every candidate, never a silent choice.
///
/// # Errors
/// `not-found`.
pub fn legacy(desk: &Desk, old_code: &str) -> Result<Vec<(LegacyAreaRow, AreaRow)>, Error> {
    desk.store.read(|db| {
        let rows = areas::legacy(db, old_code)?;
        if rows.is_empty() {
            return Err(Refusal::NotFound.into());
        }
        let codes: Vec<_> = rows.iter().map(|row| row.new_code.as_str()).collect();
        let now = areas::find_all(db, &codes)?;
        let with_area = |row: LegacyAreaRow| {
            let area = now.iter().find(|area| area.code == row.new_code)?.clone();
            Some((row, area))
        };
        Ok(rows.into_iter().filter_map(with_area).collect())
    })
}
