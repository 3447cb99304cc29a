//! Versions of the item bank and the models that score them.

use diesel::prelude::*;

use super::columns::Instant;
use super::db::{Db, each};
use super::error::Error;
use super::schema::{bank_versions, models};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = bank_versions, treat_none_as_default_value = false)]
pub struct BankVersionRow {
    pub version: String,
    pub content_hash: String,
    pub state: String,
    /// The whole bank as canonical JSON, gzip.
    pub content: Vec<u8>,
    pub imported_at: Instant,
    pub published_at: Option<Instant>,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = models, treat_none_as_default_value = false)]
pub struct ModelRow {
    pub version: String,
    pub bank_version: String,
    pub state: String,
    /// JSON.
    pub parameters: String,
    pub created_at: Instant,
    pub published_at: Option<Instant>,
}

/// Adds a bank version; false where that version was there already.
pub fn insert_bank(db: &mut Db, bank: &BankVersionRow) -> Result<bool, Error> {
    let rows =
        each!(db, |c| diesel::insert_into(bank_versions::table).values(bank).on_conflict_do_nothing().execute(c))?;
    Ok(rows == 1)
}

/// All bank versions, oldest first.
pub fn banks(db: &mut Db) -> Result<Vec<BankVersionRow>, Error> {
    let query = bank_versions::table.order((bank_versions::imported_at, bank_versions::version));
    Ok(each!(db, |c| query.select(BankVersionRow::as_select()).load(c))?)
}

pub fn insert_model(db: &mut Db, model: &ModelRow) -> Result<bool, Error> {
    let rows = each!(db, |c| diesel::insert_into(models::table).values(model).on_conflict_do_nothing().execute(c))?;
    Ok(rows == 1)
}

/// All models, oldest first.
pub fn models(db: &mut Db) -> Result<Vec<ModelRow>, Error> {
    let query = models::table.order((models::created_at, models::version));
    Ok(each!(db, |c| query.select(ModelRow::as_select()).load(c))?)
}
