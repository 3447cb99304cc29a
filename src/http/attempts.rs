//! `/v1/attempts`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;
use uuid::Uuid;
use validator::Validate;

use super::areas::PageDocument;
use super::body::{Body, read_phone_made_id};
use super::callers::{Citizen, Then};
use super::problem::Problem;
use super::profiles::ProfileDocument;
use super::query::Query;
use super::{Answer, Shared, at_desk, localized};
use crate::domain::attempt::{Answer as ItemAnswer, Flag, Mode, Sent, Submission};
use crate::domain::language::Language;
use crate::domain::refusal::{Fault, FieldFault, Refusal, Refused};
use crate::domain::time::Timestamp;
use crate::service::attempts::{self, Attempt, AttemptState, Delivered, Place};
use crate::service::intake::{Kept, Submitted};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SentState {
    Draft,
    Submitted,
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct AttemptBody {
    #[validate(length(min = 1, max = 64))]
    form_id: String,
    #[validate(length(min = 1, max = 64))]
    bank_version: String,
    mode: Mode,
    #[serde(default)]
    supervised: Option<bool>,
    #[serde(default)]
    language: Option<Language>,
    #[serde(default)]
    #[validate(length(max = 64))]
    campaign: Option<String>,
    #[serde(default)]
    #[validate(length(max = 4096))]
    plan: Option<String>,
    #[serde(default)]
    #[validate(range(min = 0, max = 2_147_483_647))]
    revision: Option<i64>,
    state: SentState,
    #[validate(length(max = 400))]
    answers: Vec<ItemAnswer>,
    client_started_at: Timestamp,
    #[serde(default)]
    client_submitted_at: Option<Timestamp>,
    #[serde(default)]
    client_sent_at: Option<Timestamp>,
}

/// The longest time on one item, in seconds: a day.
const LONGEST_SECONDS: u32 = 86_400;

/// Options of one item, and characters of an id, at most.
const MOST_OPTIONS: usize = 26;
const LONGEST_ID: usize = 64;

fn id_fault(id: &str) -> Option<Fault> {
    match id.chars().count() {
        0 => Some(Fault::TooShort),
        length => (length > LONGEST_ID).then_some(Fault::TooLong),
    }
}

impl AttemptBody {
    /// What is wrong with the sizes in the answers. Ids are looked at only where no bank says which there are.
    fn faults(&self, is_bank_known: bool) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        for (position, answer) in self.answers.iter().enumerate() {
            let mut at = |member: String, fault: Option<Fault>| {
                faults.extend(fault.map(|fault| FieldFault::new(format!("/answers/{position}/{member}"), fault)));
            };
            at("seconds".to_owned(), (answer.seconds > Some(LONGEST_SECONDS)).then_some(Fault::OutOfRange));
            let shown = answer.shown.as_deref().unwrap_or_default();
            at("shown".to_owned(), (shown.len() > MOST_OPTIONS).then_some(Fault::TooLong));
            if is_bank_known {
                continue;
            }
            at("item".to_owned(), id_fault(&answer.item));
            at("choice".to_owned(), answer.choice.as_deref().and_then(id_fault));
            shown.iter().enumerate().for_each(|(index, id)| at(format!("shown/{index}"), id_fault(id)));
        }
        faults
    }

    fn into_sent(self, id: Uuid, preferred: Language) -> Sent {
        Sent {
            id,
            form_id: self.form_id,
            bank_version: self.bank_version,
            mode: self.mode,
            supervised: self.supervised.unwrap_or(false),
            language: self.language.unwrap_or(preferred),
            campaign: self.campaign,
            plan: self.plan,
            revision: self.revision.unwrap_or(0),
            answers: self.answers,
            client_started_at: self.client_started_at,
            client_submitted_at: self.client_submitted_at,
            client_sent_at: self.client_sent_at,
        }
    }
}

/// What "the same content" means: the body without `client_sent_at`, members in order of their names.
fn content_sha256(mut json: Value) -> [u8; 32] {
    if let Some(members) = json.as_object_mut() {
        members.remove("client_sent_at");
    }
    json.sort_all_objects();
    Sha256::digest(json.to_string()).into()
}

pub async fn put(state: Shared, id: web::Path<String>, sent: Then<Citizen, Body<AttemptBody>>) -> Answer {
    let Then(citizen, body) = sent;
    let id = read_phone_made_id(&id).ok_or_else(|| Refused::at("{id}", Fault::BadFormat))?;
    let Citizen { context, identity } = citizen;
    let language = context.language;
    let Body { value: body, json } = body;
    let faults = body.faults(state.desk.library.find(&body.bank_version).is_some());
    if !faults.is_empty() {
        return Err(Refused::invalid(faults).into());
    }
    let is_draft = matches!(body.state, SentState::Draft);
    let sent = body.into_sent(id, language);
    let delivered = if is_draft {
        at_desk(&state, move |desk| attempts::save_draft(desk, &context, &identity, &sent)).await?
    } else {
        let submitted_at =
            sent.client_submitted_at.ok_or_else(|| Refused::at("/client_submitted_at", Fault::Required))?;
        let content_sha256 = content_sha256(json);
        let submission = Submission { sent, submitted_at, content_sha256 };
        let submitted = attempts::prepare(&state.desk, &context, &identity, &submission)?;
        match kept(&state, submitted).await? {
            // Needs no database, so no thread that may wait.
            kept @ Kept::New(_) => attempts::deliver(&state.desk, kept, content_sha256)?,
            kept @ Kept::Before(_) => {
                at_desk(&state, move |desk| attempts::deliver(desk, kept, content_sha256)).await?
            }
        }
    };
    let status = match delivered.attempt.state {
        AttemptState::Quarantined => StatusCode::ACCEPTED,
        _ if delivered.is_new => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    Ok(localized(status, language, &DeliveredDocument::new(&state, delivered, language)))
}

/// Waits until a submission is on disk. A client that goes away meanwhile changes nothing.
async fn kept(state: &Shared, submitted: Submitted) -> Result<Kept, Problem> {
    let (reply, answer) = oneshot::channel();
    // Where nobody waits for the answer any more, nobody is told.
    state.desk.intake.put(submitted, move |kept| drop(reply.send(kept)))?;
    Ok(answer.await.map_err(|_| Problem::internal())??)
}

pub async fn get(state: Shared, citizen: Citizen, id: web::Path<String>) -> Answer {
    let id = Uuid::try_parse(&id).map_err(|_| Refusal::NotFound)?;
    let attempt = at_desk(&state, move |desk| attempts::get(desk, &citizen.identity, id)).await?;
    Ok(HttpResponse::Ok().json(AttemptDocument::from(attempt)))
}

pub async fn list(state: Shared, request: HttpRequest, citizen: Citizen, query: Query) -> Answer {
    let identity = citizen.identity;
    let (after, limit) = (query.cursor(Place::read)?, query.limit()?);
    let page = at_desk(&state, move |desk| attempts::list(desk, &identity, after, limit)).await?;
    let document = PageDocument::of(page, AttemptSummary::from);
    let mut response = HttpResponse::Ok().json(&document);
    document.link(&state, &request, &mut response);
    Ok(response)
}

#[derive(Serialize)]
struct DeliveredDocument {
    attempt: AttemptDocument,
    profile: Option<ProfileDocument>,
}

impl DeliveredDocument {
    fn new(state: &Shared, delivered: Delivered, language: Language) -> Self {
        let profile = delivered.profile.map(|profile| ProfileDocument::new(&state.desk, profile, language));
        Self { attempt: delivered.attempt.into(), profile }
    }
}

/// What attempt and summary have in common.
#[derive(Serialize)]
struct AttemptHead {
    id: Uuid,
    state: AttemptState,
    revision: i64,
    form_id: String,
    bank_version: String,
    mode: Mode,
    supervised: bool,
    language: Language,
    campaign: Option<String>,
    area_code: Option<String>,
    hamlet_code: Option<String>,
    client_started_at: Timestamp,
    client_submitted_at: Option<Timestamp>,
    client_sent_at: Option<Timestamp>,
    received_at: Timestamp,
    taken_at: Option<Timestamp>,
    flags: Vec<Flag>,
}

#[derive(Serialize)]
struct AttemptDocument {
    #[serde(flatten)]
    head: AttemptHead,
    answers: Vec<ItemAnswer>,
}

#[derive(Serialize)]
struct AttemptSummary {
    #[serde(flatten)]
    head: AttemptHead,
    answered: usize,
}

impl From<Attempt> for AttemptDocument {
    fn from(mut attempt: Attempt) -> Self {
        let answers = std::mem::take(&mut attempt.answers);
        Self { head: attempt.into(), answers }
    }
}

impl From<Attempt> for AttemptSummary {
    fn from(attempt: Attempt) -> Self {
        let answered = attempt.answers.len();
        Self { head: attempt.into(), answered }
    }
}

impl From<Attempt> for AttemptHead {
    fn from(attempt: Attempt) -> Self {
        Self {
            id: attempt.id,
            state: attempt.state,
            revision: attempt.revision,
            form_id: attempt.form_id,
            bank_version: attempt.bank_version,
            mode: attempt.mode,
            supervised: attempt.supervised,
            language: attempt.language,
            campaign: attempt.campaign,
            area_code: attempt.area_code,
            hamlet_code: attempt.hamlet_code,
            client_started_at: attempt.client_started_at,
            client_submitted_at: attempt.client_submitted_at,
            client_sent_at: attempt.client_sent_at,
            received_at: attempt.received_at,
            taken_at: attempt.taken_at,
            flags: attempt.flags,
        }
    }
}
