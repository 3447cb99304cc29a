//! Taking the quiz: drafts that grow, submissions that happen once however often they are sent.

use uuid::Uuid;

use super::intake::{Kept, Submitted};
use super::items::{Edition, Scored};
use super::profiles::{self, Profile};
use super::sessions::Identity;
use super::{Context, Desk, Error, Page, cursor};
use crate::domain::answers;
use crate::domain::attempt::{self, Answer, Flag, Mode, Sent, Submission};
use crate::domain::consent::{Consents, Purpose};
use crate::domain::language::Language;
use crate::domain::profile::{Estimates, profile_id};
use crate::domain::refusal::{Fault, Refusal, Refused};
use crate::domain::time::Timestamp;
use crate::store::accounts::AccountRow;
use crate::store::attempts::{AttemptLevels, AttemptRow, DraftRow, QUARANTINED, SCORED};
use crate::store::columns::{Instant, Key};
use crate::store::profiles::ProfileRow;
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
    pub client_started_at: Timestamp,
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
pub fn save_draft(desk: &Desk, context: &Context, identity: &Identity, draft: &Sent) -> Result<Delivered, Error> {
    require_consent(identity.consents)?;
    if let Some(edition) = desk.library.find(&draft.bank_version) {
        check(edition, &draft.form_id, &draft.answers)?;
    }
    let citizen_id = identity.account_id;
    let mut is_new = false;
    let outcome = desk.store.write_unjournalled(|db| {
        // The account is held first, so that a submission of the same attempt comes wholly before or after.
        let account = hold_account(db, citizen_id)?;
        if let Some(row) = store::attempts::find(db, citizen_id, draft.id)? {
            return Ok(Err(row));
        }
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
        let kept = store::attempts::find_draft(db, citizen_id, draft.id)?;
        Ok::<_, Error>(Ok(kept.ok_or(Error::Broken("a draft vanished"))?))
    })?;
    match outcome {
        Ok(kept) => Ok(Delivered { attempt: from_draft(kept)?, profile: None, is_new }),
        Err(submitted) => deliver_again(desk, submitted),
    }
}

/// Checks and scores a submission, ready for [`super::intake::Intake::put`].
///
/// # Errors
/// As [`save_draft`], and `no-answers`.
pub fn prepare(
    desk: &Desk,
    context: &Context,
    identity: &Identity,
    submission: &Submission,
) -> Result<Submitted, Error> {
    require_consent(identity.consents)?;
    let sent = &submission.sent;
    if sent.answers.is_empty() {
        return Err(Refused::at("/answers", Fault::NoAnswers).into());
    }
    let mut attempt = attempt_row(context, identity, submission);
    let profile = match desk.library.find(&sent.bank_version) {
        Some(edition) => {
            check(edition, &sent.form_id, &sent.answers)?;
            Some(score_into(&mut attempt, edition, &sent.answers, context.now)?)
        }
        None => {
            attempt.state = QUARANTINED;
            attempt.flags |= Flag::UnknownBank.bit();
            attempt.answers = answers::keep_verbatim(&sent.answers);
            None
        }
    };
    Ok(Submitted { attempt, profile, entry: context.entry() })
}

/// The answer for a submission that is on disk.
///
/// # Errors
/// `content-conflict` where other content was submitted under the same id before.
pub fn deliver(desk: &Desk, kept: Kept, content_sha256: [u8; 32]) -> Result<Delivered, Error> {
    match kept {
        Kept::New(submitted) => {
            let Submitted { attempt, profile, .. } = *submitted;
            delivered(desk, attempt, profile.as_ref(), true)
        }
        Kept::Before(attempt) if attempt.content_sha256 != content_sha256 => Err(Refusal::ContentConflict.into()),
        Kept::Before(attempt) => deliver_again(desk, *attempt),
    }
}

/// The answer that was given for an attempt before.
fn deliver_again(desk: &Desk, attempt: AttemptRow) -> Result<Delivered, Error> {
    let profile = desk.store.read(|db| store::profiles::first_of_attempt(db, attempt.citizen_id, attempt.id))?;
    delivered(desk, attempt, profile.as_ref(), false)
}

/// Nobody's quiz goes on without consent `profile`.
pub(super) fn require_consent(consents: Consents) -> Result<(), Refusal> {
    if consents.has(Purpose::Profile) { Ok(()) } else { Err(Refusal::ConsentWithdrawn) }
}

/// The citizen's account, held for this transaction; it must still consent.
fn hold_account(db: &mut Db, citizen_id: Uuid) -> Result<AccountRow, Error> {
    let account = store::accounts::find_and_hold(db, citizen_id)?.ok_or(Refusal::SessionEnded)?;
    require_consent(Consents(account.consents))?;
    Ok(account)
}

pub(super) fn check(edition: &Edition, form_id: &str, answers: &[Answer]) -> Result<(), Error> {
    let form = attempt::scored_form(&edition.bank, form_id)?;
    let is_whole_bank = form.parts.is_empty();
    let find = |id: &str| edition.item(id).filter(|_| is_whole_bank || form.item_ids().any(|known| known == id));
    let faults = attempt::faults_of_answers(answers, find);
    if faults.is_empty() { Ok(()) } else { Err(Refused::invalid(faults).into()) }
}

/// The row of an attempt before it is scored and placed.
fn attempt_row(context: &Context, identity: &Identity, submission: &Submission) -> AttemptRow {
    let (sent, received) = (&submission.sent, context.now);
    let skewed = attempt::clock_is_skewed(received, sent.client_sent_at);
    AttemptRow {
        citizen_id: Key(identity.account_id),
        id: Key(sent.id),
        state: SCORED,
        form_id: sent.form_id.clone(),
        bank_version: sent.bank_version.clone(),
        mode: sent.mode.number(),
        supervised: sent.supervised,
        language: sent.language.tag().to_owned(),
        area_code: None,
        hamlet_code: None,
        helper_id: None,
        campaign: sent.campaign.clone(),
        plan: sent.plan.clone(),
        revision: sent.revision,
        flags: if skewed { Flag::ClockSkew.bit() } else { 0 },
        client_started_at: Instant(sent.client_started_at),
        client_submitted_at: Instant(submission.submitted_at),
        client_sent_at: sent.client_sent_at.map(Instant),
        received_at: Instant(received),
        taken_at: Instant(attempt::taken_at(received, submission.submitted_at, sent.client_sent_at)),
        content_sha256: submission.content_sha256.to_vec(),
        answers: Vec::new(),
        levels: AttemptLevels::new(0, [0; 9]),
    }
}

/// Scores answers into the row of their attempt, and answers the profile row.
pub(super) fn score_into(
    row: &mut AttemptRow,
    edition: &Edition,
    answers: &[Answer],
    now: Timestamp,
) -> Result<ProfileRow, Error> {
    let Scored { score, too_many_rapid, is_partial } = edition.score(&row.form_id, answers)?;
    let estimates = Estimates::from_score(&score).ok_or(Error::Broken("a score of other than nine competencies"))?;
    let (levels, overall_level) = estimates.level_columns();
    row.levels = AttemptLevels::new(overall_level, levels);
    if too_many_rapid {
        row.flags |= Flag::RapidAnswers.bit();
    }
    let packed = answers::pack(answers, &edition.bank.items, |id| edition.position(id));
    row.answers = packed.ok_or(Error::Broken("answers cannot be packed"))?;
    Ok(ProfileRow {
        citizen_id: row.citizen_id,
        id: Key(profile_id(row.id.0, &edition.model_version)),
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

fn delivered(desk: &Desk, row: AttemptRow, profile: Option<&ProfileRow>, is_new: bool) -> Result<Delivered, Error> {
    let (edition, answers) = (desk.library.find(&row.bank_version), unpack(desk, &row)?);
    let profile = match (edition, profile) {
        (Some(edition), Some(profile)) => Some(profiles::assemble(edition, profile, &row, &answers)?),
        _ => None,
    };
    Ok(Delivered { attempt: from_row(row, answers)?, profile, is_new })
}

pub(super) fn unpack(desk: &Desk, row: &AttemptRow) -> Result<Vec<Answer>, Error> {
    let items = desk.library.find(&row.bank_version).map_or(&[][..], |edition| &edition.bank.items);
    answers::unpack(&row.answers, items).ok_or(Error::Broken("answers cannot be read"))
}

fn from_row(row: AttemptRow, answers: Vec<Answer>) -> Result<Attempt, Error> {
    Ok(Attempt {
        id: row.id.0,
        state: if row.state == SCORED { AttemptState::Scored } else { AttemptState::Quarantined },
        revision: row.revision,
        mode: Mode::from_number(row.mode).ok_or(Error::Broken("a mode cannot be read"))?,
        supervised: row.supervised,
        language: super::accounts::language(&row.language),
        client_started_at: row.client_started_at.0,
        client_submitted_at: Some(row.client_submitted_at.0),
        client_sent_at: row.client_sent_at.map(|sent| sent.0),
        received_at: row.received_at.0,
        taken_at: Some(row.taken_at.0),
        flags: Flag::from_bits(row.flags),
        answers,
        form_id: row.form_id,
        bank_version: row.bank_version,
        campaign: row.campaign,
        area_code: row.area_code,
        hamlet_code: row.hamlet_code,
    })
}

fn from_draft(row: DraftRow) -> Result<Attempt, Error> {
    let draft: Sent = serde_json::from_str(&row.body).map_err(|_| Error::Broken("a draft cannot be read"))?;
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
        Some(row) => unpack(desk, &row).and_then(|answers| from_row(row, answers)),
        None => from_draft(store::attempts::find_draft(db, citizen_id, id)?.ok_or(Refusal::NotFound)?),
    })
}

/// A place in the list of attempts.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    AmongDrafts(Uuid),
    AmongSubmitted(Timestamp, Uuid),
}

impl Place {
    /// As a cursor writes it: drafts stand at an instant that no attempt can have.
    fn cursor(self) -> String {
        match self {
            Self::AmongDrafts(id) => cursor(Timestamp::from_unix_milliseconds(-1), id),
            Self::AmongSubmitted(taken_at, id) => cursor(taken_at, id),
        }
    }

    pub fn read(text: &str) -> Option<Self> {
        let (at, id) = super::read_cursor(text)?;
        Some(if at.unix_milliseconds < 0 { Self::AmongDrafts(id) } else { Self::AmongSubmitted(at, id) })
    }
}

/// The citizen's attempts: drafts first, then the submitted ones, the last taken first.
///
/// # Errors
/// Where the database fails.
pub fn list(desk: &Desk, identity: &Identity, after: Option<Place>, limit: usize) -> Result<Page<Attempt>, Error> {
    let citizen_id = identity.account_id;
    let (drafts, rows) = desk.store.read(|db| {
        let (draft, submitted) = match after {
            Some(Place::AmongSubmitted(taken_at, id)) => (None, Some((taken_at, id))),
            Some(Place::AmongDrafts(id)) => (Some(Some(id)), None),
            None => (Some(None), None),
        };
        let one_more = limit as i64 + 1;
        let drafts =
            draft.map_or(Ok(Vec::new()), |after| store::attempts::drafts_of(db, citizen_id, after, one_more))?;
        let rows = store::attempts::list(db, citizen_id, submitted, one_more - drafts.len() as i64)?;
        Ok::<_, Error>((drafts, rows))
    })?;
    let drafts = drafts.into_iter().map(|draft| (Place::AmongDrafts(draft.id.0), from_draft(draft)));
    let rows = rows.into_iter().map(|row| {
        let place = Place::AmongSubmitted(row.taken_at.0, row.id.0);
        (place, unpack(desk, &row).and_then(|answers| from_row(row, answers)))
    });
    let mut entries: Vec<_> = drafts.chain(rows).collect();
    let is_more = entries.len() > limit;
    entries.truncate(limit);
    let next_cursor = entries.last().filter(|_| is_more).map(|(place, _)| place.cursor());
    let items = entries.into_iter().map(|(_, attempt)| attempt).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor })
}
