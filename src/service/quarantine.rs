//! Attempts taken on a bank that was not known when they came: scored once it is.

use super::attempts::{check, score_into, unpack};
use super::{Desk, Error, intake};
use crate::domain::attempt::Flag;
use crate::domain::time::Timestamp;
use crate::store::attempts::{AttemptRow, SCORED};
use crate::store::journal::{Entry, Event};
use crate::store::{self, Store};

/// Attempts looked at in one go.
const AT_ONCE: i64 = 500;

/// Scores what can be scored by now; answers how many. An attempt that does not fit its bank stays where it is.
///
/// # Errors
/// Where the database fails.
pub fn release(desk: &Desk, now: Timestamp) -> Result<usize, Error> {
    let versions = desk.library.versions();
    let rows = desk.store.read(|db| store::attempts::quarantined(db, &versions, AT_ONCE))?;
    let outcomes = rows.into_iter().map(|row| release_one(desk, row, now));
    outcomes.map(|outcome| outcome.map(usize::from)).sum()
}

fn release_one(desk: &Desk, mut row: AttemptRow, now: Timestamp) -> Result<bool, Error> {
    let Some(edition) = desk.library.find(&row.bank_version) else { return Ok(false) };
    let answers = unpack(desk, &row)?;
    if check(edition, &row.form_id, &answers).is_err() {
        return Ok(false);
    }
    row.state = SCORED;
    row.flags &= !Flag::UnknownBank.bit();
    let profile = score_into(&mut row, edition, &answers, now)?;
    keep(&desk.store, &row, profile, now)?;
    Ok(true)
}

fn keep(store: &Store, row: &AttemptRow, profile: store::profiles::ProfileRow, now: Timestamp) -> Result<(), Error> {
    let entry = Entry { at: now, actor: None, request_id: "housekeeping".to_owned() };
    store.write(&entry, |db| {
        let accounts = intake::hold_accounts(db, [row.citizen_id])?;
        store::attempts::put_score(db, row)?;
        intake::insert_profiles(db, &accounts, &[profile])?;
        let event = Event::new("attempt.released", row.id.0).about(row.citizen_id.0).in_area(row.area_code.as_deref());
        Ok(((), event))
    })
}
