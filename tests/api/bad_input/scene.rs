//! Somebody who is signed in, and for every operation with a body one that has nothing wrong with it.

use serde_json::{Value, json};

use super::case::Case;
use crate::app::TestApp;
use crate::citizens::{Citizen, PASSWORD};
use crate::quiz::{Choice, Form};

/// The attempt of these tests; refused so often that it never comes to be.
pub const ATTEMPT: &str = "01a1fd1e-8c00-7000-8000-0000000000aa";

pub struct Scene<'a> {
    pub app: &'a TestApp,
    pub citizen: Citizen<'a>,
    pub form: Form,
    /// register, set up, log in, refresh, revoke, submit, draft.
    pub operations: Vec<Operation>,
}

/// An operation with a body that has every member.
#[derive(Clone)]
pub struct Operation {
    pub method: &'static str,
    pub path: String,
    token: Option<String>,
    pub body: Value,
    /// The first member that is missing in `{}`.
    pub first: &'static str,
}

impl<'a> Scene<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        let (citizen, form) = (app.citizen(), app.form("full-a"));
        let mut operations = accounts(app);
        let path = format!("/v1/attempts/{ATTEMPT}");
        let mut draft = attempt(app, &form);
        draft["state"] = json!("draft");
        for body in [attempt(app, &form), draft] {
            let (path, token) = (path.clone(), Some(citizen.access_token.clone()));
            operations.push(Operation { method: "PUT", path, token, body, first: "/form_id" });
        }
        Self { app, citizen, form, operations }
    }

    pub fn operation(&self, path: &str) -> &Operation {
        self.operations.iter().find(|operation| operation.path == path).unwrap()
    }

    pub fn submission(&self) -> &Operation {
        &self.operations[5]
    }

    pub fn draft(&self) -> &Operation {
        &self.operations[6]
    }

    /// How many rows each table has that a request could add to.
    pub fn rows(&self) -> Vec<(&'static str, i64)> {
        let tables = [
            "accounts",
            "consent_events",
            "grants",
            "sessions",
            "refresh_tokens",
            "drafts",
            "attempts",
            "profiles",
            "current_profiles",
            "journal",
            "journal_subjects",
        ];
        let count = |table| (table, self.app.database.number(&format!("SELECT count(*) AS number FROM {table}")));
        tables.map(count).to_vec()
    }
}

impl Operation {
    pub fn case(&self) -> Case {
        let case = Case::new(self.method, &self.path);
        self.token.iter().fold(case, |case, token| case.bearer(token))
    }

    /// The request with this JSON in the place of one member, or of the whole body where `pointer` is empty.
    pub fn with(&self, pointer: &str, json: &str) -> Case {
        const PLACE: &str = "@here@";
        let mut body = self.body.clone();
        *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{} has no {pointer}", self.path)) = PLACE.into();
        self.case().json(body.to_string().replace(&format!("\"{PLACE}\""), json))
    }

    /// The request without one member.
    pub fn without(&self, pointer: &str) -> Case {
        let mut body = self.body.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).expect("a member to take away");
        self.case().json(body.to_string())
    }
}

fn accounts(app: &TestApp) -> Vec<Operation> {
    let device = json!({ "name": "Máy của tổ", "mode": "shared" });
    let mut registration = app.registration();
    for (member, value) in [
        ("login", json!("0912345678")),
        ("birth_month", json!(5)),
        ("birth_day", json!(19)),
        ("hamlet_code", json!(null)),
        ("language", json!("vi")),
    ] {
        registration[member] = value;
    }
    registration["consents"][0]["language"] = json!("vi");
    let set_up = json!({ "code": "mã một lần", "login": "0912345678", "password": "con trâu đi trước cái cày",
                         "display_name": "Quản Trị", "device": device });
    let log_in = json!({ "login": "0987654321", "password": PASSWORD, "device": device });
    let refresh = json!({ "grant_type": "refresh_token", "refresh_token": "unknown" });
    let revoke = json!({ "refresh_token": "unknown" });
    let operations = [
        ("/v1/auth/register", registration, "/password"),
        ("/v1/auth/setup", set_up, "/code"),
        ("/v1/auth/login", log_in, "/login"),
        ("/v1/auth/token", refresh, "/grant_type"),
        ("/v1/auth/revoke", revoke, "/refresh_token"),
    ];
    let operation = |(path, body, first): (&str, _, _)| Operation {
        method: "POST",
        path: path.to_owned(),
        token: None,
        body,
        first,
    };
    operations.map(operation).to_vec()
}

fn attempt(app: &TestApp, form: &Form) -> Value {
    let mut body = app.submission(form, form.answers_of_part(1, Choice::Score(2)));
    for (member, value) in [
        ("supervised", json!(true)),
        ("language", json!("vi")),
        ("campaign", json!("hè 2026")),
        ("plan", json!("kế hoạch")),
        ("revision", json!(3)),
    ] {
        body[member] = value;
    }
    body["answers"][0]["shown"] = json!(["c", "a", "b"]);
    body
}
