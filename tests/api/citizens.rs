//! People who use the service, through its public operations alone.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::app::TestApp;
use crate::requests::Outgoing;

pub const PASSWORD: &str = "con trâu đi trước";

/// A commune: Phường Trường Vinh, Nghệ An.
pub const COMMUNE: &str = "16690";

/// Somebody who registered and carries tokens.
pub struct Citizen<'a> {
    pub app: &'a TestApp,
    pub id: Uuid,
    pub citizen_code: String,
    pub access_token: String,
    pub refresh_token: String,
}

impl TestApp {
    /// A body for `registerAccount`; each test changes what it is about.
    pub fn registration(&self) -> Value {
        let texts = self.get("/v1/consent-texts").send().expect(200);
        json!({
            "id": self.new_id(),
            "password": PASSWORD,
            "display_name": "Nguyễn Thị Hòa",
            "birth_year": 1961,
            "area_code": COMMUNE,
            "consents": [{ "purpose": "profile", "text_version": texts["items"][0]["version"], "granted": true }],
            "device": { "name": "Điện thoại của Hòa", "mode": "own" },
        })
    }

    /// Registers somebody without a phone number.
    pub fn citizen(&self) -> Citizen<'_> {
        self.citizen_like(&self.registration())
    }

    /// Registers somebody by this body.
    #[track_caller]
    pub fn citizen_like(&self, registration: &Value) -> Citizen<'_> {
        Citizen::new(self, &self.register(registration).expect(201))
    }

    #[track_caller]
    pub fn register(&self, registration: &Value) -> Answer {
        self.post("/v1/auth/register").json(registration).send()
    }

    #[track_caller]
    pub fn log_in(&self, login: &str, password: &str) -> Answer {
        let device = json!({ "name": "Máy khác", "mode": "own" });
        self.post("/v1/auth/login").json(&json!({ "login": login, "password": password, "device": device })).send()
    }

    #[track_caller]
    pub fn refresh(&self, refresh_token: &str) -> Answer {
        let body = json!({ "grant_type": "refresh_token", "refresh_token": refresh_token });
        self.post("/v1/auth/token").json(&body).send()
    }

    #[track_caller]
    pub fn revoke(&self, refresh_token: &str) -> Answer {
        self.post("/v1/auth/revoke").json(&json!({ "refresh_token": refresh_token })).send()
    }
}

impl<'a> Citizen<'a> {
    /// Reads a TokenAnswer.
    pub fn new(app: &'a TestApp, tokens: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            app,
            id: text(&tokens["account"]["id"]).parse().unwrap(),
            citizen_code: text(&tokens["account"]["citizen_code"]),
            access_token: text(&tokens["access_token"]),
            refresh_token: text(&tokens["refresh_token"]),
        }
    }

    pub fn get(&self, path: &str) -> Outgoing<'a> {
        self.app.get(path).bearer(&self.access_token)
    }

    pub fn put(&self, path: &str) -> Outgoing<'a> {
        self.app.put(path).bearer(&self.access_token)
    }

    /// Sends an attempt, draft or submitted.
    #[track_caller]
    pub fn put_attempt(&self, id: Uuid, body: &Value) -> Answer {
        self.put(&format!("/v1/attempts/{id}")).json(body).send()
    }

    /// Fresh tokens, as a phone fetches them when the old ones have expired.
    #[track_caller]
    pub fn refreshed(&self) -> Self {
        Self::new(self.app, &self.app.refresh(&self.refresh_token).expect(200))
    }
}
