//! Drafts, which change, and submitted attempts, which never do.

use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use super::columns::{Instant, Key};
use super::db::{Db, each};
use super::error::Error;
use super::schema::{attempts, drafts};
use crate::domain::time::Timestamp;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = drafts, treat_none_as_default_value = false)]
pub struct DraftRow {
    pub citizen_id: Key,
    pub id: Key,
    pub revision: i64,
    pub body: String,
    pub area_code: Option<String>,
    pub hamlet_code: Option<String>,
    pub updated_at: Instant,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = attempts, treat_none_as_default_value = false)]
pub struct AttemptRow {
    pub citizen_id: Key,
    pub id: Key,
    pub state: i16,
    pub form_id: String,
    pub bank_version: String,
    pub mode: i16,
    pub supervised: bool,
    pub language: String,
    pub area_code: Option<String>,
    pub hamlet_code: Option<String>,
    pub helper_id: Option<Key>,
    pub campaign: Option<String>,
    pub plan: Option<String>,
    pub revision: i64,
    pub flags: i16,
    pub client_started_at: Instant,
    pub client_submitted_at: Instant,
    pub client_sent_at: Option<Instant>,
    pub received_at: Instant,
    pub taken_at: Instant,
    pub content_sha256: Vec<u8>,
    pub answers: Vec<u8>,
    #[diesel(embed)]
    pub levels: AttemptLevels,
}

/// Values of `state`.
pub const SCORED: i16 = 0;
/// Its bank is not known (yet).
pub const QUARANTINED: i16 = 1;

/// Level columns: see the head of the migration.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = attempts)]
pub struct AttemptLevels {
    pub overall_level: i16,
    pub level_1: i16,
    pub level_2: i16,
    pub level_3: i16,
    pub level_4: i16,
    pub level_5: i16,
    pub level_6: i16,
    pub level_7: i16,
    pub level_8: i16,
    pub level_9: i16,
}

impl AttemptLevels {
    pub fn new(
        overall_level: i16,
        [level_1, level_2, level_3, level_4, level_5, level_6, level_7, level_8, level_9]: [i16; 9],
    ) -> Self {
        Self { overall_level, level_1, level_2, level_3, level_4, level_5, level_6, level_7, level_8, level_9 }
    }
}

/// Stores a draft unless one of the same or a higher revision is there; true where it was stored.
pub fn put_draft(db: &mut Db, draft: &DraftRow) -> Result<bool, Error> {
    let upsert =
        diesel::insert_into(drafts::table).values(draft).on_conflict((drafts::citizen_id, drafts::id)).do_update().set(
            (
                drafts::revision.eq(excluded(drafts::revision)),
                drafts::body.eq(excluded(drafts::body)),
                drafts::updated_at.eq(excluded(drafts::updated_at)),
            ),
        );
    let upsert = diesel::query_dsl::methods::FilterDsl::filter(upsert, drafts::revision.lt(excluded(drafts::revision)));
    let stored = each!(db, |c| upsert.execute(c))?;
    Ok(stored == 1)
}

pub fn find_draft(db: &mut Db, citizen_id: Uuid, id: Uuid) -> Result<Option<DraftRow>, Error> {
    let query = drafts::table.find((Key(citizen_id), Key(id)));
    Ok(each!(db, |c| query.select(DraftRow::as_select()).first(c).optional())?)
}

/// Which of the citizens' drafts are among the given ids.
pub fn drafts_among(db: &mut Db, citizen_ids: &[Key], ids: &[Key]) -> Result<Vec<(Key, Key)>, Error> {
    let query = drafts::table.filter(drafts::citizen_id.eq_any(citizen_ids)).filter(drafts::id.eq_any(ids));
    Ok(each!(db, |c| query.select((drafts::citizen_id, drafts::id)).load(c))?)
}

pub fn delete_draft(db: &mut Db, citizen_id: Uuid, id: Uuid) -> Result<(), Error> {
    each!(db, |c| diesel::delete(drafts::table.find((Key(citizen_id), Key(id)))).execute(c))?;
    Ok(())
}

/// Drafts that nobody touched since `before` lapse; answers how many.
pub fn delete_drafts_before(db: &mut Db, before: Timestamp) -> Result<usize, Error> {
    let lapsed = drafts::table.filter(drafts::updated_at.lt(Instant(before)));
    Ok(each!(db, |c| diesel::delete(lapsed).execute(c))?)
}

/// Adds attempts, and answers (citizen, id) of those that were not there already.
pub fn insert_all(db: &mut Db, rows: &[AttemptRow]) -> Result<Vec<(Key, Key)>, Error> {
    let insert = || diesel::insert_into(attempts::table);
    match db {
        Db::Postgres(connection) => {
            let ids = (attempts::citizen_id, attempts::id);
            Ok(insert().values(rows).on_conflict_do_nothing().returning(ids).get_results(&mut **connection)?)
        }
        // diesel takes a row that SQLite does not return for an error, so here they go one by one.
        Db::Sqlite(connection) => {
            let mut inserted = Vec::new();
            for row in rows {
                if insert().values(row).on_conflict_do_nothing().execute(&mut **connection)? == 1 {
                    inserted.push((row.citizen_id, row.id));
                }
            }
            Ok(inserted)
        }
    }
}

/// Attempts that wait for one of the given banks, the oldest first, at most `limit`.
pub fn quarantined(db: &mut Db, bank_versions: &[&str], limit: i64) -> Result<Vec<AttemptRow>, Error> {
    // Word for word as in the partial index, or the planner passes it over.
    let waiting = diesel::dsl::sql::<diesel::sql_types::Bool>("state = 1");
    let query = attempts::table.filter(waiting).filter(attempts::bank_version.eq_any(bank_versions));
    let ordered = query.order((attempts::received_at, attempts::id)).limit(limit);
    Ok(each!(db, |c| ordered.select(AttemptRow::as_select()).load(c))?)
}

/// Writes what scoring an attempt came to.
pub fn put_score(db: &mut Db, row: &AttemptRow) -> Result<(), Error> {
    let attempt = attempts::table.find((row.citizen_id, row.id));
    let set =
        (attempts::state.eq(row.state), attempts::flags.eq(row.flags), attempts::answers.eq(&row.answers), row.levels);
    each!(db, |c| diesel::update(attempt).set(set).execute(c))?;
    Ok(())
}

pub fn find(db: &mut Db, citizen_id: Uuid, id: Uuid) -> Result<Option<AttemptRow>, Error> {
    let query = attempts::table.find((Key(citizen_id), Key(id)));
    Ok(each!(db, |c| query.select(AttemptRow::as_select()).first(c).optional())?)
}

/// The citizen's drafts in the order of their ids, behind `after`, at most `limit`.
pub fn drafts_of(db: &mut Db, citizen_id: Uuid, after: Option<Uuid>, limit: i64) -> Result<Vec<DraftRow>, Error> {
    let query = drafts::table
        .filter(drafts::citizen_id.eq(Key(citizen_id)))
        .filter(drafts::id.gt(Key(after.unwrap_or_else(Uuid::nil))))
        .order(drafts::id)
        .limit(limit);
    Ok(each!(db, |c| query.select(DraftRow::as_select()).load(c))?)
}

/// The citizen's submitted attempts, the last taken first, behind `after` (taken at, id), at most `limit`.
pub fn list(
    db: &mut Db,
    citizen_id: Uuid,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<AttemptRow>, Error> {
    Ok(each!(db, |c| {
        let mut query = attempts::table.select(AttemptRow::as_select()).into_boxed();
        query = query.filter(attempts::citizen_id.eq(Key(citizen_id)));
        if let Some((taken_at, id)) = after {
            let earlier = attempts::taken_at.lt(Instant(taken_at));
            let same = attempts::taken_at.eq(Instant(taken_at)).and(attempts::id.lt(Key(id)));
            query = query.filter(earlier.or(same));
        }
        query.order((attempts::taken_at.desc(), attempts::id.desc())).limit(limit).load(c)
    })?)
}
