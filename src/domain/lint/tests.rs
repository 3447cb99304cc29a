//! Every rule with examples that break it and near misses that keep it.

mod bank;
mod form;
mod item;
mod wording;

use std::collections::BTreeSet;

use super::*;
use crate::domain::bank::fixture;
use crate::domain::competency::Competency;

/// Changes to something without faults after which a rule is broken, or still kept.
struct Example<T: 'static> {
    rule: &'static str,
    breaks: &'static [fn(&mut T)],
    keeps: &'static [fn(&mut T)],
}

impl<T: Clone> Example<T> {
    fn hold(&self, clean: &T, lint: impl Fn(&T) -> Vec<Finding>) {
        for (changes, broken) in [(self.breaks, true), (self.keeps, false)] {
            assert!(!changes.is_empty(), "{} lacks examples", self.rule);
            for (number, change) in changes.iter().enumerate() {
                let mut changed = clean.clone();
                change(&mut changed);
                let findings = lint(&changed);
                let found = findings.iter().any(|finding| finding.rule == self.rule);
                assert_eq!(found, broken, "{} example {number}: {findings:?}", self.rule);
            }
        }
    }
}

fn codes<T>(examples: &[Example<T>]) -> impl Iterator<Item = &'static str> {
    examples.iter().map(|example| example.rule)
}

#[test]
fn the_bank_of_the_examples_has_no_faults() {
    assert_eq!(lint(&fixture::bank()), []);
}

#[test]
fn every_rule_has_examples_and_a_code_of_its_own() {
    let with_examples: Vec<_> = codes(item::EXAMPLES)
        .chain(codes(wording::EXAMPLES))
        .chain(codes(item::PRACTICE_EXAMPLES))
        .chain(codes(bank::EXAMPLES))
        .chain(codes(form::EXAMPLES))
        .collect();
    let unique: BTreeSet<_> = with_examples.iter().copied().collect();
    assert_eq!(unique.len(), with_examples.len());
    assert_eq!(unique, rules().into_iter().map(|(code, _)| code).collect());
}

#[test]
fn a_finding_says_where_and_what_to_do() {
    let mut bank = fixture::bank();
    bank.items[0].level = 5;
    let finding = lint(&bank).remove(0);
    let json = serde_json::to_value(&finding).unwrap();
    let expected = serde_json::json!({
        "file": "items/information_access.toml", "item": "1a01", "rule": "level", "severity": "error",
        "message": "level 5", "advice": "Aim at one of the levels 1 to 4."
    });
    assert_eq!(json, expected);
}

fn clean_item() -> Item {
    fixture::item(Competency::InformationAccess, 0)
}
