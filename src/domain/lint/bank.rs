//! Rules on the bank as a whole: ids, kinship between items, coverage.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use super::lexicon::is_function_word;
use super::words::words;
use super::{BankCheck, Place, Rule};
use crate::domain::bank::{Bank, Item, Resource};
use crate::domain::competency::{Competency, SUB_SKILL_CODES};
use crate::domain::measurement::Band;

/// Share of content words (words in both stems among words in either) from which two stories count
/// as one. Among the 23,220 pairs of the first 216 items one reached .33, two items that told the
/// same story; the next had .25 and .22 and only a person or a place in common.
const NEAR_DUPLICATE_SIMILARITY: f64 = 0.3;

pub(super) const RULES: [Rule<BankCheck>; 7] = [
    Rule::error("bank-version", version, "Write year, month and a running number, such as 2026.11.1."),
    Rule::warning("review-after-version", reviews, "Raise the version of the bank, or mend the date."),
    Rule::error("duplicate-id", duplicate_ids, "Give every item, form and resource an id of its own."),
    Rule::error("unknown-enemy", unknown_enemies, "Name another item of the bank as the enemy."),
    Rule::error("near-duplicate", near_duplicates, "Write another story, or declare two scored items enemies."),
    Rule::warning("bank-coverage", coverage, "Write items for every sub-skill and level of the competency."),
    Rule::warning("resource-coverage", resources, "Write a resource for every competency and band."),
];

fn version(bank: &Bank) -> Vec<(Place<'_>, String)> {
    let message = format!("version {:?}", bank.version);
    let breach = version_month(&bank.version).is_none().then_some((BANK, message));
    breach.into_iter().collect()
}

fn reviews(bank: &Bank) -> Vec<(Place<'_>, String)> {
    let Some(version_month) = version_month(&bank.version) else {
        return vec![];
    };
    let is_later = |item: &&Item| item.reviewed_on.is_some_and(|date| (date.year(), date.month()) > version_month);
    let message = format!("reviewed after the month of version {}", bank.version);
    let later = bank.all_items().filter(is_later);
    later.map(|item| (Place::of_item(item), message.clone())).collect()
}

/// Year and month of a version such as `2026.11.1`.
fn version_month(version: &str) -> Option<(i32, u32)> {
    let mut numbers =
        version.split('.').map(|number| number.parse::<u32>().ok().filter(|_| !number.starts_with(['0', '+'])));
    let (year, month, _, end) = (numbers.next()??, numbers.next()??, numbers.next()??, numbers.next());
    let fits = (2026..=9999).contains(&year) && (1..=12).contains(&month) && end.is_none();
    fits.then_some((i32::try_from(year).ok()?, month))
}

fn duplicate_ids(bank: &Bank) -> Vec<(Place<'_>, String)> {
    let items = bank.all_items().map(Place::of_item).collect();
    let forms = bank.forms.iter().map(Place::of_form).collect();
    let resources =
        bank.resources.iter().map(|resource| Place { file: &resource.file, id: Some(&resource.id) }).collect();
    let mut breaches = Vec::new();
    for places in [items, forms, resources] as [Vec<Place>; 3] {
        let mut seen = BTreeMap::new();
        for place in places {
            if let Some(first) = seen.insert(place.id, place.file) {
                breaches.push((place, format!("the id stands in {first} already")));
            }
        }
    }
    breaches
}

fn unknown_enemies(bank: &Bank) -> Vec<(Place<'_>, String)> {
    let mut breaches = Vec::new();
    for item in bank.all_items() {
        for enemy in &item.enemies {
            if *enemy == item.id || bank.item(enemy).is_none() {
                breaches.push((Place::of_item(item), format!("enemy {enemy:?}")));
            }
        }
    }
    breaches
}

/// Practice tells the keys, so that declaring enmity with a practice item excuses nothing.
fn near_duplicates(bank: &Bank) -> Vec<(Place<'_>, String)> {
    let stems: Vec<_> = bank.all_items().map(|item| (item, content_words(&item.stem.vi))).collect();
    let mut breaches = Vec::new();
    for (at, (item, stem)) in stems.iter().enumerate() {
        for (other, other_stem) in &stems[..at] {
            let similarity = jaccard(stem, other_stem);
            let is_declared = at < bank.items.len() && item.is_enemy_of(other);
            if similarity >= NEAR_DUPLICATE_SIMILARITY && !is_declared {
                breaches.push((Place::of_item(item), format!("{similarity:.2} of the words of {}", other.id)));
            }
        }
    }
    breaches
}

fn content_words(text: &str) -> BTreeSet<String> {
    let words = words(text).into_iter().map(|word| word.lower);
    words.filter(|word| !is_function_word(word)).collect()
}

/// |A ∩ B| / |A ∪ B| (Jaccard 1901); 0 for two empty sets.
fn jaccard(left: &BTreeSet<String>, right: &BTreeSet<String>) -> f64 {
    let common = left.intersection(right).count();
    let all = left.len() + right.len() - common;
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}

fn coverage(bank: &Bank) -> Vec<(Place<'_>, String)> {
    let mut breaches = Vec::new();
    for competency in Competency::ALL {
        let has =
            |fits: &dyn Fn(&Item) -> bool| bank.items.iter().any(|item| item.competency == competency && fits(item));
        let sub_skills = SUB_SKILL_CODES.into_iter().filter(|code| !has(&|item| item.sub_skill == *code));
        let levels = (1..=4).filter(|level| !has(&|item| item.level == *level));
        let missing =
            sub_skills.map(|code| format!("sub-skill {code}")).chain(levels.map(|level| format!("level {level}")));
        breaches.extend(missing.map(|missing| (BANK, format!("{}: no item of {missing}", competency.code()))));
    }
    breaches
}

fn resources(bank: &Bank) -> Vec<(Place<'_>, String)> {
    let mut breaches = Vec::new();
    for competency in Competency::ALL {
        for band in Band::ALL {
            let fits = |resource: &Resource| resource.competency == competency && resource.band == band;
            if !bank.resources.iter().any(fits) {
                breaches.push((RESOURCES, format!("{}: none for {band:?}", competency.code())));
            }
        }
    }
    breaches
}

const BANK: Place<'static> = Place { file: "bank.toml", id: None };
const RESOURCES: Place<'static> = Place { file: "resources.toml", id: None };
