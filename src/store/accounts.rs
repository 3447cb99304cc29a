//! Accounts, their consents and grants, the throttle of their sign-ins, and the first administrator's set-up code.

use diesel::prelude::*;
use uuid::Uuid;

use super::columns::{Instant, Key};
use super::db::{Db, each};
use super::error::Error;
use super::schema::{accounts, consent_events, consent_texts, grants, login_throttles, setup_codes};
use crate::domain::consent::ConsentText;
use crate::domain::time::Timestamp;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
pub struct AccountRow {
    pub id: Key,
    pub citizen_code: String,
    pub login_phone: Option<String>,
    pub contact_phone: Option<String>,
    pub display_name: String,
    pub name_folded: String,
    pub name_sort_key: Vec<u8>,
    pub birth_year: Option<i16>,
    pub birth_month: Option<i16>,
    pub birth_day: Option<i16>,
    pub sex: Option<String>,
    pub area_code: Option<String>,
    pub hamlet_code: Option<String>,
    pub hamlet_confirmed: bool,
    pub language: String,
    pub password_hash: Option<String>,
    pub state: String,
    pub consents: i16,
    pub enrolled_by: Option<Key>,
    pub created_at: Instant,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = consent_events, treat_none_as_default_value = false)]
pub struct ConsentEventRow {
    pub id: Key,
    pub account_id: Key,
    pub purpose: String,
    pub granted: bool,
    pub text_version: String,
    pub text_language: String,
    pub text_sha256: Vec<u8>,
    pub method: String,
    pub assisted_by: Option<Key>,
    pub decided_at: Instant,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
pub struct GrantRow {
    pub id: Key,
    pub account_id: Key,
    pub role: String,
    pub area_code: Option<String>,
    pub valid_from: Instant,
    pub valid_to: Option<Instant>,
    pub granted_by: Option<Key>,
    pub created_at: Instant,
}

/// # Errors
/// [`Error::Duplicate`] where the id, the citizen code or the login number is taken.
pub fn insert(db: &mut Db, account: &AccountRow) -> Result<(), Error> {
    each!(db, |c| diesel::insert_into(accounts::table).values(account).execute(c))?;
    Ok(())
}

pub fn find(db: &mut Db, id: Uuid) -> Result<Option<AccountRow>, Error> {
    Ok(each!(db, |c| accounts::table.find(Key(id)).select(AccountRow::as_select()).first(c).optional())?)
}

/// The accounts of the given ids, held until the transaction ends, so that two writes for one person queue. In the order
/// of ids, in which every transaction takes them, so that two never wait for each other.
pub fn find_and_hold_all(db: &mut Db, ids: &[Key]) -> Result<Vec<AccountRow>, Error> {
    let wanted = accounts::table.filter(accounts::id.eq_any(ids));
    if let Db::Postgres(connection) = db {
        return Ok(wanted
            .order(accounts::id)
            .select(AccountRow::as_select())
            .for_no_key_update()
            .load(&mut **connection)?);
    }
    // SQLite has one writer, and a transaction of ours is it from the start.
    Ok(each!(db, |c| wanted.select(AccountRow::as_select()).load(c))?)
}

/// As [`find`], and holds the account until the transaction ends.
pub fn find_and_hold(db: &mut Db, id: Uuid) -> Result<Option<AccountRow>, Error> {
    Ok(find_and_hold_all(db, &[Key(id)])?.pop())
}

pub fn find_by_login_phone(db: &mut Db, e164: &str) -> Result<Option<AccountRow>, Error> {
    let query = accounts::table.filter(accounts::login_phone.eq(e164));
    Ok(each!(db, |c| query.select(AccountRow::as_select()).first(c).optional())?)
}

pub fn find_by_citizen_code(db: &mut Db, code: &str) -> Result<Option<AccountRow>, Error> {
    let query = accounts::table.filter(accounts::citizen_code.eq(code));
    Ok(each!(db, |c| query.select(AccountRow::as_select()).first(c).optional())?)
}

/// The account's state and consent bits, for every request.
pub fn standing(db: &mut Db, id: Uuid) -> Result<Option<(String, i16)>, Error> {
    let query = accounts::table.find(Key(id)).select((accounts::state, accounts::consents));
    Ok(each!(db, |c| query.first(c).optional())?)
}

pub fn set_password_hash(db: &mut Db, id: Uuid, hash: &str) -> Result<(), Error> {
    let account = accounts::table.find(Key(id));
    each!(db, |c| diesel::update(account).set(accounts::password_hash.eq(hash)).execute(c))?;
    Ok(())
}

pub fn insert_consent_events(db: &mut Db, events: &[ConsentEventRow]) -> Result<(), Error> {
    each!(db, |c| diesel::insert_into(consent_events::table).values(events).execute(c))?;
    Ok(())
}

/// All decisions of an account, oldest first.
pub fn consent_events(db: &mut Db, account_id: Uuid) -> Result<Vec<ConsentEventRow>, Error> {
    let query = consent_events::table.filter(consent_events::account_id.eq(Key(account_id)));
    let ordered = query.order((consent_events::decided_at, consent_events::id));
    Ok(each!(db, |c| ordered.select(ConsentEventRow::as_select()).load(c))?)
}

pub fn insert_grant(db: &mut Db, grant: &GrantRow) -> Result<(), Error> {
    each!(db, |c| diesel::insert_into(grants::table).values(grant).execute(c))?;
    Ok(())
}

/// The grants of an account that hold at `now`.
pub fn grants_at(db: &mut Db, account_id: Uuid, now: Timestamp) -> Result<Vec<GrantRow>, Error> {
    let now = Instant(now);
    let query = grants::table
        .filter(grants::account_id.eq(Key(account_id)))
        .filter(grants::valid_from.le(now))
        .filter(grants::valid_to.is_null().or(grants::valid_to.gt(now)))
        .order((grants::created_at, grants::id));
    Ok(each!(db, |c| query.select(GrantRow::as_select()).load(c))?)
}

pub fn has_grant_of_role(db: &mut Db, role: &str) -> Result<bool, Error> {
    let query = grants::table.filter(grants::role.eq(role));
    Ok(each!(db, |c| diesel::select(diesel::dsl::exists(query)).get_result(c))?)
}

/// Failures of a login (by its pseudonym) and the instant of the last, held until the transaction ends, so that guesses made
/// at once are counted one by one.
pub fn hold_login_failures(db: &mut Db, subject_hash: &[u8], now: Timestamp) -> Result<(i32, Timestamp), Error> {
    let none = (
        login_throttles::subject_hash.eq(subject_hash),
        login_throttles::failures.eq(0),
        login_throttles::last_failure_at.eq(Instant(now)),
    );
    each!(db, |c| diesel::insert_into(login_throttles::table).values(none).on_conflict_do_nothing().execute(c))?;
    let columns = (login_throttles::failures, login_throttles::last_failure_at);
    let query = login_throttles::table.find(subject_hash).select(columns);
    let (failures, at): (i32, Instant) = match db {
        Db::Postgres(connection) => query.for_update().first(&mut **connection)?,
        Db::Sqlite(connection) => login_throttles::table.find(subject_hash).select(columns).first(&mut **connection)?,
    };
    Ok((failures, at.0))
}

pub fn put_login_failures(db: &mut Db, subject_hash: &[u8], failures: i32, at: Timestamp) -> Result<(), Error> {
    let set = (login_throttles::failures.eq(failures), login_throttles::last_failure_at.eq(Instant(at)));
    each!(db, |c| diesel::insert_into(login_throttles::table)
        .values((login_throttles::subject_hash.eq(subject_hash), set))
        .on_conflict(login_throttles::subject_hash)
        .do_update()
        .set(set)
        .execute(c))?;
    Ok(())
}

pub fn clear_login_failures(db: &mut Db, subject_hash: &[u8]) -> Result<(), Error> {
    each!(db, |c| diesel::delete(login_throttles::table.find(subject_hash)).execute(c))?;
    Ok(())
}

/// Forgets failures that no longer count.
pub fn forget_login_failures_before(db: &mut Db, before: Timestamp) -> Result<(), Error> {
    let forgotten = login_throttles::table.filter(login_throttles::last_failure_at.lt(Instant(before)));
    each!(db, |c| diesel::delete(forgotten).execute(c))?;
    Ok(())
}

/// Keeps a consent text for good; one that is there stays.
pub fn put_consent_text(db: &mut Db, text: &ConsentText, version: &str, now: Timestamp) -> Result<(), Error> {
    let row = (
        consent_texts::sha256.eq(text.sha256.as_slice()),
        consent_texts::purpose.eq(text.purpose.code()),
        consent_texts::version.eq(version),
        consent_texts::language.eq(text.language.tag()),
        consent_texts::text.eq(&text.text),
        consent_texts::in_force_from.eq(Instant(now)),
    );
    each!(db, |c| diesel::insert_into(consent_texts::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Replaces the set-up code; there is at most one.
pub fn put_setup_code(db: &mut Db, code_hash: &[u8], now: Timestamp) -> Result<(), Error> {
    let set = (setup_codes::code_hash.eq(code_hash), setup_codes::created_at.eq(Instant(now)));
    each!(db, |c| diesel::insert_into(setup_codes::table)
        .values((setup_codes::id.eq(1_i16), set))
        .on_conflict(setup_codes::id)
        .do_update()
        .set(set)
        .execute(c))?;
    Ok(())
}

/// Takes the set-up code away if it is the one given: true for exactly one caller.
pub fn take_setup_code(db: &mut Db, code_hash: &[u8]) -> Result<bool, Error> {
    let code = setup_codes::table.filter(setup_codes::code_hash.eq(code_hash));
    Ok(each!(db, |c| diesel::delete(code).execute(c))? == 1)
}
