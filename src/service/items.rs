//! The item bank in memory: every version that attempts were taken on, each with the model that scores it.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use super::{Desk, Error};
use crate::domain::attempt::Answer;
use crate::domain::bank::{Bank, Item};
use crate::domain::competency::Competency;
use crate::domain::measurement::rapid::{is_rapid, too_many_rapid};
use crate::domain::measurement::{
    AttemptScore, Cuts, Parameters, Prior, ScoredAnswer, ScoringError, ScoringModel, SecondOrder, score_attempt,
};
use crate::store;
use crate::store::items::{BankVersionRow, ModelRow};

/// Discrimination that experts' parameters start with: a larger one gives false certainty.
const EXPERT_DISCRIMINATION: f64 = 1.0;
/// Difficulty by target level 1 to 4, in logits; the two steps lie half a logit to either side.
const EXPERT_DIFFICULTIES: [f64; 4] = [-1.5, -0.5, 0.5, 1.5];
const EXPERT_STEP_OFFSET: f64 = 0.5;
/// Correlation of the nine abilities (the squared loading) until there are data to estimate it from.
const EXPERT_CORRELATION: f64 = 0.5;

/// A scoring model as the database keeps it, in JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelParameters {
    /// True until parameters were calibrated from answers.
    pub provisional: bool,
    /// Equal correlation between competencies.
    pub correlation: f64,
    /// Between the three bands, then between the four overall levels, in logits.
    pub band_cuts: [f64; 2],
    pub level_cuts: [f64; 3],
    /// By item id.
    pub items: HashMap<String, ItemParameters>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemParameters {
    pub discrimination: f64,
    /// Step difficulties in logits (generalised partial credit model).
    pub steps: Vec<f64>,
    /// Median time to answer, once known.
    pub median_seconds: Option<f64>,
}

impl ModelParameters {
    /// What the authors' target levels say, before any answer has come.
    pub fn from_experts(bank: &Bank) -> Self {
        let of_item = |item: &Item| {
            let difficulty = EXPERT_DIFFICULTIES[usize::from(item.level.clamp(1, 4)) - 1];
            let steps = vec![difficulty - EXPERT_STEP_OFFSET, difficulty + EXPERT_STEP_OFFSET];
            (item.id.clone(), ItemParameters { discrimination: EXPERT_DISCRIMINATION, steps, median_seconds: None })
        };
        Self {
            provisional: true,
            correlation: EXPERT_CORRELATION,
            band_cuts: *Cuts::PROVISIONAL.bands(),
            level_cuts: *Cuts::PROVISIONAL.levels(),
            items: bank.items.iter().map(of_item).collect(),
        }
    }
}

/// A bank version with the model that scores it.
pub struct Edition {
    pub bank: Bank,
    pub content_hash: String,
    pub published: bool,
    pub model_version: String,
    positions: HashMap<String, usize>,
    parameters: Vec<(Parameters, Option<f64>)>,
    model: ScoringModel,
}

/// What scoring an attempt came to.
pub struct Scored {
    pub score: AttemptScore,
    /// More than 30 % of the answers came too fast to have been read.
    pub too_many_rapid: bool,
    /// Parts of the form with at least one answer.
    pub is_partial: bool,
}

impl Edition {
    /// # Errors
    /// Where the model lacks an item of the bank or holds an impossible number.
    pub fn new(
        bank: Bank,
        content_hash: String,
        published: bool,
        model_version: String,
        model: &ModelParameters,
    ) -> Result<Self, String> {
        let describe = |error: ScoringError| error.to_string();
        let parameters = bank.items.iter().map(|item| {
            let kept =
                model.items.get(&item.id).ok_or_else(|| format!("the model has no parameters for {}", item.id))?;
            let parameters = Parameters::partial_credit(kept.discrimination, &kept.steps).map_err(describe)?;
            Ok((parameters, kept.median_seconds))
        });
        let parameters = parameters.collect::<Result<Vec<_>, String>>()?;
        let priors = [Prior::STANDARD; 9];
        let abilities = SecondOrder::with_equal_correlation(&priors, model.correlation).map_err(describe)?;
        let cuts = Cuts::new(model.band_cuts, model.level_cuts).map_err(describe)?;
        let positions = bank.items.iter().enumerate().map(|(position, item)| (item.id.clone(), position)).collect();
        Ok(Self {
            bank,
            content_hash,
            published,
            model_version,
            positions,
            parameters,
            model: ScoringModel { abilities, cuts },
        })
    }

    /// The position of a scored item in the bank's list.
    pub fn position(&self, item_id: &str) -> Option<usize> {
        self.positions.get(item_id).copied()
    }

    pub fn item(&self, item_id: &str) -> Option<&Item> {
        self.position(item_id).map(|position| &self.bank.items[position])
    }

    /// Scores answers without faults: nine abilities that inform each other. Rapid answers are left out.
    ///
    /// # Errors
    /// Where the model cannot score them, which checked answers rule out.
    pub fn score(&self, form_id: &str, answers: &[Answer]) -> Result<Scored, Error> {
        let mut by_competency: [Vec<ScoredAnswer>; 9] = Default::default();
        let mut rapid = 0;
        for answer in answers {
            let position = self.position(&answer.item).ok_or(Error::Broken("an answer to an unknown item"))?;
            let (parameters, median_seconds) = &self.parameters[position];
            if answer.seconds.is_some_and(|seconds| is_rapid(f64::from(seconds), *median_seconds)) {
                rapid += 1;
                continue;
            }
            let item = &self.bank.items[position];
            let chosen = item.options.iter().find(|option| Some(option.id.as_str()) == answer.choice.as_deref());
            let category = chosen.map_or(0, |option| usize::from(option.score));
            let scored =
                ScoredAnswer::new(*parameters, category).map_err(|_| Error::Broken("an impossible category"))?;
            by_competency[item.competency.index()].push(scored);
        }
        let score = score_attempt(&self.model, &by_competency)
            .map_err(|_| Error::Broken("an attempt that cannot be scored"))?;
        Ok(Scored {
            score,
            too_many_rapid: too_many_rapid(rapid, answers.len()),
            is_partial: self.is_partial(form_id, answers),
        })
    }

    /// Whether the answers lie in one part of a form of several.
    fn is_partial(&self, form_id: &str, answers: &[Answer]) -> bool {
        let Some(form) = self.bank.forms.iter().find(|form| form.id == form_id) else { return false };
        let is_touched = |part: &&Vec<String>| answers.iter().any(|answer| part.contains(&answer.item));
        form.parts.len() > 1 && form.parts.iter().filter(is_touched).count() < 2
    }

    /// Learning resources for a competency and band, those for the given sub-skills first.
    pub fn resources(
        &self,
        competency: Competency,
        band: crate::domain::measurement::Band,
        sub_skills: &[String],
    ) -> Vec<&crate::domain::bank::Resource> {
        let mut fitting: Vec<_> = self
            .bank
            .resources
            .iter()
            .filter(|resource| resource.competency == competency && resource.band == band)
            .collect();
        fitting.sort_by_key(|resource| !resource.sub_skills.iter().any(|taught| sub_skills.contains(taught)));
        fitting
    }
}

/// All bank versions. Published ones never change, so they are read once.
pub struct Library {
    editions: Vec<Arc<Edition>>,
}

impl Library {
    /// # Errors
    /// Where there is no published version, or a stored one cannot be read.
    pub fn new(banks: Vec<BankVersionRow>, models: &[ModelRow]) -> Result<Self, String> {
        let editions = banks.into_iter().map(|row| {
            let bank = unpack(&row.content).ok_or_else(|| format!("bank {} cannot be read", row.version))?;
            let model = models.iter().rfind(|model| model.bank_version == row.version && model.published_at.is_some());
            let model = model.ok_or_else(|| format!("bank {} has no model", row.version))?;
            let parameters = serde_json::from_str(&model.parameters).map_err(|error| error.to_string())?;
            let edition =
                Edition::new(bank, row.content_hash, row.state == PUBLISHED, model.version.clone(), &parameters)?;
            Ok(Arc::new(edition))
        });
        let editions = editions.collect::<Result<Vec<_>, String>>()?;
        if editions.iter().any(|edition| edition.published) {
            Ok(Self { editions })
        } else {
            Err("no bank is published".to_owned())
        }
    }

    /// The version that phones get today.
    pub fn current(&self) -> &Arc<Edition> {
        let current = self.editions.iter().rfind(|edition| edition.published);
        // `new` refuses a library without one.
        current.unwrap_or(&self.editions[0])
    }

    /// The version with this content: a pack that a phone was told of stays to be had.
    pub fn find_by_hash(&self, content_hash: &str) -> Option<&Arc<Edition>> {
        self.editions.iter().find(|edition| edition.content_hash == content_hash)
    }

    pub fn versions(&self) -> Vec<&str> {
        self.editions.iter().map(|edition| edition.bank.version.as_str()).collect()
    }

    /// The version an attempt was taken on, retired or not.
    pub fn find(&self, bank_version: &str) -> Option<&Arc<Edition>> {
        self.editions.iter().find(|edition| edition.bank.version == bank_version)
    }
}

/// The state of a bank or model version that is in use.
pub const PUBLISHED: &str = "published";

/// A bank as its row keeps it: canonical JSON, gzip.
pub fn pack(bank: &Bank) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bank.canonical_json().as_bytes())?;
    encoder.finish()
}

fn unpack(content: &[u8]) -> Option<Bank> {
    let mut json = String::new();
    GzDecoder::new(content).read_to_string(&mut json).ok()?;
    serde_json::from_str(&json).ok()
}

/// Asks the database for something small, to see whether it answers.
///
/// # Errors
/// Where it does not.
pub fn check_store(desk: &Desk) -> Result<(), Error> {
    desk.store.read(|db| store::areas::data_set_hash(db, "areas"))?;
    Ok(())
}
