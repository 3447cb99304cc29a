//! Provinces, communes and hamlets, what became of the units of before July 2025, and which data sets were loaded.

use diesel::prelude::*;
use diesel::upsert::excluded;

use super::columns::Instant;
use super::db::{Db, each};
use super::error::Error;
use super::schema::{areas, data_sets, legacy_areas};
use crate::domain::time::Timestamp;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = areas, treat_none_as_default_value = false)]
pub struct AreaRow {
    pub code: String,
    pub level: String,
    pub parent_code: Option<String>,
    pub name: String,
    pub short_name: String,
    pub kind: String,
    pub name_folded: String,
    pub name_sort_key: Vec<u8>,
    pub vintage: String,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub merged_into: Option<String>,
    pub confirmed: bool,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = legacy_areas, treat_none_as_default_value = false)]
pub struct LegacyAreaRow {
    pub old_code: String,
    pub new_code: String,
    pub old_name: String,
    pub old_district: String,
    pub old_province: String,
    pub relation: String,
    pub is_default: bool,
    pub default_basis: Option<String>,
}

/// What a list of areas is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct AreaFilter {
    pub parent_code: Option<String>,
    pub level: Option<&'static str>,
    /// Folded words, each of which begins a word of the name.
    pub folded_words: Vec<String>,
}

/// Rows that one statement may carry without passing either database's limit of bound values.
const ROWS_PER_STATEMENT: usize = 500;

/// Adds areas or brings those with the same code up to date.
pub fn put_all(db: &mut Db, rows: &[AreaRow]) -> Result<(), Error> {
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        each!(db, |c| diesel::insert_into(areas::table)
            .values(chunk)
            .on_conflict(areas::code)
            .do_update()
            .set((
                areas::parent_code.eq(excluded(areas::parent_code)),
                areas::name.eq(excluded(areas::name)),
                areas::short_name.eq(excluded(areas::short_name)),
                areas::kind.eq(excluded(areas::kind)),
                areas::name_folded.eq(excluded(areas::name_folded)),
                areas::name_sort_key.eq(excluded(areas::name_sort_key)),
                areas::vintage.eq(excluded(areas::vintage)),
                areas::valid_to.eq(None::<String>),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Ends the validity of provinces and communes that the newest list no longer has.
pub fn close_missing(db: &mut Db, vintage: &str) -> Result<(), Error> {
    let missing = areas::table
        .filter(areas::level.ne("hamlet"))
        .filter(areas::vintage.ne(vintage))
        .filter(areas::valid_to.is_null());
    each!(db, |c| diesel::update(missing).set(areas::valid_to.eq(Some(vintage))).execute(c))?;
    Ok(())
}

pub fn replace_legacy(db: &mut Db, rows: &[LegacyAreaRow]) -> Result<(), Error> {
    each!(db, |c| diesel::delete(legacy_areas::table).execute(c))?;
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        each!(db, |c| diesel::insert_into(legacy_areas::table).values(chunk).execute(c))?;
    }
    Ok(())
}

pub fn find(db: &mut Db, code: &str) -> Result<Option<AreaRow>, Error> {
    Ok(each!(db, |c| areas::table.find(code).select(AreaRow::as_select()).first(c).optional())?)
}

pub fn find_all(db: &mut Db, codes: &[&str]) -> Result<Vec<AreaRow>, Error> {
    let query = areas::table.filter(areas::code.eq_any(codes)).order(areas::code);
    Ok(each!(db, |c| query.select(AreaRow::as_select()).load(c))?)
}

/// Areas in Vietnamese order of their names, behind `after` (a code), at most `limit`.
pub fn list(db: &mut Db, filter: &AreaFilter, after: Option<&AreaRow>, limit: i64) -> Result<Vec<AreaRow>, Error> {
    Ok(each!(db, |c| {
        let mut query = areas::table.select(AreaRow::as_select()).into_boxed();
        query = query.filter(areas::confirmed.eq(true));
        if let Some(parent) = &filter.parent_code {
            query = query.filter(areas::parent_code.eq(parent));
        }
        if let Some(level) = filter.level {
            query = query.filter(areas::level.eq(level));
        }
        for word in &filter.folded_words {
            let inner = format!("% {}%", like_literal(word));
            let first = format!("{}%", like_literal(word));
            query = query
                .filter(areas::name_folded.like(first).escape('\\').or(areas::name_folded.like(inner).escape('\\')));
        }
        if let Some(after) = after {
            let behind = areas::name_sort_key.gt(after.name_sort_key.clone());
            let same = areas::name_sort_key.eq(after.name_sort_key.clone()).and(areas::code.gt(&after.code));
            query = query.filter(behind.or(same));
        }
        query.order((areas::name_sort_key, areas::code)).limit(limit).load(c)
    })?)
}

fn like_literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

pub fn legacy(db: &mut Db, old_code: &str) -> Result<Vec<LegacyAreaRow>, Error> {
    let query = legacy_areas::table.filter(legacy_areas::old_code.eq(old_code));
    let ordered = query.order((legacy_areas::is_default.desc(), legacy_areas::new_code));
    Ok(each!(db, |c| ordered.select(LegacyAreaRow::as_select()).load(c))?)
}

pub fn data_set_hash(db: &mut Db, name: &str) -> Result<Option<Vec<u8>>, Error> {
    Ok(each!(db, |c| data_sets::table.find(name).select(data_sets::sha256).first(c).optional())?)
}

/// Notes that a data set is being loaded; false where another process has loaded the same content.
pub fn put_data_set(db: &mut Db, name: &str, sha256: &[u8], loaded_at: Timestamp) -> Result<bool, Error> {
    let row = (data_sets::name.eq(name), data_sets::sha256.eq(sha256), data_sets::loaded_at.eq(Instant(loaded_at)));
    let upsert = diesel::insert_into(data_sets::table)
        .values(row)
        .on_conflict(data_sets::name)
        .do_update()
        .set((data_sets::sha256.eq(excluded(data_sets::sha256)), data_sets::loaded_at.eq(Instant(loaded_at))));
    let upsert =
        diesel::query_dsl::methods::FilterDsl::filter(upsert, data_sets::sha256.ne(excluded(data_sets::sha256)));
    Ok(each!(db, |c| upsert.execute(c))? == 1)
}
