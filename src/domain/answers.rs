//! Answers as a compact blob, for an item bank that never changes once published.
//!
//! Byte 0 is the layout version, 1. Then the number of answers, and for each: the item's position in the bank's list of
//! scored items, the choice, the seconds plus one (0 unknown), and the order shown. Numbers are LEB128. A choice is 0 seen
//! and left, 1 "Tôi chưa biết", 2.. an option by position; an order is 0 unknown or 1 plus its digits in base 4, first
//! shown first. Layout 0 is the JSON of answers whose bank is not known.

use super::attempt::{Answer, DONT_KNOW};
use super::bank::Item;

const JSON: u8 = 0;
const COMPACT: u8 = 1;

/// Packs answers that [`super::attempt::faults_of_answers`] found nothing wrong with.
///
/// `None` where an answer does not fit the items after all.
pub fn pack(answers: &[Answer], items: &[Item], position_of: impl Fn(&str) -> Option<usize>) -> Option<Vec<u8>> {
    let mut blob = vec![COMPACT];
    push(&mut blob, answers.len() as u64);
    for answer in answers {
        let position = position_of(&answer.item)?;
        let options = &items.get(position)?.options;
        let option_position =
            |id: &str| options.iter().position(|option| option.id == id).map(|position| position as u64);
        let choice = match answer.choice.as_deref() {
            None => 0,
            Some(DONT_KNOW) => 1,
            Some(id) => 2 + option_position(id)?,
        };
        let shown = answer.shown.iter().flatten().map(|id| option_position(id));
        let order = shown.rev().try_fold(0, |order, position| Some(order * 4 + position?))?;
        push(&mut blob, position as u64);
        push(&mut blob, choice);
        push(&mut blob, answer.seconds.map_or(0, |seconds| u64::from(seconds) + 1));
        push(&mut blob, answer.shown.as_ref().map_or(0, |_| order + 1));
    }
    Some(blob)
}

/// Keeps answers word for word, where the bank they belong to is not known.
pub fn keep_verbatim(answers: &[Answer]) -> Vec<u8> {
    let json = serde_json::to_vec(answers).unwrap_or_default();
    [&[JSON], json.as_slice()].concat()
}

/// The answers of a blob; `None` where it is damaged or belongs to another bank.
pub fn unpack(blob: &[u8], items: &[Item]) -> Option<Vec<Answer>> {
    match blob.split_first()? {
        (&JSON, json) => serde_json::from_slice(json).ok(),
        (&COMPACT, rest) => unpack_compact(rest, items),
        _ => None,
    }
}

fn unpack_compact(mut rest: &[u8], items: &[Item]) -> Option<Vec<Answer>> {
    let count = pull(&mut rest)?;
    let mut answers = Vec::new();
    for _ in 0..count {
        let item = items.get(usize::try_from(pull(&mut rest)?).ok()?)?;
        let option_id = |position: u64| Some(item.options.get(usize::try_from(position).ok()?)?.id.clone());
        let choice = match pull(&mut rest)? {
            0 => None,
            1 => Some(DONT_KNOW.to_owned()),
            position => Some(option_id(position - 2)?),
        };
        let seconds = pull(&mut rest)?.checked_sub(1).and_then(|seconds| u32::try_from(seconds).ok());
        let shown = match pull(&mut rest)?.checked_sub(1) {
            None => None,
            Some(order) => {
                Some((0..item.options.len()).map(|place| option_id(order >> (2 * place) & 3)).collect::<Option<_>>()?)
            }
        };
        answers.push(Answer { item: item.id.clone(), choice, seconds, shown });
    }
    rest.is_empty().then_some(answers)
}

fn push(blob: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        blob.push(number as u8 | 0x80);
        number >>= 7;
    }
    blob.push(number as u8);
}

fn pull(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
