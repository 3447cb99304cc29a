//! Examples of the rules on whole forms.

use super::*;
use crate::domain::assemble::assemble;
use crate::domain::bank::FormKind;

#[test]
fn rules_on_forms_hold() {
    let mut clean = fixture::bank();
    clean.forms.extend(assemble(&clean, 1).unwrap());
    assert_eq!(lint_forms(&clean), []);
    for example in EXAMPLES {
        example.hold(&clean, lint_forms);
    }
}

pub(super) const EXAMPLES: &[Example<Bank>] = &[
    Example {
        rule: "form-unknown-item",
        breaks: &[|bank| full_a(bank)[0][3] = "9z99".into()],
        keeps: &[|bank| full_a(bank)[0].swap(0, 1)],
    },
    Example {
        rule: "form-repeated-item",
        breaks: &[|bank| full_a(bank)[2][0] = full_a(bank)[0][0].clone()],
        keeps: &[|bank| full_a(bank).swap(0, 1)],
    },
    Example {
        rule: "form-item-kind",
        breaks: &[|bank| full_a(bank)[0][0] = "p1".into(), |bank| bank.forms[1].parts[0][0] = "1a01".into()],
        keeps: &[|bank| bank.forms[0].parts = vec![vec!["1a01".into()]]],
    },
    Example {
        rule: "form-enemies",
        breaks: &[
            |bank| declare_enemies(bank, [(0, 0, 0), (0, 2, 17)]),
            |bank| declare_enemies(bank, [(1, 2, 17), (1, 0, 0)]),
        ],
        keeps: &[|bank| declare_enemies(bank, [(0, 0, 0), (1, 0, 0)])],
    },
    Example {
        rule: "forms-overlap",
        breaks: &[|bank| bank.forms[3].parts[1][4] = bank.forms[2].parts[0][4].clone()],
        keeps: &[|bank| {
            bank.forms[3].parts[1][4] = bank.forms[2].parts[0][4].clone();
            bank.forms[2].kind = FormKind::Adaptive;
        }],
    },
    Example {
        rule: "form-parts",
        breaks: &[
            |bank| _ = full_a(bank).pop(),
            |bank| _ = full_a(bank)[1].pop(),
            |bank| {
                let moved = full_a(bank)[0].remove(0);
                full_a(bank)[1].push(moved);
            },
            |bank| bank.forms[1].parts.clear(),
        ],
        keeps: &[|bank| full_a(bank)[1].reverse()],
    },
    Example {
        rule: "form-sub-skills",
        breaks: &[|bank| edit(bank, Competency::Privacy, |item, _| item.sub_skill = "a".into())],
        keeps: &[|bank| edit(bank, Competency::Privacy, |item, at| item.sub_skill = "abcdee"[at..=at].into())],
    },
    Example {
        rule: "form-levels",
        breaks: &[
            |bank| edit(bank, Competency::Privacy, |item, at| item.level = [2, 3][at % 2]),
            |bank| edit_all(bank, |item, at| item.level = [1, 2, 3, 3, 3, 3][at % 6]),
        ],
        keeps: &[|bank| edit_all(bank, |item, at| item.level = [1, 2, 3, 4, 2, 3][at % 6])],
    },
    Example {
        rule: "form-key-longest",
        breaks: &[|bank| edit_all(bank, |item, at| lengthen(item, at < 22, 2))],
        keeps: &[
            |bank| edit_all(bank, |item, at| lengthen(item, at < 21, 2)),
            |bank| edit_all(bank, |item, _| lengthen(item, true, 1)),
        ],
    },
    Example {
        rule: "form-key-positions",
        breaks: &[
            |bank| edit_all(bank, |item, at| place_key(item, usize::from(at % 2 == 0))),
            |bank| bank.forms[0].parts = vec![vec![bank.items[0].id.clone()]],
        ],
        keeps: &[
            |bank| edit_all(bank, |item, at| place_key(item, usize::from(at >= 22) + usize::from(at >= 40))),
            |bank| bank.items.rotate_left(7),
        ],
    },
];

/// The parts of `full-a`; the fixture's own two forms stand before it, `full-b` after it.
fn full_a(bank: &mut Bank) -> &mut Vec<Vec<String>> {
    &mut bank.forms[2].parts
}

/// Makes two items enemies, each given by form (0 or 1), part and place.
fn declare_enemies(bank: &mut Bank, places: [(usize, usize, usize); 2]) {
    let [first, second] = places.map(|(form, part, place)| bank.forms[2 + form].parts[part][place].clone());
    let item = bank.items.iter_mut().find(|item| item.id == first).unwrap();
    item.enemies = vec![second];
}

/// Changes the items of one competency in `full-a`, with their place among them.
fn edit(bank: &mut Bank, competency: Competency, change: fn(&mut Item, usize)) {
    let ids: Vec<_> = full_a(bank).concat();
    let items = bank.items.iter_mut().filter(|item| ids.contains(&item.id));
    let items = items.filter(|item| item.competency == competency);
    items.enumerate().for_each(|(at, item)| change(item, at));
}

/// Changes all items of `full-a`, with their place among them.
fn edit_all(bank: &mut Bank, change: fn(&mut Item, usize)) {
    let ids: Vec<_> = full_a(bank).concat();
    let items = bank.items.iter_mut().filter(|item| ids.contains(&item.id));
    items.enumerate().for_each(|(at, item)| change(item, at));
}

/// Adds a letter to the options with at least a score, where told so.
fn lengthen(item: &mut Item, really: bool, least_score: u8) {
    let options = item.options.iter_mut().filter(|option| really && option.score >= least_score);
    options.for_each(|option| option.text.vi.push('ơ'));
}

fn place_key(item: &mut Item, place: usize) {
    for (at, option) in item.options.iter_mut().enumerate() {
        option.score = [2, 1, 0][(at + 3 - place) % 3];
    }
}
