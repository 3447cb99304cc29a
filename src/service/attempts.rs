//! Taking the quiz: drafts that grow, submissions that happen once however often they are sent.

use uuid::Uuid;

use super::items::{Edition, Scored};
use super::profiles::{self, Profile};
use super::sessions::Identity;
use super::{Context, Desk, Error, Page, cursor};
use crate::domain::answers;
use crate::domain::attempt::{self, Answer, Draft, Flag, Mode, Submission};
use crate::domain::consent::{Consents, Purpose};
use crate::domain::language::Language;
use crate::domain::profile::{Estimates, choose_current, profile_id};
use crate::domain::refusal::{Fault, Refusal, Refused};
use crate::domain::time::Timestamp;
use crate::store::accounts::AccountRow;
use crate::store::attempts::{AttemptLevels, AttemptRow, DraftRow};
use crate::store::columns::{Instant, Key};
use crate::store::journal::Event;
use crate::store::profiles::{CurrentProfileRow, ProfileRow};
use crate::store::{self, Db};

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    Draft,
    Scored,
    /// Taken on a bank version that this service does not know: kept, not scored.
    Quarantined,
}

const SCORED: i16 = 0;
const QUARANTINED: i16 = 1;

/// A draft or a submitted attempt, as its owner sees it.
pub struct Attempt {
    pub id: Uuid,
    pub state: AttemptState,
    pub revision: i64,
    pub form_id: String,
    pub bank_version: String,
    pub mode: Mode,
    pub supervised: bool,
    pub language: Language,
    pub campaign: Option<String>,
    pub area_code: Option<String>,
    pub hamlet_code: Option<String>,
    pub client_started_at: Option<Timestamp>,
    pub client_submitted_at: Option<Timestamp>,
    pub client_sent_at: Option<Timestamp>,
    pub received_at: Timestamp,
    /// `None` for a draft.
    pub taken_at: Option<Timestamp>,
    pub flags: Vec<Flag>,
    pub answers: Vec<Answer>,
}

/// What sending an attempt came to.
pub struct Delivered {
    pub attempt: Attempt,
    pub profile: Option<Profile>,
    /// False for a repeat and for a draft that was there already.
    pub is_new: bool,
}

/// Keeps a draft: the highest revision wins. After the submission the result is answered instead.
///
/// # Errors
/// `invalid-content` for unknown forms, items and options; `consent-withdrawn`.
pub fn save_draft(desk: &Desk, context: &Context, identity: &Identity, draft: &Draft) -> Result<Delivered, Error> {
    require_consent(identity)?;
    if let Some(edition) = desk.library.find(&draft.bank_version) {
        check(edition, &draft.form_id, &draft.answers)?;
    }
    let citizen_id = identity.account_id;
    let mut is_new = false;
    let submitted = desk.store.write_unjournalled(|db| {
        if let Some(row) = store::attempts::find(db, citizen_id, draft.id)? {
            return Ok(Some(row));
        }
        let account = hold_account(db, citizen_id)?;
        is_new = store::attempts::find_draft(db, citizen_id, draft.id)?.is_none();
        let row = DraftRow {
            citizen_id: Key(citizen_id),
            id: Key(draft.id),
            revision: draft.revision,
            body: serde_json::to_string(draft).map_err(|_| Error::Broken("a draft cannot be written"))?,
            area_code: account.area_code,
            hamlet_code: account.hamlet_code,
            updated_at: Instant(context.now),
        };
        store::attempts::put_draft(db, &row)?;
        Ok::<_, Error>(None)
    })?;
    if let Some(row) = submitted {
        return delivered(desk, row, false);
    }
    let kept = desk.store.read(|db| store::attempts::find_draft(db, citizen_id, draft.id))?;
    let attempt = from_draft(kept.ok_or(Error::Broken("a draft vanished"))?)?;
    Ok(Delivered { attempt, profile: None, is_new })
}

/// Takes a submission: checks, scores and keeps it with its profile, once.
///
/// # Errors
/// `content-conflict` where other content was submitted under the same id; otherwise as [`save_draft`].
pub fn submit(
    desk: &Desk,
    context: &Context,
    identity: &Identity,
    submission: &Submission,
) -> Result<Delivered, Error> {
    require_consent(identity)?;
    let known = desk.store.read(|db| store::attempts::find(db, identity.account_id, submission.id))?;
    if let Some(row) = known {
        return repeat(desk, row, submission);
    }
    if submission.answers.is_empty() {
        return Err(Refused::at("/answers", Fault::NoAnswers).into());
    }
    let mut row = attempt_row(context, identity, submission);
    let profile = match desk.library.find(&submission.bank_version) {
        Some(edition) => {
            check(edition, &submission.form_id, &submission.answers)?;
            Some(score_into(&mut row, edition, submission, context.now)?)
        }
        None => {
            row.state = QUARANTINED;
            row.flags |= Flag::UnknownBank.bit();
            row.answers = answers::keep_verbatim(&submission.answers);
            None
        }
    };
    let inserted = desk.store.write(&context.entry(), |db| keep(db, &mut row, profile.as_ref()))?;
    if inserted {
        return delivered(desk, row, true);
    }
    // The same attempt arrived twice at once; the other was quicker.
    let row = desk.store.read(|db| store::attempts::find(db, identity.account_id, submission.id))?;
    repeat(desk, row.ok_or(Error::Broken("an attempt vanished"))?, submission)
}

fn require_consent(identity: &Identity) -> Result<(), Error> {
    if identity.consents.has(Purpose::Profile) { Ok(()) } else { Err(Refusal::ConsentWithdrawn.into()) }
}

/// The citizen's account, held for this transaction; it must still consent.
fn hold_account(db: &mut Db, citizen_id: Uuid) -> Result<AccountRow, Error> {
    let account = store::accounts::find_and_hold(db, citizen_id)?.ok_or(Refusal::SessionEnded)?;
    if Consents(account.consents).has(Purpose::Profile) { Ok(account) } else { Err(Refusal::ConsentWithdrawn.into()) }
}

fn check(edition: &Edition, form_id: &str, answers: &[Answer]) -> Result<(), Error> {
    let form = attempt::scored_form(&edition.bank, form_id)?;
    let is_whole_bank = form.parts.is_empty();
    let find = |id: &str| edition.item(id).filter(|_| is_whole_bank || form.item_ids().any(|known| known == id));
    let faults = attempt::faults_of_answers(answers, find);
    if faults.is_empty() { Ok(()) } else { Err(Refused::invalid(faults).into()) }
}

fn repeat(desk: &Desk, row: AttemptRow, submission: &Submission) -> Result<Delivered, Error> {
    if row.content_sha256 != submission.content_sha256 {
        return Err(Refusal::ContentConflict.into());
    }
    delivered(desk, row, false)
}

/// The row of an attempt before it is scored and placed.
fn attempt_row(context: &Context, identity: &Identity, submission: &Submission) -> AttemptRow {
    let received = context.now;
    let skewed = attempt::clock_is_skewed(received, submission.client_sent_at);
    AttemptRow {
        citizen_id: Key(identity.account_id),
        id: Key(submission.id),
        state: SCORED,
        form_id: submission.form_id.clone(),
        bank_version: submission.bank_version.clone(),
        mode: submission.mode.number(),
        supervised: submission.supervised,
        language: submission.language.tag().to_owned(),
        area_code: None,
        hamlet_code: None,
        helper_id: None,
        campaign: submission.campaign.clone(),
        plan: submission.plan.clone(),
        revision: submission.revision,
        flags: if skewed { Flag::ClockSkew.bit() } else { 0 },
        client_started_at: Instant(submission.client_started_at),
        client_submitted_at: Instant(submission.client_submitted_at),
        client_sent_at: submission.client_sent_at.map(Instant),
        received_at: Instant(received),
        taken_at: Instant(attempt::taken_at(received, submission.client_submitted_at, submission.client_sent_at)),
        content_sha256: submission.content_sha256.to_vec(),
        answers: Vec::new(),
        levels: AttemptLevels::new(0, [0; 9]),
    }
}

/// Scores a submission into its row, and answers the profile row.
fn score_into(
    row: &mut AttemptRow,
    edition: &Edition,
    submission: &Submission,
    now: Timestamp,
) -> Result<ProfileRow, Error> {
    let Scored { score, too_many_rapid, is_partial } = edition.score(&submission.form_id, &submission.answers)?;
    let estimates = Estimates::from_score(&score).ok_or(Error::Broken("a score of other than nine competencies"))?;
    let (levels, overall_level) = estimates.level_columns();
    row.levels = AttemptLevels::new(overall_level, levels);
    if too_many_rapid {
        row.flags |= Flag::RapidAnswers.bit();
    }
    let packed = answers::pack(&submission.answers, &edition.bank.items, |id| edition.position(id));
    row.answers = packed.ok_or(Error::Broken("answers cannot be packed"))?;
    Ok(ProfileRow {
        citizen_id: row.citizen_id,
        id: Key(profile_id(submission.id, &edition.model_version)),
        attempt_id: row.id,
        model_version: edition.model_version.clone(),
        taken_at: row.taken_at,
        mode: row.mode,
        answered: i16::try_from(score.overall.scored_answers).unwrap_or(i16::MAX),
        partial: is_partial,
        estimates: estimates.to_bytes(),
        created_at: Instant(now),
    })
}

/// Writes attempt, profile and current profile, and takes the draft away. False where the attempt was there already.
fn keep(db: &mut Db, row: &mut AttemptRow, profile: Option<&ProfileRow>) -> Result<(bool, Event), Error> {
    let account = hold_account(db, row.citizen_id.0)?;
    row.area_code.clone_from(&account.area_code);
    row.hamlet_code.clone_from(&account.hamlet_code);
    let event = Event::new("attempt.submitted", row.id.0)
        .about(row.citizen_id.0)
        .in_area(row.area_code.as_deref())
        .with_detail(serde_json::json!({ "bank_version": row.bank_version, "form_id": row.form_id }));
    if !store::attempts::insert(db, row)? {
        return Ok((false, Event::new("attempt.repeated", row.id.0).about(row.citizen_id.0)));
    }
    store::attempts::delete_draft(db, row.citizen_id.0, row.id.0)?;
    if let Some(profile) = profile {
        store::profiles::insert(db, profile)?;
        put_current(db, &account)?;
    }
    Ok((true, event))
}

/// Chooses the current profile anew from all of the citizen's, so that the order of arrival does not matter.
fn put_current(db: &mut Db, account: &AccountRow) -> Result<(), Error> {
    let rows = store::profiles::all_of(db, account.id.0)?;
    let candidates = rows.iter().filter_map(profiles::candidate).collect();
    let current = choose_current(candidates).ok_or(Error::Broken("no profile to choose from"))?;
    let estimates_of =
        |id: Uuid| rows.iter().find(|row| row.id.0 == id).and_then(|row| Estimates::from_bytes(&row.estimates));
    let (Some(overall), Some(bands)) =
        (estimates_of(current.overall.profile_id), estimates_of(current.bands.profile_id))
    else {
        return Err(Error::Broken("estimates cannot be read"));
    };
    let [level_1, level_2, level_3, level_4, level_5, level_6, level_7, level_8, level_9] = bands.level_columns().0;
    let row = CurrentProfileRow {
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
    };
    Ok(store::profiles::put_current(db, &row)?)
}

fn delivered(desk: &Desk, row: AttemptRow, is_new: bool) -> Result<Delivered, Error> {
    let profile = match desk.library.find(&row.bank_version).filter(|_| row.state == SCORED) {
        Some(edition) => Some(desk.store.read(|db| {
            // Of several models that scored it the first is the one that was answered before.
            let id = profile_id(row.id.0, &edition.model_version);
            let profile = store::profiles::find(db, row.citizen_id.0, id)?
                .ok_or(Error::Broken("an attempt without a profile"))?;
            let answers = unpack(desk, &row)?;
            profiles::assemble(edition, &profile, &row, &answers)
        })?),
        None => None,
    };
    Ok(Delivered { attempt: from_row(desk, row)?, profile, is_new })
}

fn unpack(desk: &Desk, row: &AttemptRow) -> Result<Vec<Answer>, Error> {
    let items = desk.library.find(&row.bank_version).map_or(&[][..], |edition| &edition.bank.items);
    answers::unpack(&row.answers, items).ok_or(Error::Broken("answers cannot be read"))
}

fn from_row(desk: &Desk, row: AttemptRow) -> Result<Attempt, Error> {
    Ok(Attempt {
        id: row.id.0,
        state: if row.state == SCORED { AttemptState::Scored } else { AttemptState::Quarantined },
        revision: row.revision,
        mode: Mode::from_number(row.mode).ok_or(Error::Broken("a mode cannot be read"))?,
        supervised: row.supervised,
        language: super::accounts::language(&row.language),
        client_started_at: Some(row.client_started_at.0),
        client_submitted_at: Some(row.client_submitted_at.0),
        client_sent_at: row.client_sent_at.map(|sent| sent.0),
        received_at: row.received_at.0,
        taken_at: Some(row.taken_at.0),
        flags: Flag::from_bits(row.flags),
        answers: unpack(desk, &row)?,
        form_id: row.form_id,
        bank_version: row.bank_version,
        campaign: row.campaign,
        area_code: row.area_code,
        hamlet_code: row.hamlet_code,
    })
}

fn from_draft(row: DraftRow) -> Result<Attempt, Error> {
    let draft: Draft = serde_json::from_str(&row.body).map_err(|_| Error::Broken("a draft cannot be read"))?;
    Ok(Attempt {
        id: draft.id,
        state: AttemptState::Draft,
        revision: draft.revision,
        form_id: draft.form_id,
        bank_version: draft.bank_version,
        mode: draft.mode,
        supervised: draft.supervised,
        language: draft.language,
        campaign: draft.campaign,
        area_code: row.area_code,
        hamlet_code: row.hamlet_code,
        client_started_at: draft.client_started_at,
        client_submitted_at: draft.client_submitted_at,
        client_sent_at: draft.client_sent_at,
        received_at: row.updated_at.0,
        taken_at: None,
        flags: Vec::new(),
        answers: draft.answers,
    })
}

/// One of the citizen's own attempts, draft or submitted.
///
/// # Errors
/// `not-found`, for another citizen's too.
pub fn get(desk: &Desk, identity: &Identity, id: Uuid) -> Result<Attempt, Error> {
    let citizen_id = identity.account_id;
    desk.store.read(|db| match store::attempts::find(db, citizen_id, id)? {
        Some(row) => from_row(desk, row),
        None => from_draft(store::attempts::find_draft(db, citizen_id, id)?.ok_or(Refusal::NotFound)?),
    })
}

/// The citizen's attempts: on the first page the drafts, then the submitted ones, the last taken first.
///
/// # Errors
/// Where the database fails.
pub fn list(
    desk: &Desk,
    identity: &Identity,
    after: Option<(Timestamp, Uuid)>,
    limit: usize,
) -> Result<Page<Attempt>, Error> {
    let citizen_id = identity.account_id;
    let (drafts, mut rows) = desk.store.read(|db| {
        let drafts = if after.is_none() { store::attempts::drafts_of(db, citizen_id)? } else { Vec::new() };
        Ok::<_, Error>((drafts, store::attempts::list(db, citizen_id, after, limit as i64 + 1)?))
    })?;
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| is_more).map(|last| cursor(last.taken_at.0, last.id.0));
    let drafts = drafts.into_iter().map(from_draft);
    let items = drafts.chain(rows.into_iter().map(|row| from_row(desk, row))).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor })
}
