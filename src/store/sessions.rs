//! Sessions (one a device) and the chain of refresh tokens of each, by hash.

use diesel::prelude::*;
use uuid::Uuid;

use super::columns::{Instant, Key};
use super::db::{Db, each};
use super::error::Error;
use super::schema::{refresh_tokens, sessions};
use crate::domain::time::Timestamp;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    pub id: Key,
    pub account_id: Key,
    pub device_name: String,
    pub device_mode: String,
    pub authenticated_at: Instant,
    pub last_used_at: Instant,
    pub idle_seconds: i64,
    pub expires_at: Instant,
    pub ended_at: Option<Instant>,
    pub end_reason: Option<String>,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
pub struct RefreshTokenRow {
    pub token_hash: Vec<u8>,
    pub session_id: Key,
    pub issued_at: Instant,
    pub used_at: Option<Instant>,
    pub successor_hash: Option<Vec<u8>>,
    pub revoked: bool,
}

pub fn insert(db: &mut Db, session: &SessionRow) -> Result<(), Error> {
    each!(db, |c| diesel::insert_into(sessions::table).values(session).execute(c))?;
    Ok(())
}

pub fn find(db: &mut Db, id: Uuid) -> Result<Option<SessionRow>, Error> {
    Ok(each!(db, |c| sessions::table.find(Key(id)).select(SessionRow::as_select()).first(c).optional())?)
}

/// Marks the session used and, in doing so, holds its row until the transaction ends: refreshes of one session queue here.
pub fn touch(db: &mut Db, id: Uuid, now: Timestamp) -> Result<SessionRow, Error> {
    let update = diesel::update(sessions::table.find(Key(id))).set(sessions::last_used_at.eq(Instant(now)));
    Ok(each!(db, |c| update.returning(SessionRow::as_returning()).get_result(c))?)
}

pub fn end(db: &mut Db, id: Uuid, now: Timestamp, reason: &str) -> Result<(), Error> {
    let open = sessions::table.filter(sessions::id.eq(Key(id)).and(sessions::ended_at.is_null()));
    let set = (sessions::ended_at.eq(Some(Instant(now))), sessions::end_reason.eq(Some(reason)));
    each!(db, |c| diesel::update(open).set(set).execute(c))?;
    Ok(())
}

pub fn insert_token(db: &mut Db, token: &RefreshTokenRow) -> Result<(), Error> {
    each!(db, |c| diesel::insert_into(refresh_tokens::table).values(token).execute(c))?;
    Ok(())
}

pub fn find_token(db: &mut Db, token_hash: &[u8]) -> Result<Option<RefreshTokenRow>, Error> {
    let query = refresh_tokens::table.find(token_hash);
    Ok(each!(db, |c| query.select(RefreshTokenRow::as_select()).first(c).optional())?)
}

pub fn mark_token_used(db: &mut Db, token_hash: &[u8], successor_hash: &[u8], now: Timestamp) -> Result<(), Error> {
    let set = (refresh_tokens::used_at.eq(Some(Instant(now))), refresh_tokens::successor_hash.eq(Some(successor_hash)));
    each!(db, |c| diesel::update(refresh_tokens::table.find(token_hash)).set(set).execute(c))?;
    Ok(())
}

pub fn revoke_token(db: &mut Db, token_hash: &[u8]) -> Result<(), Error> {
    let token = refresh_tokens::table.find(token_hash);
    each!(db, |c| diesel::update(token).set(refresh_tokens::revoked.eq(true)).execute(c))?;
    Ok(())
}

/// Forgets sessions that ended or expired before `before`, with their tokens; answers how many.
pub fn forget_ended_before(db: &mut Db, before: Timestamp) -> Result<usize, Error> {
    let before = Instant(before);
    let over = || sessions::table.filter(sessions::expires_at.lt(before).or(sessions::ended_at.lt(before)));
    let tokens = refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(over().select(sessions::id)));
    each!(db, |c| diesel::delete(tokens).execute(c))?;
    Ok(each!(db, |c| diesel::delete(over()).execute(c))?)
}
