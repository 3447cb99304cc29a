//! Rules on what an item must carry: id, version, level, people, date, rationales, both languages.

use unicode_normalization::is_nfc;

use super::{ItemCheck, Rule};
use crate::domain::bank::Item;
use crate::domain::competency::SUB_SKILL_CODES;
use crate::domain::language::{Language, Localized};

/// For scored and practice items alike.
pub(super) const RULES: [Rule<ItemCheck>; 10] = [
    Rule::error("item-version", version, "Count versions from 1."),
    Rule::error("sub-skill", sub_skill, "Name one of the five sub-skills, a to e."),
    Rule::error("level", level, "Aim at one of the levels 1 to 4."),
    Rule::error("missing-author", author, "Say who wrote the item."),
    Rule::error("missing-reviewer", reviewer, "Say who reviewed the item."),
    Rule::error("missing-review-date", review_date, "Say when the item was reviewed."),
    Rule::error(
        "missing-rationale",
        rationale,
        "Say in one plain sentence why the option is best, acceptable or harmful.",
    ),
    Rule::warning("missing-english", english, "Translate the text; until then it is shown in Vietnamese."),
    Rule::error("not-nfc", normal_form, "Save the text in Unicode normal form C."),
    Rule::error("text-spacing", spacing, "Write the text; remove double, outer and invisible spaces."),
];

pub(super) const SCORED_RULES: [Rule<ItemCheck>; 1] =
    [Rule::error("item-id", id, "Write competency number, sub-skill letter and two digits, such as 1a01.")];

/// People read the rationales of practice items.
pub(super) const PRACTICE_RULES: [Rule<ItemCheck>; 2] = [
    Rule::error("practice-id", practice_id, "Write p and a number, such as p1."),
    Rule::warning("practice-rationale-english", english_rationale, "Translate the rationale: practice shows it."),
];

fn id(item: &Item) -> Vec<String> {
    let start = format!("{}{}", item.competency.number(), item.sub_skill);
    let number = item.id.strip_prefix(&start).unwrap_or_default();
    let fits = number.len() == 2 && is_number(number) && number != "00";
    breach(!fits, || format!("{:?} is not {start}01 to {start}99", item.id))
}

fn practice_id(item: &Item) -> Vec<String> {
    let number = item.id.strip_prefix('p').unwrap_or_default();
    let fits = is_number(number) && !number.starts_with('0');
    breach(!fits, || format!("{:?} is not p1, p2 …", item.id))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn version(item: &Item) -> Vec<String> {
    breach(item.version == 0, || "no version".to_owned())
}

fn sub_skill(item: &Item) -> Vec<String> {
    breach(!SUB_SKILL_CODES.contains(&item.sub_skill.as_str()), || format!("sub-skill {:?}", item.sub_skill))
}

fn level(item: &Item) -> Vec<String> {
    breach(!(1..=4).contains(&item.level), || format!("level {}", item.level))
}

fn author(item: &Item) -> Vec<String> {
    breach(item.author.trim().is_empty(), || "no author".to_owned())
}

fn reviewer(item: &Item) -> Vec<String> {
    breach(item.reviewer.trim().is_empty(), || "no reviewer".to_owned())
}

fn review_date(item: &Item) -> Vec<String> {
    breach(item.reviewed_on.is_none(), || "no review date".to_owned())
}

fn rationale(item: &Item) -> Vec<String> {
    let has_rationale =
        |rationale: &Option<Localized>| rationale.as_ref().is_some_and(|rationale| !rationale.vi.trim().is_empty());
    let options = item.options.iter().filter(|option| !has_rationale(&option.rationale));
    options.map(|option| format!("no rationale for option {}", option.id)).collect()
}

fn english(item: &Item) -> Vec<String> {
    let stem = (!item.stem.has(Language::En)).then(|| "no English stem".to_owned());
    let options = item.options.iter().filter(|option| !option.text.has(Language::En));
    stem.into_iter().chain(options.map(|option| format!("no English for option {}", option.id))).collect()
}

fn english_rationale(item: &Item) -> Vec<String> {
    let options = item
        .options
        .iter()
        .filter(|option| option.rationale.as_ref().is_some_and(|rationale| !rationale.has(Language::En)));
    options.map(|option| format!("no English rationale for option {}", option.id)).collect()
}

fn normal_form(item: &Item) -> Vec<String> {
    let texts = every_text(item).filter(|text| !is_nfc(text));
    texts.map(|text| format!("not NFC: {text}")).collect()
}

fn spacing(item: &Item) -> Vec<String> {
    every_text(item)
        .filter(|text| text.is_empty() || text.split(' ').any(str::is_empty) || text.contains(is_invisible))
        .map(|text| format!("blank, or stray spaces: {text:?}"))
        .collect()
}

const INVISIBLE: [std::ops::RangeInclusive<char>; 5] = [
    '\u{ad}'..='\u{ad}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{feff}'..='\u{feff}',
];

/// Control characters, spaces other than the ordinary one, zero-width characters and marks of
/// writing direction.
fn is_invisible(letter: char) -> bool {
    letter != ' '
        && (letter.is_control() || letter.is_whitespace() || INVISIBLE.iter().any(|range| range.contains(&letter)))
}

/// Stem, options and rationales, in both languages.
fn every_text(item: &Item) -> impl Iterator<Item = &str> {
    let options = item.options.iter();
    let localized = options.flat_map(|option| [Some(&option.text), option.rationale.as_ref()]);
    [Some(&item.stem)]
        .into_iter()
        .chain(localized)
        .flatten()
        .flat_map(|text| [Some(text.vi.as_str()), text.en.as_deref()].into_iter().flatten())
}

/// One message where the rule is broken.
fn breach(broken: bool, message: impl FnOnce() -> String) -> Vec<String> {
    broken.then(message).into_iter().collect()
}
