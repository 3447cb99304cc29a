//! Rules on the three options: scores, and lengths that give nothing away.

use super::words::syllables;
use super::{ItemCheck, Rule};
use crate::domain::bank::{AnswerOption, Item};

const LONGEST_OPTION_SYLLABLES: usize = 12;

pub(super) const RULES: [Rule<ItemCheck>; 5] = [
    Rule::error("option-ids", ids, "Write three options with the ids a, b, c in this order."),
    Rule::error("option-scores", scores, "Give one option 2 (best), one 1 (acceptable), one 0 (harmful)."),
    Rule::error("option-length", length, "Cut the option: 12 syllables fit a small screen at large type."),
    Rule::error(
        "option-balance",
        balance,
        "Even out the lengths: the longest is at most one and a half times the shortest.",
    ),
    Rule::error("options-alike", alike, "Write three different options."),
];

fn ids(item: &Item) -> Vec<String> {
    let ids: Vec<_> = item.options.iter().map(|option| option.id.as_str()).collect();
    if ids == ["a", "b", "c"] { vec![] } else { vec![format!("option ids {ids:?}")] }
}

fn scores(item: &Item) -> Vec<String> {
    let mut scores: Vec<_> = item.options.iter().map(|option| option.score).collect();
    scores.sort_unstable();
    if scores == [0, 1, 2] { vec![] } else { vec![format!("scores {scores:?}")] }
}

fn length(item: &Item) -> Vec<String> {
    let long = |option: &AnswerOption| {
        let count = syllables(&option.text.vi);
        (count > LONGEST_OPTION_SYLLABLES).then(|| format!("option {} has {count} syllables", option.id))
    };
    item.options.iter().filter_map(long).collect()
}

fn balance(item: &Item) -> Vec<String> {
    let letters = |text: &str| text.chars().count();
    let by_syllables = unbalanced(item, "syllables", syllables);
    let by_letters = unbalanced(item, "letters", letters);
    by_syllables.into_iter().chain(by_letters).collect()
}

fn unbalanced(item: &Item, unit: &str, length: impl Fn(&str) -> usize) -> Option<String> {
    let options = item.options.iter();
    let lengths: Vec<_> = options.map(|option| length(&option.text.vi)).collect();
    let (shortest, longest) = (lengths.iter().min()?, lengths.iter().max()?);
    (2 * longest > 3 * shortest).then(|| format!("options of {lengths:?} {unit}"))
}

fn alike(item: &Item) -> Vec<String> {
    let mut texts: Vec<_> = item.options.iter().map(|option| option.text.vi.to_lowercase()).collect();
    texts.sort_unstable();
    let twins = texts.windows(2).filter(|pair| pair[0] == pair[1]);
    twins.map(|pair| format!("two options say: {}", pair[0])).collect()
}
