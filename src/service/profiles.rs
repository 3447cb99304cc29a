//! A citizen's skill profile: today's, and each one before it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::items::Edition;
use super::{Desk, Error, Page};
use crate::domain::answers;
use crate::domain::attempt::{Answer, Flag, Mode};
use crate::domain::bank::Resource;
use crate::domain::competency::Competency;
use crate::domain::measurement::Band;
use crate::domain::profile::{Candidate, Estimates};
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::store::attempts::AttemptRow;
use crate::store::profiles::ProfileRow;
use crate::store::{self, Db};

/// A profile with all that is shown of it.
pub struct Profile {
    pub id: Uuid,
    pub attempt_id: Uuid,
    pub taken_at: Timestamp,
    pub model_version: String,
    pub bank_version: String,
    pub form_id: String,
    pub mode: Mode,
    pub flags: Vec<Flag>,
    pub estimates: Estimates,
    /// The attempt that the bands come from, where it is not the one above: a later one moved the overall level alone.
    pub bands_attempt_id: Option<Uuid>,
    pub next_steps: Vec<NextStep>,
}

/// What to learn next.
pub struct NextStep {
    pub competency: Competency,
    pub band: Band,
    /// `a` to `e`, those in which most was left open first.
    pub sub_skills: Vec<String>,
    pub resources: Vec<Resource>,
}

/// Resources named for one next step.
const RESOURCES_SHOWN: usize = 2;

/// Today's profile.
///
/// # Errors
/// `not-found` before the first scored attempt.
pub fn current(desk: &Desk, citizen_id: Uuid) -> Result<Profile, Error> {
    desk.store.read(|db| {
        let current = store::profiles::current(db, citizen_id)?.ok_or(Refusal::NotFound)?;
        let overall = get_row(db, citizen_id, current.overall_profile_id.0)?;
        if current.bands_profile_id == current.overall_profile_id {
            return view(desk, db, overall);
        }
        let bands = get_row(db, citizen_id, current.bands_profile_id.0)?;
        let (overall, bands) = (view(desk, db, overall)?, view(desk, db, bands)?);
        let estimates = Estimates { competencies: bands.estimates.competencies, overall: overall.estimates.overall };
        Ok(Profile { estimates, bands_attempt_id: Some(bands.attempt_id), next_steps: bands.next_steps, ..overall })
    })
}

/// One profile of the citizen's own.
///
/// # Errors
/// `not-found`.
pub fn get(desk: &Desk, citizen_id: Uuid, id: Uuid) -> Result<Profile, Error> {
    desk.store.read(|db| {
        let row = get_row(db, citizen_id, id)?;
        view(desk, db, row)
    })
}

fn get_row(db: &mut Db, citizen_id: Uuid, id: Uuid) -> Result<ProfileRow, Error> {
    store::profiles::find(db, citizen_id, id)?.ok_or_else(|| Refusal::NotFound.into())
}

/// Every profile of the citizen, the last taken first.
///
/// # Errors
/// Where the database fails.
pub fn list(
    desk: &Desk,
    citizen_id: Uuid,
    after: Option<(Timestamp, Uuid)>,
    limit: usize,
) -> Result<Page<Profile>, Error> {
    desk.store.read(|db| {
        let mut rows = store::profiles::list(db, citizen_id, after, limit as i64 + 1)?;
        let is_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| is_more).map(|last| super::cursor(last.taken_at.0, last.id.0));
        let items = rows.into_iter().map(|row| view(desk, db, row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    })
}

fn view(desk: &Desk, db: &mut Db, row: ProfileRow) -> Result<Profile, Error> {
    let attempt = store::attempts::find(db, row.citizen_id.0, row.attempt_id.0)?;
    let attempt = attempt.ok_or(Error::Broken("a profile without its attempt"))?;
    let edition = desk.library.find(&attempt.bank_version).ok_or(Error::Broken("a profile of an unknown bank"))?;
    let answers =
        answers::unpack(&attempt.answers, &edition.bank.items).ok_or(Error::Broken("answers cannot be read"))?;
    assemble(edition, &row, &attempt, &answers)
}

/// Puts a profile together from its row, the attempt it scores and that attempt's answers.
pub(super) fn assemble(
    edition: &Edition,
    row: &ProfileRow,
    attempt: &AttemptRow,
    answers: &[Answer],
) -> Result<Profile, Error> {
    let estimates = Estimates::from_bytes(&row.estimates).ok_or(Error::Broken("estimates cannot be read"))?;
    let next_steps = estimates.next_steps().into_iter().map(|competency| {
        let band = estimates.competencies[competency.index()].level;
        let sub_skills = open_sub_skills(edition, competency, answers);
        let resources =
            edition.resources(competency, band, &sub_skills).into_iter().take(RESOURCES_SHOWN).cloned().collect();
        NextStep { competency, band, sub_skills, resources }
    });
    Ok(Profile {
        id: row.id.0,
        attempt_id: row.attempt_id.0,
        taken_at: row.taken_at.0,
        model_version: row.model_version.clone(),
        bank_version: attempt.bank_version.clone(),
        form_id: attempt.form_id.clone(),
        mode: Mode::from_number(row.mode).ok_or(Error::Broken("a mode cannot be read"))?,
        flags: Flag::from_bits(attempt.flags),
        next_steps: next_steps.collect(),
        estimates,
        bands_attempt_id: None,
    })
}

/// Sub-skills of a competency in which the answers left something open, the most first.
fn open_sub_skills(edition: &Edition, competency: Competency, answers: &[Answer]) -> Vec<String> {
    let mut missed: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for answer in answers {
        let Some(item) = edition.item(&answer.item).filter(|item| item.competency == competency) else { continue };
        let chosen = item.options.iter().find(|option| Some(option.id.as_str()) == answer.choice.as_deref());
        let (points_missed, asked) = missed.entry(&item.sub_skill).or_default();
        *points_missed += 2 - u32::from(chosen.map_or(0, |option| option.score.min(2)));
        *asked += 1;
    }
    let mut open: Vec<_> = missed.into_iter().filter(|(_, (points_missed, _))| *points_missed > 0).collect();
    // Shares compared crosswise: a/b > c/d exactly when a·d > c·b.
    open.sort_by(|(_, (left, left_asked)), (_, (right, right_asked))| (right * left_asked).cmp(&(left * right_asked)));
    open.into_iter().map(|(sub_skill, _)| sub_skill.to_owned()).collect()
}

/// What decides whether a profile is the current one.
pub(super) fn candidate(row: &ProfileRow) -> Option<Candidate> {
    Some(Candidate {
        profile_id: row.id.0,
        attempt_id: row.attempt_id.0,
        taken_at: row.taken_at.0,
        mode: Mode::from_number(row.mode)?,
        answered: row.answered,
        partial: row.partial,
    })
}
