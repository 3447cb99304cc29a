//! The quiz from a phone's side: packs, answers, bodies of attempts. Keys are not in the packs; tests read the bank.

use std::sync::LazyLock;

use congdanso::domain::bank::Bank;
use congdanso::service::start::shipped_bank;
use serde_json::{Value, json};

use crate::app::TestApp;

/// The bank with its keys.
pub static BANK: LazyLock<Bank> = LazyLock::new(|| shipped_bank().map_err(|error| error.0).unwrap());

/// What somebody chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The option that scores this: 2 best, 1 acceptable, 0 harmful.
    Score(u8),
    /// "Tôi chưa biết".
    DontKnow,
    /// Seen and left.
    Left,
}

/// A form as a phone holds it.
pub struct Form {
    pub id: String,
    pub bank_version: String,
    pub items: Vec<FormItem>,
}

pub struct FormItem {
    pub id: String,
    pub part: u64,
    pub competency: String,
}

impl TestApp {
    /// Fetches a scored form's pack.
    #[track_caller]
    pub fn form(&self, id: &str) -> Form {
        let pack = self.get(&format!("/v1/forms/{id}")).send().expect(200);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let items = pack["sections"].as_array().unwrap().iter().flat_map(|section| {
            let items = section["items"].as_array().unwrap().iter();
            items.map(|item| FormItem {
                id: text(&item["id"]),
                part: section["part"].as_u64().unwrap(),
                competency: text(&section["competency"]),
            })
        });
        Form { id: id.to_owned(), bank_version: text(&pack["bank_version"]), items: items.collect() }
    }

    /// The body of an attempt that was begun half an hour ago, finished a minute ago and is sent now.
    pub fn submission(&self, form: &Form, answers: Vec<Value>) -> Value {
        let now = self.clock.now();
        json!({
            "form_id": form.id,
            "bank_version": form.bank_version,
            "mode": "self",
            "answers": answers,
            "client_started_at": now.plus_seconds(-30 * 60),
            "client_submitted_at": now.plus_seconds(-60),
            "client_sent_at": now,
            "state": "submitted",
        })
    }

    /// The body of a draft, begun half an hour ago.
    pub fn draft(&self, form: &Form, revision: u32, answers: Vec<Value>) -> Value {
        let now = self.clock.now();
        json!({
            "form_id": form.id,
            "bank_version": form.bank_version,
            "mode": "self",
            "revision": revision,
            "answers": answers,
            "client_started_at": now.plus_seconds(-30 * 60),
            "client_sent_at": now,
            "state": "draft",
        })
    }
}

impl Form {
    /// The same choice for every item.
    pub fn answers(&self, choice: Choice) -> Vec<Value> {
        self.items.iter().map(|item| item.answer(choice)).collect()
    }

    /// The same choice for every item of one part, 1 to 3.
    pub fn answers_of_part(&self, part: u64, choice: Choice) -> Vec<Value> {
        self.items.iter().filter(|item| item.part == part).map(|item| item.answer(choice)).collect()
    }
}

impl FormItem {
    pub fn answer(&self, choice: Choice) -> Value {
        json!({ "item": self.id, "choice": self.option(choice), "seconds": 25 })
    }

    fn option(&self, choice: Choice) -> Option<String> {
        match choice {
            Choice::Left => None,
            Choice::DontKnow => Some("dont_know".to_owned()),
            Choice::Score(score) => {
                let options = &BANK.item(&self.id).unwrap().options;
                Some(options.iter().find(|option| option.score == score).unwrap().id.clone())
            }
        }
    }
}
