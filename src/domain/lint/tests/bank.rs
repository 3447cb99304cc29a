//! Examples of the rules on the bank as a whole.

use super::*;

#[test]
fn rules_on_the_bank_hold() {
    let mut clean = fixture::bank();
    // Two competencies suffice, and keep the test quick.
    clean.items.truncate(48);
    for example in EXAMPLES {
        let full = fixture::bank();
        example.hold(if example.rule == "bank-coverage" { &full } else { &clean }, lint);
    }
}

pub(super) const EXAMPLES: &[Example<Bank>] = &[
    Example {
        rule: "bank-version",
        breaks: &[
            |bank| bank.version = "2026.13.1".into(),
            |bank| bank.version = "2026.11".into(),
            |bank| bank.version = "2026.11.1.1".into(),
            |bank| bank.version = "2026.+1.01".into(),
        ],
        keeps: &[|bank| bank.version = "2027.1.10".into()],
    },
    Example {
        rule: "review-after-version",
        breaks: &[|bank| bank.items[3].reviewed_on = chrono::NaiveDate::from_ymd_opt(2026, 12, 1)],
        keeps: &[
            |bank| bank.items[3].reviewed_on = chrono::NaiveDate::from_ymd_opt(2026, 11, 30),
            |bank| bank.version = "2027.1.1".into(),
        ],
    },
    Example {
        rule: "duplicate-id",
        breaks: &[
            |bank| bank.items[3].id = "1a01".into(),
            |bank| bank.practice_items[0].id = "1a01".into(),
            |bank| bank.forms[0].id = "practice".into(),
            |bank| bank.resources[1].id = bank.resources[0].id.clone(),
        ],
        keeps: &[|bank| bank.forms[0].id = "1a01".into()],
    },
    Example {
        rule: "unknown-enemy",
        breaks: &[
            |bank| bank.items[0].enemies = vec!["9z99".into()],
            |bank| bank.items[0].enemies = vec!["1a01".into()],
        ],
        keeps: &[|bank| bank.items[0].enemies = vec!["1b01".into()]],
    },
    Example {
        rule: "near-duplicate",
        breaks: &[
            |bank| bank.items[3].stem.vi = bank.items[4].stem.vi.clone(),
            |bank| {
                bank.practice_items[0].stem.vi = bank.items[4].stem.vi.clone();
                bank.items[4].enemies = vec!["p1".into()];
            },
            // One story in two of the first real items.
            |bank| {
                bank.items[3].stem.vi =
                    "Anh Páo tìm ứng dụng báo mưa của đài khí tượng. Kho ứng dụng hiện ra ba cái tên na ná. Anh nên làm gì?".into();
                bank.items[4].stem.vi =
                    "Chị Súa mua máy mới, phải cài lại ứng dụng định danh. Trong kho hiện ra mấy cái tên na ná. Chị chưa biết cái nào thật. Chị nên làm gì?".into();
            },
        ],
        keeps: &[
            |bank| {
                bank.items[3].stem.vi = bank.items[4].stem.vi.clone();
                bank.items[4].enemies = vec![bank.items[3].id.clone()];
            },
            // The likest two of the first real items that tell different stories.
            |bank| {
                bank.items[3].stem.vi = "Khách bỏ quên điện thoại ở sạp bà Bảy. Máy không khóa, tin nhắn chuyện nhà người ta cứ hiện lên. Bà nên làm gì?".into();
                bank.items[4].stem.vi = "Bà Bảy bán rau, máy hay để trên sạp. Tiền hàng nằm trong máy. Bà chưa đặt khóa vì hay quên số. Bà nên làm gì?".into();
            },
        ],
    },
    Example {
        rule: "bank-coverage",
        breaks: &[
            |bank| bank.items.retain(|item| item.competency != Competency::Wellbeing || item.sub_skill != "e"),
            |bank| bank.items.retain(|item| item.competency != Competency::Wellbeing || item.level != 4),
        ],
        keeps: &[|bank| bank.items.retain(|item| item.id.ends_with("01") || item.level != 2)],
    },
    Example {
        rule: "resource-coverage",
        breaks: &[|bank| _ = bank.resources.pop()],
        keeps: &[|bank| bank.resources.extend(bank.resources.clone())],
    },
];
