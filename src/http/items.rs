//! What a phone fetches before it goes offline: capabilities, competencies, consent texts, forms, resources.

use actix_web::{HttpRequest, web};
use serde::Serialize;

use super::areas::PageDocument;
use super::callers::Visitor;
use super::content::{Freshness, Variants};
use super::query::{PAGE_LIMIT, Query};
use super::{Answer, Shared, State, body, json};
use crate::domain::attempt::DONT_KNOW;
use crate::domain::bank::{Form, FormKind, Item, Resource};
use crate::domain::competency::{Competency, SubSkill};
use crate::domain::consent::Controller;
use crate::domain::language::Language;
use crate::domain::measurement::Band;
use crate::domain::refusal::Refusal;
use crate::service::items::Edition;
use crate::service::start::AREA_VINTAGE;

#[derive(Serialize)]
struct Capabilities<'a> {
    service: &'static str,
    version: &'static str,
    api_version: &'static str,
    trial: bool,
    trial_notice: Option<&'a str>,
    controller: &'a Controller,
    languages: [&'static str; 2],
    bank_version: &'a str,
    bank_content_hash: &'a str,
    model_version: &'a str,
    area_vintage: &'static str,
    consent_text_version: &'a str,
    minimum_client: &'a str,
    time_zone: &'static str,
    limits: Limits,
}

#[derive(Serialize)]
struct Limits {
    json_bytes: usize,
    inflated_bytes: usize,
    page_items: usize,
    depth: usize,
}

pub async fn capabilities(state: Shared, request: HttpRequest, visitor: Visitor) -> Answer {
    let language = visitor.context.language;
    let variants = state.content.get(format!("capabilities/{}", language.tag()), || {
        let (desk, edition) = (&state.desk, state.desk.library.current());
        let trial = desk.controller.is_trial();
        let document = Capabilities {
            service: "congdanso",
            version: env!("CARGO_PKG_VERSION"),
            api_version: "v1",
            trial,
            trial_notice: trial.then(|| desk.texts.trial_notice.get(language)),
            controller: &desk.controller,
            languages: Language::ALL.map(Language::tag),
            bank_version: &edition.bank.version,
            bank_content_hash: &edition.content_hash,
            model_version: &edition.model_version,
            area_vintage: AREA_VINTAGE,
            consent_text_version: &desk.consent_texts.version,
            minimum_client: &state.minimum_client,
            time_zone: "Asia/Ho_Chi_Minh",
            limits: Limits {
                json_bytes: body::JSON_BYTES,
                inflated_bytes: body::INFLATED_BYTES,
                page_items: PAGE_LIMIT,
                depth: json::DEPTH,
            },
        };
        Variants::of_json(&document, Some(language))
    });
    Ok(variants.answer(&request, Freshness::Revalidate))
}

#[derive(Serialize)]
struct Competencies<'a> {
    version: &'a str,
    note: &'a str,
    items: Vec<CompetencyDocument<'a>>,
}

#[derive(Serialize)]
struct CompetencyDocument<'a> {
    code: Competency,
    number: u8,
    name: &'a str,
    official_name: &'a str,
    sub_skills: Vec<SubSkillDocument<'a>>,
}

#[derive(Serialize)]
struct SubSkillDocument<'a> {
    code: String,
    name: &'a str,
    can_do: Vec<CanDo<'a>>,
    frameworks: Vec<FrameworkMapping<'a>>,
}

#[derive(Serialize)]
struct CanDo<'a> {
    level: usize,
    statement: &'a str,
}

#[derive(Serialize)]
struct FrameworkMapping<'a> {
    framework: &'static str,
    codes: &'a [String],
}

pub async fn competencies(state: Shared, request: HttpRequest, visitor: Visitor) -> Answer {
    let language = visitor.context.language;
    let variants = state.content.get(format!("competencies/{}", language.tag()), || {
        let framework = &state.desk.library.current().bank.framework;
        let items = framework.competencies.iter().map(|competency| CompetencyDocument {
            code: competency.code,
            number: competency.number,
            name: competency.everyday_name.get(language),
            official_name: competency.official_name.get(language),
            sub_skills: competency
                .sub_skills
                .iter()
                .map(|sub_skill| sub_skill_document(competency.code, sub_skill, language))
                .collect(),
        });
        let document =
            Competencies { version: &framework.version, note: framework.note.get(language), items: items.collect() };
        Variants::of_json(&document, Some(language))
    });
    Ok(variants.answer(&request, Freshness::Revalidate))
}

/// A sub-skill's code on the wire: number of the competency and letter.
pub fn sub_skill_code(competency: Competency, letter: &str) -> String {
    format!("{}.{letter}", competency.number())
}

fn sub_skill_document(competency: Competency, sub_skill: &SubSkill, language: Language) -> SubSkillDocument<'_> {
    let statements = sub_skill.can_do.get(language).iter().zip(1..);
    SubSkillDocument {
        code: sub_skill_code(competency, &sub_skill.code),
        name: sub_skill.name.get(language),
        can_do: statements.map(|(statement, level)| CanDo { level, statement }).collect(),
        frameworks: vec![
            FrameworkMapping { framework: "digcomp-2.2", codes: &sub_skill.digcomp_2_2 },
            FrameworkMapping { framework: "vn-cv-3139", codes: &sub_skill.vietnam },
        ],
    }
}

#[derive(Serialize)]
struct ConsentTexts<'a> {
    trial: bool,
    items: Vec<ConsentText<'a>>,
}

#[derive(Serialize)]
struct ConsentText<'a> {
    purpose: &'static str,
    version: &'a str,
    language: Language,
    text: &'a str,
    sha256: String,
}

pub async fn consent_texts(state: Shared, request: HttpRequest) -> Answer {
    let variants = state.content.get("consent-texts".to_owned(), || {
        let texts = &state.desk.consent_texts;
        let items = texts.texts.iter().map(|text| ConsentText {
            purpose: text.purpose.code(),
            version: &texts.version,
            language: text.language,
            text: &text.text,
            sha256: text.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
        });
        Variants::of_json(&ConsentTexts { trial: state.desk.controller.is_trial(), items: items.collect() }, None)
    });
    Ok(variants.answer(&request, Freshness::Revalidate))
}

#[derive(Serialize)]
struct FormDocument<'a> {
    id: &'a str,
    kind: FormKind,
    title: &'a str,
    bank_version: &'a str,
    content_hash: &'a str,
    href: String,
    item_count: usize,
    parts: usize,
    languages: [&'static str; 2],
    scored: bool,
}

pub async fn forms(state: Shared, request: HttpRequest, visitor: Visitor) -> Answer {
    let language = visitor.context.language;
    let variants = state.content.get(format!("forms/{}", language.tag()), || {
        let edition = state.desk.library.current();
        let items = edition.bank.forms.iter().map(|form| FormDocument {
            id: &form.id,
            kind: form.kind,
            title: title(&state, form, language),
            bank_version: &edition.bank.version,
            content_hash: &edition.content_hash,
            href: format!("/v1/forms/{}?lang={}&hash={}", form.id, language.tag(), edition.content_hash),
            item_count: edition.bank.items_of(form).len(),
            parts: form.parts.len(),
            languages: Language::ALL.map(Language::tag),
            scored: form.kind != FormKind::Practice,
        });
        Variants::of_json(&PageDocument { items: items.collect(), next_cursor: None }, Some(language))
    });
    Ok(variants.answer(&request, Freshness::Revalidate))
}

fn title<'a>(state: &'a State, form: &'a Form, language: Language) -> &'a str {
    let shipped = form.title.as_ref().or_else(|| state.desk.texts.forms.get(&form.id));
    shipped.map_or(form.id.as_str(), |title| title.get(language))
}

#[derive(Serialize)]
struct FormPack<'a> {
    id: &'a str,
    kind: FormKind,
    title: &'a str,
    bank_version: &'a str,
    content_hash: &'a str,
    language: Language,
    dont_know: DontKnow<'a>,
    sections: Vec<Section<'a>>,
}

#[derive(Serialize)]
struct DontKnow<'a> {
    id: &'static str,
    text: &'a str,
}

/// The items of one competency in one part.
#[derive(Serialize)]
struct Section<'a> {
    part: Option<usize>,
    competency: Competency,
    items: Vec<ItemDocument<'a>>,
}

#[derive(Serialize)]
struct ItemDocument<'a> {
    id: &'a str,
    version: u32,
    stem: &'a str,
    media: [(); 0],
    options: Vec<OptionDocument<'a>>,
}

#[derive(Serialize)]
struct OptionDocument<'a> {
    id: &'a str,
    text: &'a str,
    media: [(); 0],
    /// In practice only.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u8>,
    /// In practice only.
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<&'a str>,
}

pub async fn form(
    state: Shared,
    request: HttpRequest,
    visitor: Visitor,
    id: web::Path<String>,
    query: Query,
) -> Answer {
    let language = query.code("lang", Language::from_tag)?.unwrap_or(visitor.context.language);
    let hash = query.text("hash", 64)?;
    let library = &state.desk.library;
    let (edition, freshness) = match hash {
        Some(hash) => (library.find_by_hash(&hash).ok_or(Refusal::NotFound)?, Freshness::Immutable),
        None => (library.current(), Freshness::Revalidate),
    };
    let form = edition.bank.forms.iter().find(|form| form.id == *id).ok_or(Refusal::NotFound)?;
    let key = format!("form/{id}/{}/{}", edition.content_hash, language.tag());
    let variants = state.content.get(key, || Variants::of_json(&pack(&state, edition, form, language), Some(language)));
    Ok(variants.answer(&request, freshness))
}

fn pack<'a>(state: &'a State, edition: &'a Edition, form: &'a Form, language: Language) -> FormPack<'a> {
    FormPack {
        id: &form.id,
        kind: form.kind,
        title: title(state, form, language),
        bank_version: &edition.bank.version,
        content_hash: &edition.content_hash,
        language,
        dont_know: DontKnow { id: DONT_KNOW, text: state.desk.texts.dont_know.get(language) },
        sections: sections(edition, form, language),
    }
}

fn sections<'a>(edition: &'a Edition, form: &'a Form, language: Language) -> Vec<Section<'a>> {
    let is_adaptive = form.kind == FormKind::Adaptive;
    let part_of = |item: &Item| form.parts.iter().position(|part| part.contains(&item.id)).map(|index| index + 1);
    let mut sections: Vec<Section<'_>> = Vec::new();
    for item in edition.bank.items_of(form) {
        let part = part_of(item).filter(|_| !is_adaptive);
        let document = item_document(item, form.kind, language);
        match sections.last_mut().filter(|last| last.part == part && last.competency == item.competency) {
            Some(last) => last.items.push(document),
            None => sections.push(Section { part, competency: item.competency, items: vec![document] }),
        }
    }
    sections
}

/// Keys and rationales leave the house with practice alone.
fn item_document(item: &Item, kind: FormKind, language: Language) -> ItemDocument<'_> {
    let is_practice = kind == FormKind::Practice;
    let options = item.options.iter().map(|option| OptionDocument {
        id: &option.id,
        text: option.text.get(language),
        media: [],
        score: is_practice.then_some(option.score),
        rationale: option.rationale.as_ref().filter(|_| is_practice).map(|rationale| rationale.get(language)),
    });
    ItemDocument {
        id: &item.id,
        version: item.version,
        stem: item.stem.get(language),
        media: [],
        options: options.collect(),
    }
}

/// A learning resource on the wire.
#[derive(Serialize)]
pub struct ResourceDocument {
    id: String,
    competency: Competency,
    band: &'static str,
    sub_skills: Vec<String>,
    title: String,
    text: String,
    next: String,
}

impl ResourceDocument {
    pub fn new(resource: &Resource, language: Language) -> Self {
        Self {
            id: resource.id.clone(),
            competency: resource.competency,
            band: resource.band.code(),
            sub_skills: resource.sub_skills.iter().map(|letter| sub_skill_code(resource.competency, letter)).collect(),
            title: resource.title.get(language).to_owned(),
            text: resource.text.get(language).to_owned(),
            next: resource.next.get(language).to_owned(),
        }
    }
}

pub async fn resources(state: Shared, request: HttpRequest, visitor: Visitor, query: Query) -> Answer {
    let language = visitor.context.language;
    let competency = query.code("competency", Competency::from_code)?;
    let band = query.code("band", Band::from_code)?;
    let named = (competency.map_or("all", Competency::code), band.map_or("all", Band::code));
    let variants = state.content.get(format!("resources/{}/{}/{}", language.tag(), named.0, named.1), || {
        let all = state.desk.library.current().bank.resources.iter();
        let wanted = all.filter(|resource| {
            competency.is_none_or(|wanted| wanted == resource.competency)
                && band.is_none_or(|wanted| wanted == resource.band)
        });
        let items = wanted.map(|resource| ResourceDocument::new(resource, language)).collect();
        Variants::of_json(&PageDocument { items, next_cursor: None }, Some(language))
    });
    Ok(variants.answer(&request, Freshness::Revalidate))
}
