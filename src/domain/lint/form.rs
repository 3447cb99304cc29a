//! Rules on whole forms: what they hold, and how it is balanced.

use std::collections::{BTreeMap, BTreeSet};

use super::{FormCheck, Rule};
use crate::domain::bank::{Bank, Form, FormKind, Item};
use crate::domain::competency::{Competency, SUB_SKILL_CODES};

/// Parts of a full form, and items of each competency in each part.
pub const FULL_FORM_PARTS: usize = 3;
pub const ITEMS_PER_COMPETENCY_AND_PART: usize = 2;

pub(super) const RULES: [Rule<FormCheck>; 10] = [
    Rule::error("form-unknown-item", unknown_items, "Name items of this bank."),
    Rule::error("form-repeated-item", repeated_items, "Ask every item once."),
    Rule::error("form-item-kind", item_kinds, "Keep practice items to practice forms, and scored items out of them."),
    Rule::error("form-enemies", enemies, "Put one of the two into another form."),
    Rule::error("forms-overlap", overlaps, "Share no item between full forms."),
    Rule::error(
        "form-parts",
        parts,
        "Give a full form three parts with two items of each competency; other forms one part.",
    ),
    Rule::error("form-sub-skills", sub_skills, "Ask about every sub-skill at least once."),
    Rule::error(
        "form-levels",
        levels,
        "Give each competency three levels or more, and each level 15 to 40 % of the form.",
    ),
    Rule::error("form-key-longest", key_longest, "Shorten best options until at most 40 % are the longest."),
    Rule::error("form-key-positions", key_positions, "Spread the best options: each place 25 to 42 %."),
];

fn unknown_items(form: &Form, bank: &Bank) -> Vec<String> {
    let unknown = form.item_ids().filter(|id| bank.item(id).is_none());
    unknown.map(|id| format!("no item {id:?}")).collect()
}

fn repeated_items(form: &Form, _: &Bank) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let repeated = form.item_ids().filter(|id| !seen.insert(*id));
    repeated.map(|id| format!("{id} stands twice")).collect()
}

fn item_kinds(form: &Form, bank: &Bank) -> Vec<String> {
    let wrong = match form.kind {
        FormKind::Practice => &bank.items,
        FormKind::Full | FormKind::Adaptive => &bank.practice_items,
    };
    let ids = form.item_ids().filter(|id| wrong.iter().any(|item| item.id == *id));
    ids.map(|id| format!("{id} is of the other kind")).collect()
}

fn enemies(form: &Form, bank: &Bank) -> Vec<String> {
    if form.kind == FormKind::Adaptive {
        return vec![]; // The choice of the next item keeps enemies apart.
    }
    let items = bank.items_of(form);
    let mut messages = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let enemies = items[..at].iter().filter(|other| item.is_enemy_of(other));
        messages.extend(enemies.map(|enemy| format!("{} and {}", enemy.id, item.id)));
    }
    messages
}

/// Reported at the later of two forms.
fn overlaps(form: &Form, bank: &Bank) -> Vec<String> {
    let is_full = |form: &&Form| form.kind == FormKind::Full;
    let ids: BTreeSet<_> = Some(form).filter(is_full).into_iter().flat_map(Form::item_ids).collect();
    let others = bank.forms.iter().filter(is_full).filter(|other| other.id < form.id);
    let shared = others.flat_map(|other| other.item_ids().map(move |id| (other, id)));
    shared.filter(|(_, id)| ids.contains(id)).map(|(other, id)| format!("{id} stands in {} too", other.id)).collect()
}

fn parts(form: &Form, bank: &Bank) -> Vec<String> {
    let expected = match form.kind {
        FormKind::Full => FULL_FORM_PARTS..=FULL_FORM_PARTS,
        FormKind::Adaptive => 0..=1,
        FormKind::Practice => 1..=1,
    };
    let mut messages = Vec::new();
    if !expected.contains(&form.parts.len()) {
        messages.push(format!("{} parts", form.parts.len()));
    }
    for (part, number) in form.parts.iter().zip(1..) {
        let items: Vec<_> = part.iter().filter_map(|id| bank.item(id)).collect();
        for competency in Competency::ALL {
            let count = items.iter().filter(|item| item.competency == competency).count();
            if form.kind == FormKind::Full && count != ITEMS_PER_COMPETENCY_AND_PART {
                messages.push(format!("part {number}: {count} of {}", competency.code()));
            }
        }
    }
    messages
}

fn sub_skills(form: &Form, bank: &Bank) -> Vec<String> {
    let mut messages = Vec::new();
    for (competency, items) in full_by_competency(form, bank) {
        let missing = SUB_SKILL_CODES.iter().filter(|code| !items.iter().any(|item| item.sub_skill == **code));
        messages.extend(missing.map(|code| format!("{}: nothing of {code}", competency.code())));
    }
    messages
}

fn levels(form: &Form, bank: &Bank) -> Vec<String> {
    let by_competency = full_by_competency(form, bank);
    let all: Vec<_> = by_competency.values().flatten().collect();
    let mut messages = Vec::new();
    for (competency, items) in &by_competency {
        let levels: BTreeSet<_> = items.iter().map(|item| item.level).collect();
        if levels.len() < 3 {
            messages.push(format!("{}: levels {levels:?} only", competency.code()));
        }
    }
    for level in 1..=4 {
        let count = all.iter().filter(|item| item.level == level).count();
        if !by_competency.is_empty() && !is_share_within(count, all.len(), 15, 40) {
            messages.push(format!("{count} of {} at level {level}", all.len()));
        }
    }
    messages
}

/// The items of a full form; nothing for other forms.
fn full_by_competency<'a>(form: &Form, bank: &'a Bank) -> BTreeMap<Competency, Vec<&'a Item>> {
    let mut items = BTreeMap::new();
    if form.kind == FormKind::Full {
        items.extend(Competency::ALL.map(|competency| (competency, vec![])));
        for item in bank.items_of(form) {
            items.entry(item.competency).or_default().push(item);
        }
    }
    items
}

fn key_longest(form: &Form, bank: &Bank) -> Vec<String> {
    let items = scored_items(form, bank);
    let count = items.iter().filter(|item| is_key_longest(item)).count();
    let is_fair = is_share_within(count, items.len(), 0, 40);
    if is_fair { vec![] } else { vec![format!("the best option is the longest in {count} of {}", items.len())] }
}

/// Whether the best option has more letters than both others.
pub fn is_key_longest(item: &Item) -> bool {
    let letters = |text: &str| text.chars().count();
    item.best().is_some_and(|best| {
        let mut others = item.options.iter().filter(|option| option.id != best.id);
        others.all(|other| letters(&other.text.vi) < letters(&best.text.vi))
    })
}

fn key_positions(form: &Form, bank: &Bank) -> Vec<String> {
    let items = scored_items(form, bank);
    let count = |place: &str| {
        let keys = items.iter().filter_map(|item| item.best());
        keys.filter(|best| best.id == place).count()
    };
    let counts = ["a", "b", "c"].map(|place| (place, count(place)));
    let unfair = counts.into_iter().filter(|(_, count)| !is_share_within(*count, items.len(), 25, 42));
    unfair.map(|(place, count)| format!("{place} is best in {count} of {}", items.len())).collect()
}

/// The items whose balance matters: those of a form that is scored.
fn scored_items<'a>(form: &Form, bank: &'a Bank) -> Vec<&'a Item> {
    match form.kind {
        FormKind::Full | FormKind::Adaptive => bank.items_of(form),
        FormKind::Practice => vec![],
    }
}

/// Whether `count` of `all` lies between two percentages; true of nothing at all.
fn is_share_within(count: usize, all: usize, least_percent: usize, most_percent: usize) -> bool {
    (least_percent * all..=most_percent * all).contains(&(100 * count))
}
