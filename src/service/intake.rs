//! Where submissions become durable: many in one transaction, each answered when it is on disk.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::attempts::require_consent;
use super::{Error, profiles};
use crate::domain::consent::Consents;
use crate::domain::profile::{Estimates, choose_current};
use crate::domain::refusal::{Refusal, Refused};
use crate::store::accounts::AccountRow;
use crate::store::attempts::AttemptRow;
use crate::store::columns::{Instant, Key};
use crate::store::journal::{self, Entry, Event};
use crate::store::profiles::{CurrentProfileRow, ProfileRow};
use crate::store::writer::Writer;
use crate::store::{self, Db, Store};

/// A submission that was checked and scored.
pub struct Submitted {
    /// Where the person lives is filled in by the transaction.
    pub attempt: AttemptRow,
    /// `None` for one that could not be scored.
    pub profile: Option<ProfileRow>,
    pub entry: Entry,
}

/// What became of a submission.
pub enum Kept {
    New(Box<Submitted>),
    /// The citizen had submitted an attempt of this id before; it may have other content.
    Before(Box<AttemptRow>),
}

/// A submission, and whom to tell when it is on disk.
struct Job {
    submitted: Submitted,
    reply: Box<dyn FnOnce(Result<Kept, Error>) + Send>,
}

/// The way in for submissions.
pub struct Intake {
    writer: Writer<Job>,
}

/// How long a phone waits before it comes back to a full queue, in seconds.
const FULL_RETRY_SECONDS: u32 = 2;

impl Intake {
    /// # Errors
    /// Where the machine gives no thread.
    pub fn start(store: Arc<Store>) -> std::io::Result<Self> {
        Ok(Self { writer: Writer::start(move |jobs| commit(&store, jobs))? })
    }

    /// Queues a submission; `reply` is called once, after COMMIT, on the writer's thread.
    ///
    /// # Errors
    /// `unavailable` where the queue is full.
    pub fn put(
        &self,
        submitted: Submitted,
        reply: impl FnOnce(Result<Kept, Error>) + Send + 'static,
    ) -> Result<(), Error> {
        let full = |_| Refused::retry_after(Refusal::Unavailable, FULL_RETRY_SECONDS).into();
        self.writer.send(Job { submitted, reply: Box::new(reply) }).map_err(full)
    }
}

/// Writes a batch in one transaction. Where that fails each job gets a transaction of its own, so that a bad one hurts
/// nobody else; where the database is away all are told at once.
fn commit(store: &Store, jobs: Vec<Job>) {
    let (submissions, replies): (Vec<_>, Vec<_>) = jobs.into_iter().map(|job| (job.submitted, job.reply)).unzip();
    let outcomes = match store.write_unjournalled(|db| keep_all(db, &submissions)) {
        Ok(outcomes) => outcomes,
        Err(Error::Store(store::Error::Unavailable(message))) => {
            let unavailable = || Err(Error::Store(store::Error::Unavailable(message.clone())));
            submissions.iter().map(|_| unavailable()).collect()
        }
        Err(error) if submissions.len() == 1 => vec![Err(error)],
        Err(_) => submissions.iter().map(|one| keep_one(store, one)).collect(),
    };
    for ((submitted, reply), outcome) in submissions.into_iter().zip(replies).zip(outcomes) {
        reply(outcome.map(|fate| match fate {
            Fate::New(place) => Kept::New(Box::new(submitted.placed(place))),
            Fate::Before(row) => Kept::Before(row),
        }));
    }
}

fn keep_one(store: &Store, submitted: &Submitted) -> Result<Fate, Error> {
    let mut outcomes = store.write_unjournalled(|db| keep_all(db, std::slice::from_ref(submitted)))?;
    outcomes.pop().unwrap_or(Err(Error::Broken("a submission without an outcome")))
}

/// Where a person lives.
#[derive(Clone)]
struct Place {
    area_code: Option<String>,
    hamlet_code: Option<String>,
}

enum Fate {
    New(Place),
    Before(Box<AttemptRow>),
}

impl Submitted {
    fn placed(mut self, place: Place) -> Self {
        self.attempt.area_code = place.area_code;
        self.attempt.hamlet_code = place.hamlet_code;
        self
    }

    fn key(&self) -> (Key, Key) {
        (self.attempt.citizen_id, self.attempt.id)
    }
}

/// Keeps a batch: one answer for each submission, in their order.
fn keep_all(db: &mut Db, batch: &[Submitted]) -> Result<Vec<Result<Fate, Error>>, Error> {
    let accounts = hold_accounts(db, batch.iter().map(|one| one.attempt.citizen_id))?;
    let mut seen = HashSet::new();
    let admitted = batch.iter().filter(|one| admit(&accounts, one).is_ok());
    // Of two with one id the first counts.
    let firsts: Vec<_> = admitted.filter(|one| seen.insert(one.key())).collect();
    let mut fresh = insert_attempts(db, &accounts, &firsts)?;
    let new: Vec<_> = firsts.into_iter().filter(|one| fresh.contains(&one.key())).collect();
    if !new.is_empty() {
        delete_drafts(db, &new)?;
        let profiles: Vec<_> = new.iter().filter_map(|one| one.profile.clone()).collect();
        insert_profiles(db, &accounts, &profiles)?;
        write_journal(db, &accounts, &new)?;
    }
    batch.iter().map(|one| fate(db, &accounts, &mut fresh, one)).collect()
}

pub(super) type Accounts = HashMap<Key, AccountRow>;

/// The accounts of citizens, held until the transaction ends.
pub(super) fn hold_accounts(db: &mut Db, citizens: impl IntoIterator<Item = Key>) -> Result<Accounts, Error> {
    let ids: HashSet<_> = citizens.into_iter().collect();
    let accounts = store::accounts::find_and_hold_all(db, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(accounts.into_iter().map(|account| (account.id, account)).collect())
}

/// The account of a submission; it must still be there and consent.
fn admit<'a>(accounts: &'a Accounts, submitted: &Submitted) -> Result<&'a AccountRow, Refusal> {
    let account = accounts.get(&submitted.attempt.citizen_id).ok_or(Refusal::SessionEnded)?;
    require_consent(Consents(account.consents))?;
    Ok(account)
}

fn place(account: &AccountRow) -> Place {
    Place { area_code: account.area_code.clone(), hamlet_code: account.hamlet_code.clone() }
}

/// Inserts the attempts that are not there, each with the place where its citizen lives, and answers which those were.
fn insert_attempts(db: &mut Db, accounts: &Accounts, firsts: &[&Submitted]) -> Result<HashSet<(Key, Key)>, Error> {
    let rows = firsts.iter().filter_map(|one| {
        let place = place(accounts.get(&one.attempt.citizen_id)?);
        Some(AttemptRow { area_code: place.area_code, hamlet_code: place.hamlet_code, ..one.attempt.clone() })
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(store::attempts::insert_all(db, &rows)?.into_iter().collect())
}

/// Takes away the drafts that the submissions complete.
fn delete_drafts(db: &mut Db, new: &[&Submitted]) -> Result<(), Error> {
    let (citizens, ids): (Vec<_>, Vec<_>) = new.iter().map(|one| one.key()).unzip();
    let done: HashSet<_> = citizens.iter().copied().zip(ids.iter().copied()).collect();
    let found = store::attempts::drafts_among(db, &citizens, &ids)?;
    for (citizen_id, id) in found.into_iter().filter(|key| done.contains(key)) {
        store::attempts::delete_draft(db, citizen_id.0, id.0)?;
    }
    Ok(())
}

/// Adds the profiles and chooses each citizen's current one anew from all they have, so that the order of arrival does not
/// matter.
pub(super) fn insert_profiles(db: &mut Db, accounts: &Accounts, profiles: &[ProfileRow]) -> Result<(), Error> {
    if profiles.is_empty() {
        return Ok(());
    }
    store::profiles::insert_all(db, profiles)?;
    let citizens: HashSet<_> = profiles.iter().map(|profile| profile.citizen_id).collect();
    let mut histories: HashMap<Key, Vec<ProfileRow>> = HashMap::new();
    for row in store::profiles::all_of(db, &citizens.into_iter().collect::<Vec<_>>())? {
        histories.entry(row.citizen_id).or_default().push(row);
    }
    let current = histories.iter().filter_map(|(citizen, rows)| Some(current_profile(accounts.get(citizen)?, rows)));
    store::profiles::put_current(db, &current.collect::<Result<Vec<_>, _>>()?)?;
    Ok(())
}

fn current_profile(account: &AccountRow, rows: &[ProfileRow]) -> Result<CurrentProfileRow, Error> {
    let candidates = rows.iter().filter_map(profiles::candidate).collect();
    let current = choose_current(candidates).ok_or(Error::Broken("no profile to choose from"))?;
    let estimates_of = |id| {
        let row = rows.iter().find(|row| row.id.0 == id);
        row.and_then(|row| Estimates::from_bytes(&row.estimates)).ok_or(Error::Broken("estimates cannot be read"))
    };
    let overall = estimates_of(current.overall.profile_id)?;
    let bands = estimates_of(current.bands.profile_id)?;
    let [level_1, level_2, level_3, level_4, level_5, level_6, level_7, level_8, level_9] = bands.level_columns().0;
    Ok(CurrentProfileRow {
        citizen_id: account.id,
        overall_profile_id: Key(current.overall.profile_id),
        bands_profile_id: Key(current.bands.profile_id),
        taken_at: Instant(current.overall.taken_at),
        mode: current.overall.mode.number(),
        area_code: account.area_code.clone(),
        hamlet_code: account.hamlet_code.clone(),
        sex: account.sex.clone(),
        birth_year: account.birth_year,
        consents: account.consents,
        overall_level: overall.level_columns().1,
        level_1,
        level_2,
        level_3,
        level_4,
        level_5,
        level_6,
        level_7,
        level_8,
        level_9,
    })
}

fn write_journal(db: &mut Db, accounts: &Accounts, new: &[&Submitted]) -> Result<(), Error> {
    let event = |one: &&Submitted| {
        let attempt = &one.attempt;
        let area_code = accounts.get(&attempt.citizen_id).and_then(|account| account.area_code.as_deref());
        Event::new("attempt.submitted", attempt.id.0)
            .about(attempt.citizen_id.0)
            .in_area(area_code)
            .with_detail(serde_json::json!({ "bank_version": attempt.bank_version, "form_id": attempt.form_id }))
    };
    let events: Vec<_> = new.iter().map(event).collect();
    let lines: Vec<_> = new.iter().map(|one| &one.entry).zip(&events).collect();
    Ok(journal::append(db, &lines)?)
}

/// What became of one submission; the first of several with one id takes the place in `fresh`.
fn fate(
    db: &mut Db,
    accounts: &Accounts,
    fresh: &mut HashSet<(Key, Key)>,
    one: &Submitted,
) -> Result<Result<Fate, Error>, Error> {
    let account = match admit(accounts, one) {
        Ok(account) => account,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    if fresh.remove(&one.key()) {
        return Ok(Ok(Fate::New(place(account))));
    }
    let row = store::attempts::find(db, one.attempt.citizen_id.0, one.attempt.id.0)?;
    Ok(row.map(|row| Fate::Before(Box::new(row))).ok_or(Error::Broken("an attempt vanished")))
}
