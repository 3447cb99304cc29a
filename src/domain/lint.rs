//! The linter: what an item, a form and the bank as a whole must keep to (design: field.md §E).
//!
//! Each rule is one entry of a table (code, severity, check, advice) and one function that answers
//! with a message for every breach. Rules that need a reader's judgement are not here.

mod bank;
mod form;
mod item;
mod lexicon;
mod options;
mod wording;
mod words;

#[cfg(test)]
mod tests;

use serde::Serialize;

use super::bank::{Bank, Form, Item};
pub use form::{FULL_FORM_PARTS, ITEMS_PER_COMPETENCY_AND_PART, is_key_longest};

/// One breach of one rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Where it was read from; empty for a bank that comes from no files.
    pub file: String,
    /// The id of the item, form or resource meant; `None` where the bank as a whole is.
    pub item: Option<String>,
    /// The stable code of the rule, such as `stem-length`.
    pub rule: &'static str,
    pub severity: Severity,
    /// What was found.
    pub message: String,
    /// What to do.
    pub advice: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The bank is not imported.
    Error,
    /// A person should look at it.
    Warning,
}

/// All findings, in the order of files, items and rules.
pub fn lint(bank: &Bank) -> Vec<Finding> {
    let mut findings = lint_forms(bank);
    findings.extend(bank.items.iter().flat_map(lint_item));
    findings.extend(bank.practice_items.iter().flat_map(lint_practice_item));
    for rule in &bank::RULES {
        let breaches = (rule.check)(bank).into_iter();
        findings.extend(breaches.map(|(place, message)| rule.finding(place, message)));
    }
    findings.sort();
    findings
}

/// The findings about one scored item by itself.
pub fn lint_item(item: &Item) -> Vec<Finding> {
    item_findings(item, &item::SCORED_RULES)
}

/// The findings about one practice item by itself.
pub fn lint_practice_item(item: &Item) -> Vec<Finding> {
    item_findings(item, &item::PRACTICE_RULES)
}

/// The findings about forms: what they hold, and how it is balanced.
pub fn lint_forms(bank: &Bank) -> Vec<Finding> {
    let mut findings = Vec::new();
    for form in &bank.forms {
        for rule in &form::RULES {
            let messages = (rule.check)(form, bank).into_iter();
            findings.extend(messages.map(|message| rule.finding(Place::of_form(form), message)));
        }
    }
    findings
}

/// The codes of all rules with their severities.
pub fn rules() -> Vec<(&'static str, Severity)> {
    let of_items = common_item_rules().chain(&item::SCORED_RULES).chain(&item::PRACTICE_RULES);
    of_items
        .map(|rule| (rule.code, rule.severity))
        .chain(bank::RULES.iter().map(|rule| (rule.code, rule.severity)))
        .chain(form::RULES.iter().map(|rule| (rule.code, rule.severity)))
        .collect()
}

fn item_findings(item: &Item, rules_of_its_kind: &'static [Rule<ItemCheck>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in common_item_rules().chain(rules_of_its_kind) {
        let messages = (rule.check)(item).into_iter();
        findings.extend(messages.map(|message| rule.finding(Place::of_item(item), message)));
    }
    findings
}

fn common_item_rules() -> impl Iterator<Item = &'static Rule<ItemCheck>> {
    item::RULES.iter().chain(&options::RULES).chain(&wording::RULES)
}

struct Rule<Check> {
    code: &'static str,
    severity: Severity,
    check: Check,
    advice: &'static str,
}

/// A message for each breach.
type ItemCheck = fn(&Item) -> Vec<String>;
type FormCheck = fn(&Form, &Bank) -> Vec<String>;
type BankCheck = for<'a> fn(&'a Bank) -> Vec<(Place<'a>, String)>;

impl<Check> Rule<Check> {
    const fn error(code: &'static str, check: Check, advice: &'static str) -> Self {
        Self { code, severity: Severity::Error, check, advice }
    }

    const fn warning(code: &'static str, check: Check, advice: &'static str) -> Self {
        Self { code, severity: Severity::Warning, check, advice }
    }

    fn finding(&self, place: Place, message: String) -> Finding {
        Finding {
            file: place.file.to_owned(),
            item: place.id.map(str::to_owned),
            rule: self.code,
            severity: self.severity,
            message,
            advice: self.advice,
        }
    }
}

/// What a finding is about.
struct Place<'a> {
    file: &'a str,
    id: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of_item(item: &'a Item) -> Self {
        Self { file: &item.file, id: Some(&item.id) }
    }

    fn of_form(form: &'a Form) -> Self {
        Self { file: &form.file, id: Some(&form.id) }
    }
}
