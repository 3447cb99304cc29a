//! A bank without faults, in words that mean nothing, for the tests of whoever reads banks.

use super::{AnswerOption, Bank, Form, FormKind, Item, Resource};
use crate::domain::competency::{CanDo, Competency, CompetencyDescription, Framework, SUB_SKILL_CODES, SubSkill};
use crate::domain::language::Localized;
use crate::domain::measurement::Band;

/// 24 items in each competency, the forms `adaptive` and `practice`, a resource for each band.
pub(crate) fn bank() -> Bank {
    let competencies = Competency::ALL.into_iter();
    Bank {
        version: "2026.11.1".into(),
        framework: framework(),
        items: competencies.clone().flat_map(|competency| (0..24).map(move |at| item(competency, at))).collect(),
        practice_items: vec![Item { id: "p1".into(), ..item(Competency::InformationAccess, 24) }],
        forms: vec![
            form("adaptive", FormKind::Adaptive, vec![]),
            form("practice", FormKind::Practice, vec![vec!["p1".into()]]),
        ],
        resources: competencies.flat_map(resources).collect(),
    }
}

/// The item at a place (0 to 24) among those of a competency: sub-skills in turn, levels 5/7/7/5,
/// the best option in turn at a, b, c.
pub(crate) fn item(competency: Competency, at: usize) -> Item {
    let letter = SUB_SKILL_CODES[at % 5];
    let mut syllables = Syllables(30 * (25 * competency.index() + at));
    Item {
        id: format!("{}{letter}{:02}", competency.number(), at / 5 + 1),
        version: 1,
        competency,
        sub_skill: letter.into(),
        level: [1, 2, 3, 4, 2, 3, 1, 2, 3, 4, 2, 3][at % 12],
        author: "author".into(),
        reviewer: "reviewer".into(),
        reviewed_on: chrono::NaiveDate::from_ymd_opt(2026, 11, 21),
        stem: Localized {
            vi: format!("{}. Bà nên làm gì?", syllables.take(8)),
            en: Some("What should she do?".into()),
        },
        options: (0..3).map(|option| self::option(option, at, &mut syllables)).collect(),
        enemies: vec![],
        file: format!("items/{}.toml", competency.code()),
    }
}

fn option(option: usize, at: usize, syllables: &mut Syllables) -> AnswerOption {
    let text = |vi: String, en: &str| Localized { vi, en: Some(en.into()) };
    AnswerOption {
        id: ["a", "b", "c"][option].into(),
        score: [2, 1, 0][(option + at) % 3],
        text: text(syllables.take(6), "She does this."),
        rationale: Some(text("Vì thế.".into(), "Therefore.")),
    }
}

pub(crate) fn form(id: &str, kind: FormKind, parts: Vec<Vec<String>>) -> Form {
    let (id, file) = (id.into(), format!("forms/{id}.toml"));
    Form { id, kind, title: None, parts, file }
}

fn resources(competency: Competency) -> [Resource; 3] {
    let text = || Localized { vi: "Học".into(), en: Some("Learn".into()) };
    Band::ALL.map(|band| Resource {
        id: format!("{}-{band:?}", competency.number()),
        competency,
        band,
        sub_skills: vec!["a".into()],
        title: text(),
        text: text(),
        next: text(),
        slot: None,
        file: "resources.toml".into(),
    })
}

fn framework() -> Framework {
    let text = || Localized { vi: "Tên".into(), en: None };
    Framework {
        version: "2026.1".into(),
        note: text(),
        competencies: Competency::ALL.map(|code| CompetencyDescription {
            code,
            number: code.number(),
            official_name: text(),
            everyday_name: text(),
            sub_skills: SUB_SKILL_CODES.map(|code| SubSkill {
                code: code.into(),
                name: text(),
                digcomp_2_2: vec![],
                vietnam: vec![],
                can_do: CanDo { vi: Default::default(), en: None },
            }),
        }),
    }
}

/// Made-up syllables of four letters, no two alike.
struct Syllables(usize);

impl Syllables {
    fn take(&mut self, count: usize) -> String {
        let syllables: Vec<_> = (0..count).map(|_| self.next()).collect();
        syllables.join(" ")
    }

    fn next(&mut self) -> String {
        let mut rest = self.0;
        self.0 += 1;
        let mut letter = |letters: &str| {
            let letter = char::from(letters.as_bytes()[rest % letters.len()]);
            rest /= letters.len();
            letter
        };
        let syllable = [letter("bcdghklmnprstvx"), letter("aeiou"), letter("cmnpt"), letter("bcdghklmnprstvx")];
        syllable.into_iter().collect()
    }
}
