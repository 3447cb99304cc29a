//! The item bank as data: scenario items, practice items, forms and learning resources.
//!
//! A bank read from files (`Bank::from_files`) is well formed but not yet good: `domain::lint`
//! judges it. Whatever the layout of the files, the same content has the same `content_hash`.

mod files;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::competency::{Competency, Framework};
use super::language::Localized;
use super::measurement::Band;
pub use files::{Cause, Fault};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bank {
    /// Year, month and a number that rises within the month, such as `2026.11.1`.
    pub version: String,
    pub framework: Framework,
    pub items: Vec<Item>,
    /// Unscored items, the only ones whose scores and rationales are public.
    pub practice_items: Vec<Item>,
    pub forms: Vec<Form>,
    pub resources: Vec<Resource>,
}

/// A graded scenario: a short story that ends in a question, and three things one could do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Competency number, sub-skill letter and a running number, such as `1a01`; `p1` in practice.
    pub id: String,
    /// From 1, raised by every change of stem, option or score.
    pub version: u32,
    pub competency: Competency,
    /// `a` to `e`.
    pub sub_skill: String,
    /// Difficulty the author aims at, 1 to 4.
    pub level: u8,
    pub author: String,
    pub reviewer: String,
    #[serde(with = "iso_date")]
    pub reviewed_on: Option<NaiveDate>,
    pub stem: Localized,
    /// In the order written; phones may shuffle them and append "Tôi chưa biết".
    pub options: Vec<AnswerOption>,
    /// Items that give this one away and must not stand with it in one form; one side suffices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enemies: Vec<String>,
    /// The file (or sheet) the item was read from, for messages only; no part of the content.
    #[serde(skip)]
    pub file: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerOption {
    /// `a`, `b` or `c`.
    pub id: String,
    /// 2 best, 1 acceptable, 0 harmful.
    pub score: u8,
    pub text: Localized,
    /// Why it is best, acceptable or harmful: for authors, and for everybody in practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<Localized>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    pub id: String,
    pub kind: FormKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Localized>,
    /// Item ids in the order asked. An adaptive form may leave this empty: the whole bank.
    #[serde(default)]
    pub parts: Vec<Vec<String>>,
    /// As `Item::file`.
    #[serde(skip)]
    pub file: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FormKind {
    /// Fixed, for offline phones: 54 items in three parts.
    Full,
    /// The service chooses the next item.
    Adaptive,
    /// Unscored, with keys and rationales.
    Practice,
}

/// Something to learn from, for people of one band in one competency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    pub id: String,
    pub competency: Competency,
    #[serde(with = "BandCode")]
    pub band: Band,
    /// The sub-skills it teaches, `a` to `e`.
    pub sub_skills: Vec<String>,
    pub title: Localized,
    pub text: Localized,
    /// What to do next.
    pub next: Localized,
    /// The name of a dated fact (a portal, a hotline) that replaces an address which would rot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// As `Item::file`.
    #[serde(skip)]
    pub file: String,
}

impl Bank {
    /// A scored or practice item.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.all_items().find(|item| item.id == id)
    }

    pub fn all_items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().chain(&self.practice_items)
    }

    /// The items of a form in the order asked, without those the bank does not know; all scored
    /// items for an adaptive form that names none.
    pub fn items_of(&self, form: &Form) -> Vec<&Item> {
        if form.kind == FormKind::Adaptive && form.item_ids().next().is_none() {
            return self.items.iter().collect();
        }
        form.item_ids().filter_map(|id| self.item(id)).collect()
    }

    /// The bank as compact JSON with members in a fixed order and lists sorted by id, so that the
    /// same content is the same text. `serde_json` reads it back.
    pub fn canonical_json(&self) -> String {
        let mut bank = self.clone();
        bank.sort();
        // Only keys that are no strings could make this fail, and a bank has none.
        serde_json::to_string(&bank).expect("a bank has only string keys")
    }

    /// SHA-256 of the canonical JSON, in lower-case hexadecimal.
    pub fn content_hash(&self) -> String {
        let digest = Sha256::digest(self.canonical_json());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Puts every list whose order means nothing into the order of ids.
    fn sort(&mut self) {
        for items in [&mut self.items, &mut self.practice_items] {
            items.sort_by(|left, right| left.id.cmp(&right.id));
            for item in items {
                item.enemies.sort();
            }
        }
        self.forms.sort_by(|left, right| left.id.cmp(&right.id));
        self.resources.sort_by(|left, right| left.id.cmp(&right.id));
    }
}

impl Item {
    /// The option that scores 2, where there is exactly one.
    pub fn best(&self) -> Option<&AnswerOption> {
        let mut best = self.options.iter().filter(|option| option.score == 2);
        best.next().filter(|_| best.next().is_none())
    }

    /// Whether either of the two names the other as an enemy.
    pub fn is_enemy_of(&self, other: &Item) -> bool {
        self.enemies.contains(&other.id) || other.enemies.contains(&self.id)
    }
}

impl Form {
    pub fn item_ids(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().flatten().map(String::as_str)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Band", rename_all = "lowercase")]
enum BandCode {
    Learning,
    Capable,
    Confident,
}

/// A date as `2026-11-21`, in JSON.
mod iso_date {
    use chrono::NaiveDate;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(date: &Option<NaiveDate>, serializer: S) -> Result<S::Ok, S::Error> {
        date.map(|date| date.to_string()).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(Error::custom)).transpose()
    }
}
