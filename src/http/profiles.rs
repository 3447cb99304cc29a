//! `/v1/me/profile` and its history, in the words of the citizen's language.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use serde::Serialize;
use uuid::Uuid;

use super::areas::PageDocument;
use super::callers::Citizen;
use super::items::{ResourceDocument, sub_skill_code};
use super::query::Query;
use super::{Answer, Shared, at_desk, localized};
use crate::domain::attempt::{Flag, Mode};
use crate::domain::bank::Bank;
use crate::domain::competency::Competency;
use crate::domain::language::Language;
use crate::domain::measurement::{Band, Certainty, OverallLevel};
use crate::domain::profile::Estimate;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::service::Desk;
use crate::service::profiles::{self, NextStep, Profile};
use crate::service::read_cursor;

#[derive(Serialize)]
pub struct ProfileDocument {
    id: Uuid,
    attempt_id: Uuid,
    taken_at: Timestamp,
    model_version: String,
    bank_version: String,
    form_id: String,
    mode: Mode,
    overall: OverallDocument,
    competencies: Vec<CompetencyDocument>,
    next_steps: Vec<NextStepDocument>,
    statement: String,
    notices: Vec<Notice>,
}

#[derive(Serialize)]
struct OverallDocument {
    level: Option<&'static str>,
    label: Option<String>,
    status: &'static str,
    status_label: Option<String>,
}

#[derive(Serialize)]
struct CompetencyDocument {
    code: Competency,
    number: u8,
    name: String,
    band: Option<&'static str>,
    band_label: Option<String>,
    status: &'static str,
    status_label: Option<String>,
    answered: u8,
}

#[derive(Serialize)]
struct NextStepDocument {
    competency: Competency,
    name: String,
    band: &'static str,
    sub_skills: Vec<NamedSubSkill>,
    resources: Vec<ResourceDocument>,
}

#[derive(Serialize)]
struct NamedSubSkill {
    code: String,
    name: String,
}

#[derive(Serialize)]
struct Notice {
    code: &'static str,
    text: String,
}

impl ProfileDocument {
    pub fn new(desk: &Desk, profile: Profile, language: Language) -> Self {
        let bank = desk.library.find(&profile.bank_version).unwrap_or_else(|| desk.library.current());
        let words = Words { desk, bank: &bank.bank, language };
        let competencies = Competency::ALL.into_iter().zip(&profile.estimates.competencies);
        let overall = words.overall(&profile.estimates.overall);
        Self {
            id: profile.id,
            attempt_id: profile.attempt_id,
            taken_at: profile.taken_at,
            statement: words.statement(overall.label.as_deref()),
            competencies: competencies.map(|(competency, estimate)| words.competency(competency, estimate)).collect(),
            next_steps: profile.next_steps.iter().map(|step| words.next_step(step)).collect(),
            notices: words.notices(&profile),
            overall,
            model_version: profile.model_version,
            bank_version: profile.bank_version,
            form_id: profile.form_id,
            mode: profile.mode,
        }
    }
}

/// Puts levels into words of one language.
struct Words<'a> {
    desk: &'a Desk,
    bank: &'a Bank,
    language: Language,
}

impl Words<'_> {
    fn overall(&self, estimate: &Estimate<OverallLevel>) -> OverallDocument {
        let level = (estimate.certainty != Certainty::Insufficient).then_some(estimate.level);
        OverallDocument {
            level: level.map(OverallLevel::code),
            label: level.map(|level| self.desk.texts.level(level).get(self.language).to_owned()),
            status: estimate.certainty.code(),
            status_label: self.certainty(estimate.certainty),
        }
    }

    fn competency(&self, competency: Competency, estimate: &Estimate<Band>) -> CompetencyDocument {
        let band = (estimate.certainty != Certainty::Insufficient).then_some(estimate.level);
        CompetencyDocument {
            code: competency,
            number: competency.number(),
            name: self.name(competency),
            band: band.map(Band::code),
            band_label: band.map(|band| self.desk.texts.band(band).get(self.language).to_owned()),
            status: estimate.certainty.code(),
            status_label: self.certainty(estimate.certainty),
            answered: estimate.answered,
        }
    }

    fn name(&self, competency: Competency) -> String {
        self.bank.framework.describe(competency).everyday_name.get(self.language).to_owned()
    }

    fn certainty(&self, certainty: Certainty) -> Option<String> {
        self.desk.texts.certainty(certainty).map(|text| text.get(self.language).to_owned())
    }

    fn next_step(&self, step: &NextStep) -> NextStepDocument {
        let described = &self.bank.framework.describe(step.competency).sub_skills;
        let named =
            step.sub_skills.iter().filter_map(|letter| described.iter().find(|sub_skill| sub_skill.code == *letter));
        NextStepDocument {
            competency: step.competency,
            name: self.name(step.competency),
            band: step.band.code(),
            sub_skills: named
                .map(|sub_skill| NamedSubSkill {
                    code: sub_skill_code(step.competency, &sub_skill.code),
                    name: sub_skill.name.get(self.language).to_owned(),
                })
                .collect(),
            resources: step.resources.iter().map(|resource| ResourceDocument::new(resource, self.language)).collect(),
        }
    }

    fn statement(&self, level: Option<&str>) -> String {
        let texts = &self.desk.texts;
        match level {
            Some(level) => texts.statement.get(self.language).replace("{level}", level),
            None => texts.statement_insufficient.get(self.language).to_owned(),
        }
    }

    fn notices(&self, profile: &Profile) -> Vec<Notice> {
        let facts = [
            ("rapid_answers", profile.flags.contains(&Flag::RapidAnswers)),
            ("assisted_entry", profile.mode == Mode::AssistedEntry),
            ("clock_skew", profile.flags.contains(&Flag::ClockSkew)),
            ("bands_earlier", profile.bands_attempt_id.is_some()),
        ];
        let true_ones = facts.into_iter().filter(|(_, is_true)| *is_true);
        let with_text = true_ones.filter_map(|(code, _)| {
            let text = self.desk.texts.notices.get(code)?.get(self.language).to_owned();
            Some(Notice { code, text })
        });
        with_text.collect()
    }
}

pub async fn current(state: Shared, citizen: Citizen) -> Answer {
    let Citizen { context, identity } = citizen;
    let profile = at_desk(&state, move |desk| profiles::current(desk, identity.account_id)).await?;
    Ok(localized(StatusCode::OK, context.language, &ProfileDocument::new(&state.desk, profile, context.language)))
}

pub async fn get(state: Shared, citizen: Citizen, id: web::Path<String>) -> Answer {
    let id = Uuid::try_parse(&id).map_err(|_| Refusal::NotFound)?;
    let Citizen { context, identity } = citizen;
    let profile = at_desk(&state, move |desk| profiles::get(desk, identity.account_id, id)).await?;
    Ok(localized(StatusCode::OK, context.language, &ProfileDocument::new(&state.desk, profile, context.language)))
}

pub async fn list(state: Shared, request: HttpRequest, citizen: Citizen, query: Query) -> Answer {
    let Citizen { context, identity } = citizen;
    let (after, limit) = (query.cursor(read_cursor)?, query.limit()?);
    let page = at_desk(&state, move |desk| profiles::list(desk, identity.account_id, after, limit)).await?;
    let document = PageDocument::of(page, |profile| ProfileDocument::new(&state.desk, profile, context.language));
    let mut response = localized(StatusCode::OK, context.language, &document);
    document.link(&state, &request, &mut response);
    Ok(response)
}
