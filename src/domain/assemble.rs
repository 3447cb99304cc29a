//! Two disjoint full forms from a bank, balanced by sub-skill, level and place of the best option.
//!
//! A local search: items are dealt to the parts of the forms at random, then two items of one
//! competency at a time are exchanged. What comes out has passed the linter's rules on forms.

use super::bank::{Bank, Form, FormKind, Item};
use super::competency::{Competency, SUB_SKILL_CODES};
use super::lint::{FULL_FORM_PARTS, Finding, ITEMS_PER_COMPETENCY_AND_PART, Severity, is_key_longest, lint_forms};

const FORM_IDS: [&str; 2] = ["full-a", "full-b"];
/// Parts of both forms together; part `p` belongs to form `p / FULL_FORM_PARTS`.
const PARTS: usize = FORM_IDS.len() * FULL_FORM_PARTS;
/// Places of one competency in both forms together, two in each part.
const PLACES: usize = PARTS * ITEMS_PER_COMPETENCY_AND_PART;
/// Exchanges tried, in about 20 ms.
const EXCHANGES: usize = 20_000;
const FIRST_THRESHOLD: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssembleError {
    /// Two forms need twelve items of every competency.
    TooFewItems { competency: Competency, found: usize },
    /// The search ended with forms that the linter refuses: the bank lacks items of some kind, or
    /// another seed may do.
    Unbalanced(Vec<Finding>),
}

impl std::fmt::Display for AssembleError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooFewItems { competency, found } => {
                write!(formatter, "{}: {found} of {PLACES} items", competency.code())
            }
            Self::Unbalanced(findings) => {
                write!(formatter, "no balanced forms: {} findings", findings.len())
            }
        }
    }
}

impl std::error::Error for AssembleError {}

/// The forms `full-a` and `full-b`. The same bank and seed give the same forms.
///
/// In each part the competencies stand in order, the two items of one together, the easier first.
///
/// # Errors
/// `TooFewItems` under twelve items in a competency, `Unbalanced` where the search finds no forms
/// that keep the linter's rules.
pub fn assemble(bank: &Bank, seed: u64) -> Result<[Form; 2], AssembleError> {
    let mut deal = Deal::new(bank, seed)?;
    deal.improve();
    let forms = deal.forms();
    let candidate = Bank { forms: forms.to_vec(), ..bank.clone() };
    let mut errors = lint_forms(&candidate);
    errors.retain(|finding| finding.severity == Severity::Error);
    if errors.is_empty() { Ok(forms) } else { Err(AssembleError::Unbalanced(errors)) }
}

/// For each competency its items; the first `PLACES` are dealt, two to a part, the rest left over.
struct Deal<'a> {
    items: [Vec<Card<'a>>; 9],
    dice: Dice,
}

/// What the search looks at in an item.
struct Card<'a> {
    item: &'a Item,
    /// The place of the sub-skill and of the best option in their alphabets, from 0.
    sub_skill: usize,
    key: usize,
    key_is_longest: bool,
}

impl<'a> Deal<'a> {
    fn new(bank: &'a Bank, seed: u64) -> Result<Self, AssembleError> {
        let mut in_order: Vec<&Item> = bank.items.iter().collect();
        in_order.sort_by(|left, right| left.id.cmp(&right.id));
        let mut items: [Vec<Card>; 9] = Default::default();
        for item in in_order {
            items[item.competency.index()].extend(Card::new(item));
        }
        let mut dice = Dice { state: seed };
        for (competency, items) in Competency::ALL.into_iter().zip(&mut items) {
            let found = items.len();
            if found < PLACES {
                return Err(AssembleError::TooFewItems { competency, found });
            }
            for last in (1..found).rev() {
                items.swap(last, dice.below(last + 1));
            }
        }
        Ok(Self { items, dice })
    }

    /// Threshold accepting (Dueck & Scheuer 1990): at first an exchange may make the forms somewhat
    /// worse, in the end only no worse.
    fn improve(&mut self) {
        let mut cost = self.cost();
        for left in (0..EXCHANGES).rev() {
            let competency = self.dice.below(self.items.len());
            let dealt = self.dice.below(PLACES);
            let other = self.dice.below(self.items[competency].len());
            self.items[competency].swap(dealt, other);
            let new_cost = self.cost();
            if new_cost <= cost + FIRST_THRESHOLD * left / EXCHANGES {
                cost = new_cost;
            } else {
                self.items[competency].swap(dealt, other);
            }
        }
    }

    /// How far the forms are from what they should be.
    fn cost(&self) -> usize {
        let forms = (0..FORM_IDS.len()).map(|form| form_cost(&self.stretch(form, FULL_FORM_PARTS)));
        let parts = (0..PARTS).map(|part| part_cost(&self.stretch(part, 1)));
        forms.sum::<usize>() + parts.sum::<usize>()
    }

    /// For each competency its cards in one of the equal stretches of so many parts.
    fn stretch(&self, number: usize, parts: usize) -> [&[Card<'a>]; 9] {
        let size = parts * ITEMS_PER_COMPETENCY_AND_PART;
        std::array::from_fn(|at| &self.items[at][number * size..(number + 1) * size])
    }

    fn forms(&self) -> [Form; 2] {
        std::array::from_fn(|form| Form {
            id: FORM_IDS[form].to_owned(),
            kind: FormKind::Full,
            title: None,
            parts: (0..FULL_FORM_PARTS).map(|part| self.part(form * FULL_FORM_PARTS + part)).collect(),
            file: format!("forms/{}.toml", FORM_IDS[form]),
        })
    }

    fn part(&self, part: usize) -> Vec<String> {
        let in_order_asked = |cards: &[Card<'a>]| {
            let mut items: Vec<&Item> = cards.iter().map(|card| card.item).collect();
            items.sort_by(|left, right| (left.level, &left.id).cmp(&(right.level, &right.id)));
            items
        };
        let items = self.stretch(part, 1).into_iter().flat_map(in_order_asked);
        items.map(|item| item.id.clone()).collect()
    }
}

/// What the linter refuses weighs most.
fn form_cost(cards: &[&[Card]; 9]) -> usize {
    let all = || cards.iter().copied().flatten();
    let enemies = all().filter(|card| !card.item.enemies.is_empty()).map(|card| {
        let others = all().filter(|other| card.item.enemies.contains(&other.item.id));
        others.count()
    });
    let faults = enemies.sum::<usize>() + cards.iter().map(|cards| gaps(cards)).sum::<usize>();
    100 * faults + 4 * unevenness::<4>(all().map(Card::level_index)) + 4 * unevenness::<3>(all().map(|card| card.key))
}

/// Sub-skills and levels (above one) that the items of one competency in a form lack.
fn gaps(cards: &[Card]) -> usize {
    let lacking = |codes: usize, has: &dyn Fn(&Card, usize) -> bool| {
        let codes = 0..codes;
        codes.filter(|code| !cards.iter().any(|card| has(card, *code))).count()
    };
    let sub_skills = lacking(SUB_SKILL_CODES.len(), &|card, code| card.sub_skill == code);
    let levels = lacking(4, &|card, level| card.level_index() == level);
    sub_skills + levels.saturating_sub(1)
}

fn part_cost(pairs: &[&[Card]; 9]) -> usize {
    let all = || pairs.iter().copied().flatten();
    let likeness = |pair: &&[Card]| {
        usize::from(pair[0].item.level == pair[1].item.level) + 2 * usize::from(pair[0].sub_skill == pair[1].sub_skill)
    };
    let longest = all().filter(|card| card.key_is_longest).count();
    2 * pairs.iter().map(likeness).sum::<usize>()
        + unevenness::<4>(all().map(Card::level_index))
        + unevenness::<3>(all().map(|card| card.key))
        + 4 * longest.saturating_sub(all().count() / 3)
}

/// The sum of the squared counts of the values below `N`: least where all are equally frequent.
fn unevenness<const N: usize>(values: impl Iterator<Item = usize>) -> usize {
    let mut counts = [0; N];
    for value in values {
        counts[value] += 1;
    }
    counts.iter().map(|count| count * count).sum()
}

impl<'a> Card<'a> {
    /// Nothing for an item the linter refuses for its sub-skill, level or best option.
    fn new(item: &'a Item) -> Option<Self> {
        let best = item.best()?;
        (1..=4).contains(&item.level).then_some(Self {
            item,
            sub_skill: SUB_SKILL_CODES.iter().position(|code| *code == item.sub_skill)?,
            key: ["a", "b", "c"].iter().position(|id| *id == best.id)?,
            key_is_longest: is_key_longest(item),
        })
    }

    fn level_index(&self) -> usize {
        usize::from(self.item.level) - 1
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014).
struct Dice {
    state: u64,
}

impl Dice {
    /// A number from 0 to below `end`; the bias of the remainder is below 2^-50 here.
    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed % end as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::bank::fixture;
    use crate::domain::lint::lint;

    #[test]
    fn two_disjoint_forms_pass_the_linter_whatever_the_seed() {
        for seed in 0..2 {
            let mut bank = fixture::bank();
            let forms = assemble(&bank, seed).unwrap();
            let ids: BTreeSet<_> = forms.iter().flat_map(Form::item_ids).collect();
            assert_eq!(ids.len(), 108);
            bank.forms.extend(forms);
            assert_eq!(lint(&bank), [], "seed {seed}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_forms_whatever_the_order_of_the_bank() {
        let bank = fixture::bank();
        let mut turned = bank.clone();
        turned.items.rotate_left(100);
        let forms = assemble(&bank, 7);
        assert_eq!(forms, assemble(&turned, 7));
        assert_ne!(forms, assemble(&turned, 8));
    }

    #[test]
    fn each_part_asks_two_of_each_competency_in_order_the_easier_first() {
        let bank = fixture::bank();
        for part in assemble(&bank, 1).unwrap().iter().flat_map(|form| &form.parts) {
            let items: Vec<_> = part.iter().map(|id| bank.item(id).unwrap()).collect();
            for (pair, competency) in items.chunks(2).zip(Competency::ALL) {
                assert!(pair.iter().all(|item| item.competency == competency));
                assert!(pair[0].level <= pair[1].level);
            }
        }
    }

    #[test]
    fn enemies_never_meet_in_a_form() {
        let mut bank = fixture::bank();
        let ids: Vec<_> = bank.items.iter().map(|item| item.id.clone()).collect();
        for (at, item) in bank.items.iter_mut().enumerate() {
            item.enemies = vec![ids[(at + 24) % ids.len()].clone()];
        }
        for form in assemble(&bank, 1).unwrap() {
            let items = bank.items_of(&form);
            for item in &items {
                assert!(!items.iter().any(|other| item.is_enemy_of(other)));
            }
        }
    }

    #[test]
    fn a_bank_too_small_or_too_lopsided_is_refused() {
        let mut bank = fixture::bank();
        for item in &mut bank.items {
            item.level = 2;
        }
        assert!(matches!(assemble(&bank, 1), Err(AssembleError::Unbalanced(_))));
        bank.items.truncate(200);
        let competency = Competency::Privacy;
        let found = 8;
        assert_eq!(assemble(&bank, 1), Err(AssembleError::TooFewItems { competency, found }));
    }
}
