//! Examples of the rules on what an item carries, and on its options.

use super::*;
use crate::domain::language::Localized;

#[test]
fn rules_on_items_and_options_hold() {
    for example in EXAMPLES {
        example.hold(&clean_item(), lint_item);
    }
}

#[test]
fn rules_on_practice_items_hold() {
    let mut clean = clean_item();
    clean.id = "p1".into();
    for example in PRACTICE_EXAMPLES {
        example.hold(&clean, lint_practice_item);
    }
}

pub(super) const PRACTICE_EXAMPLES: &[Example<Item>] = &[
    Example {
        rule: "practice-id",
        breaks: &[|item| item.id = "1a01".into(), |item| item.id = "p".into(), |item| item.id = "p01".into()],
        keeps: &[|item| item.id = "p12".into()],
    },
    Example {
        rule: "practice-rationale-english",
        breaks: &[|item| rationale(item, 1).en = None],
        keeps: &[|item| rationale(item, 1).en = Some("So.".into())],
    },
];

pub(super) const EXAMPLES: &[Example<Item>] = &[
    Example {
        rule: "item-id",
        breaks: &[
            |item| item.id = "2a01".into(),
            |item| item.id = "1b01".into(),
            |item| item.id = "1a1".into(),
            |item| item.id = "p1".into(),
            |item| item.id = "1a00".into(),
            |item| item.id = "1a0১".into(),
            |item| item.sub_skill = "b".into(),
            |item| item.competency = Competency::Privacy,
        ],
        keeps: &[|item| item.id = "1a99".into()],
    },
    Example { rule: "item-version", breaks: &[|item| item.version = 0], keeps: &[|item| item.version = 12] },
    Example {
        rule: "sub-skill",
        breaks: &[|item| item.sub_skill = "f".into(), |item| item.sub_skill = String::new()],
        keeps: &[|item| item.sub_skill = "e".into()],
    },
    Example { rule: "level", breaks: &[|item| item.level = 0, |item| item.level = 5], keeps: &[|item| item.level = 4] },
    Example {
        rule: "missing-author",
        breaks: &[|item| item.author = " ".into()],
        keeps: &[|item| item.author = "Hợi".into()],
    },
    Example {
        rule: "missing-reviewer",
        breaks: &[|item| item.reviewer.clear()],
        keeps: &[|item| item.reviewer = "Hợi".into()],
    },
    Example {
        rule: "missing-review-date",
        breaks: &[|item| item.reviewed_on = None],
        keeps: &[|item| item.reviewed_on = chrono::NaiveDate::from_ymd_opt(2026, 1, 1)],
    },
    Example {
        rule: "missing-rationale",
        breaks: &[|item| item.options[2].rationale = None, |item| rationale(item, 0).vi = String::new()],
        keeps: &[|item| rationale(item, 0).en = None],
    },
    Example {
        rule: "missing-english",
        breaks: &[|item| item.stem.en = None, |item| item.options[1].text.en = Some(String::new())],
        keeps: &[|item| rationale(item, 0).en = None],
    },
    Example {
        rule: "not-nfc",
        breaks: &[
            |item| item.stem.vi = "Ba\u{300} nên làm gì?".into(),
            |item| rationale(item, 0).vi = "Vi\u{300} thế.".into(),
        ],
        keeps: &[|item| item.stem.vi = "B\u{e0} nên làm gì?".into()],
    },
    Example {
        rule: "text-spacing",
        breaks: &[
            |item| item.stem.vi = "Bà  nên làm gì?".into(),
            |item| item.stem.vi = "Bà nên làm gì? ".into(),
            |item| item.stem.vi = "Bà nên\u{a0}làm gì?".into(),
            |item| item.options[0].text.vi = String::new(),
            |item| item.options[0].text.vi = "Gọi\u{200b} con.".into(),
            |item| rationale(item, 0).en = Some("A\nline".into()),
        ],
        keeps: &[|item| item.stem.vi = "Bà Tư – 'út' của làng – nên làm gì?".into()],
    },
    Example {
        rule: "option-ids",
        breaks: &[
            |item| item.options.swap(0, 1),
            |item| _ = item.options.pop(),
            |item| item.options[2].id = "d".into(),
        ],
        keeps: &[|item| item.options[2].id = "c".into()],
    },
    Example {
        rule: "option-scores",
        breaks: &[|item| scores(item, [2, 2, 0]), |item| scores(item, [2, 1, 1]), |item| scores(item, [1, 0, 3])],
        keeps: &[|item| scores(item, [0, 2, 1])],
    },
    Example {
        rule: "option-length",
        breaks: &[|item| item.options[1].text.vi = "và ".repeat(13).trim().into()],
        keeps: &[|item| item.options[1].text.vi = format!("{} – và.", "và ".repeat(11).trim())],
    },
    Example {
        rule: "option-balance",
        breaks: &[
            |item| options(item, ["Gọi con về", "Gọi con về hỏi cháu", "Gọi con về luôn"]),
            |item| options(item, ["nghiêng nghiêng", "nghiêng ở ta", "ở ta"]),
        ],
        keeps: &[|item| options(item, ["Gọi ông bà về", "Gọi ông bà em về nè", "Gọi ông bà em về"])],
    },
    Example {
        rule: "options-alike",
        breaks: &[|item| options(item, ["Gọi con.", "Gọi cháu.", "gọi con."])],
        keeps: &[|item| options(item, ["Gọi con.", "Gọi cháu.", "Gọi cô."])],
    },
];

fn rationale(item: &mut Item, option: usize) -> &mut Localized {
    item.options[option].rationale.as_mut().unwrap()
}

fn scores(item: &mut Item, scores: [u8; 3]) {
    for (option, score) in item.options.iter_mut().zip(scores) {
        option.score = score;
    }
}

pub(super) fn options(item: &mut Item, texts: [&str; 3]) {
    for (option, text) in item.options.iter_mut().zip(texts) {
        option.text.vi = text.into();
    }
}
