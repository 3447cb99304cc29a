//! Profiles, which are only ever added, and the one that stands for a citizen today.

use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use super::columns::{Instant, Key};
use super::db::{Db, each};
use super::error::Error;
use super::schema::{current_profiles, profiles};
use crate::domain::time::Timestamp;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = profiles, treat_none_as_default_value = false)]
pub struct ProfileRow {
    pub citizen_id: Key,
    pub id: Key,
    pub attempt_id: Key,
    pub model_version: String,
    pub taken_at: Instant,
    pub mode: i16,
    pub answered: i16,
    pub partial: bool,
    pub estimates: Vec<u8>,
    pub created_at: Instant,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = current_profiles, treat_none_as_default_value = false)]
pub struct CurrentProfileRow {
    pub citizen_id: Key,
    pub overall_profile_id: Key,
    pub bands_profile_id: Key,
    pub taken_at: Instant,
    pub mode: i16,
    pub area_code: Option<String>,
    pub hamlet_code: Option<String>,
    pub sex: Option<String>,
    pub birth_year: Option<i16>,
    pub consents: i16,
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

/// Adds profiles; one of the same id (attempt and model) is left as it is.
pub fn insert_all(db: &mut Db, rows: &[ProfileRow]) -> Result<(), Error> {
    let insert = diesel::insert_into(profiles::table).values(rows);
    each!(db, |c| insert.on_conflict_do_nothing().execute(c))?;
    Ok(())
}

pub fn find(db: &mut Db, citizen_id: Uuid, id: Uuid) -> Result<Option<ProfileRow>, Error> {
    let query = profiles::table.find((Key(citizen_id), Key(id)));
    Ok(each!(db, |c| query.select(ProfileRow::as_select()).first(c).optional())?)
}

/// The profile that an attempt was answered with, when it was submitted.
pub fn first_of_attempt(db: &mut Db, citizen_id: Key, attempt_id: Key) -> Result<Option<ProfileRow>, Error> {
    let query = profiles::table.filter(profiles::citizen_id.eq(citizen_id)).filter(profiles::attempt_id.eq(attempt_id));
    let ordered = query.order((profiles::created_at, profiles::id));
    Ok(each!(db, |c| ordered.select(ProfileRow::as_select()).first(c).optional())?)
}

/// Every profile of some citizens.
pub fn all_of(db: &mut Db, citizen_ids: &[Key]) -> Result<Vec<ProfileRow>, Error> {
    let query = profiles::table.filter(profiles::citizen_id.eq_any(citizen_ids));
    Ok(each!(db, |c| query.select(ProfileRow::as_select()).load(c))?)
}

/// A citizen's profiles, the last taken first, behind `after` (taken at, id), at most `limit`.
pub fn list(
    db: &mut Db,
    citizen_id: Uuid,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<ProfileRow>, Error> {
    Ok(each!(db, |c| {
        let mut query = profiles::table.select(ProfileRow::as_select()).into_boxed();
        query = query.filter(profiles::citizen_id.eq(Key(citizen_id)));
        if let Some((taken_at, id)) = after {
            let earlier = profiles::taken_at.lt(Instant(taken_at));
            let same = profiles::taken_at.eq(Instant(taken_at)).and(profiles::id.lt(Key(id)));
            query = query.filter(earlier.or(same));
        }
        query.order((profiles::taken_at.desc(), profiles::id.desc())).limit(limit).load(c)
    })?)
}

pub fn current(db: &mut Db, citizen_id: Uuid) -> Result<Option<CurrentProfileRow>, Error> {
    let query = current_profiles::table.find(Key(citizen_id));
    Ok(each!(db, |c| query.select(CurrentProfileRow::as_select()).first(c).optional())?)
}

/// Puts the current profiles of citizens, one row each, in place of those they had.
pub fn put_current(db: &mut Db, rows: &[CurrentProfileRow]) -> Result<(), Error> {
    each!(db, |c| diesel::insert_into(current_profiles::table)
        .values(rows)
        .on_conflict(current_profiles::citizen_id)
        .do_update()
        .set((
            current_profiles::overall_profile_id.eq(excluded(current_profiles::overall_profile_id)),
            current_profiles::bands_profile_id.eq(excluded(current_profiles::bands_profile_id)),
            current_profiles::taken_at.eq(excluded(current_profiles::taken_at)),
            current_profiles::mode.eq(excluded(current_profiles::mode)),
            current_profiles::area_code.eq(excluded(current_profiles::area_code)),
            current_profiles::hamlet_code.eq(excluded(current_profiles::hamlet_code)),
            current_profiles::sex.eq(excluded(current_profiles::sex)),
            current_profiles::birth_year.eq(excluded(current_profiles::birth_year)),
            current_profiles::consents.eq(excluded(current_profiles::consents)),
            current_profiles::overall_level.eq(excluded(current_profiles::overall_level)),
            current_profiles::level_1.eq(excluded(current_profiles::level_1)),
            current_profiles::level_2.eq(excluded(current_profiles::level_2)),
            current_profiles::level_3.eq(excluded(current_profiles::level_3)),
            current_profiles::level_4.eq(excluded(current_profiles::level_4)),
            current_profiles::level_5.eq(excluded(current_profiles::level_5)),
            current_profiles::level_6.eq(excluded(current_profiles::level_6)),
            current_profiles::level_7.eq(excluded(current_profiles::level_7)),
            current_profiles::level_8.eq(excluded(current_profiles::level_8)),
            current_profiles::level_9.eq(excluded(current_profiles::level_9)),
        ))
        .execute(c))?;
    Ok(())
}
