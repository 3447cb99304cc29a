//! One request and the answer that it must get.

use serde_json::Value;

use crate::answer::Answer;
use crate::app::TestApp;
use crate::requests::exchange;

#[derive(Clone)]
pub struct Case {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    expected: Expected,
}

#[derive(Clone)]
enum Expected {
    Status(u16),
    Problem { status: u16, code: &'static str, faults: Vec<(String, &'static str)> },
}

impl Case {
    pub fn new(method: &str, target: &str) -> Self {
        let (method, target) = (method.to_owned(), target.to_owned());
        Self { method, target, headers: Vec::new(), body: Vec::new(), expected: Expected::Status(200) }
    }

    pub fn get(target: impl AsRef<str>) -> Self {
        Self::new("GET", target.as_ref())
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// A body that says it is JSON.
    pub fn json(self, body: impl Into<Vec<u8>>) -> Self {
        self.header("content-type", "application/json").body(body)
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The answer has this status, and no problem.
    pub fn taken(mut self, status: u16) -> Self {
        self.expected = Expected::Status(status);
        self
    }

    /// The answer is a problem without faults.
    pub fn refused(mut self, status: u16, code: &'static str) -> Self {
        self.expected = Expected::Problem { status, code, faults: Vec::new() };
        self
    }

    /// The answer is `invalid-content` with this one fault.
    pub fn invalid(self, pointer: &str, code: &'static str) -> Self {
        self.invalid_at(&[(pointer, code)])
    }

    /// The answer is `invalid-content` with exactly these faults, in this order.
    pub fn invalid_at(mut self, faults: &[(&str, &'static str)]) -> Self {
        let faults = faults.iter().map(|(pointer, code)| ((*pointer).to_owned(), *code)).collect();
        self.expected = Expected::Problem { status: 422, code: "invalid-content", faults };
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || ["PUT", "POST"].contains(&self.method.as_str()) {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    /// Sends it and holds the answer against the contract.
    pub fn send(&self, app: &TestApp) -> Answer {
        let answer = exchange(app.connect(), &self.bytes());
        let answer = answer.unwrap_or_else(|| panic!("no answer to {self}"));
        app.check(&self.method, &self.target, &answer);
        answer
    }

    /// What is wrong with the answer, if anything is.
    pub fn complaint(&self, app: &TestApp) -> Option<String> {
        let answer = self.send(app);
        let found = match &self.expected {
            Expected::Status(_) => Expected::Status(answer.status),
            Expected::Problem { .. } if answer.header("content-type") == Some("application/problem+json") => {
                problem(&answer.json())
            }
            Expected::Problem { .. } => Expected::Status(answer.status),
        };
        let (expected, found) = (self.expected.to_string(), found.to_string());
        (expected != found).then(|| format!("{self}\n    expected {expected}\n    found    {found}"))
    }

    /// The answer without what differs from one request to the next.
    pub fn transcript(&self, app: &TestApp) -> String {
        let answer = self.send(app);
        let names = ["content-type", "content-language", "allow", "retry-after", "www-authenticate", "link"];
        let headers = names.map(|name| answer.header(name).map(|value| format!("{name}: {value}")));
        let headers: Vec<_> = headers.into_iter().flatten().collect();
        let mut text = answer.text();
        if let Some(id) = answer.header("x-request-id") {
            text = text.replace(id, "");
        }
        // Whoever came in got secrets, which are another matter.
        let is_secret = answer.status < 400 && self.target.starts_with("/v1/auth/");
        format!("{self}\n{} {headers:?}\n{}", answer.status, if is_secret { "" } else { &text })
    }
}

fn problem(document: &Value) -> Expected {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let faults = document["errors"].as_array().into_iter().flatten();
    let faults = faults.map(|fault| (text(&fault["pointer"]), &*text(&fault["code"]).leak()));
    Expected::Problem {
        status: document["status"].as_u64().unwrap_or_default() as u16,
        code: text(&document["code"]).leak(),
        faults: faults.collect(),
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) => write!(formatter, "{status}"),
            Self::Problem { status, code, faults } if *status == 422 => write!(formatter, "{status} {code} {faults:?}"),
            // What cannot be parsed has no pointer that could be relied on.
            Self::Problem { status, code, .. } => write!(formatter, "{status} {code}"),
        }
    }
}

/// Names a case by its first characters.
impl std::fmt::Display for Case {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |text: &str| text.chars().take(160).collect::<String>();
        let body = String::from_utf8_lossy(&self.body);
        let told = self.headers.iter().filter(|(name, _)| name != "authorization");
        let headers: Vec<_> = told.map(|(name, value)| format!("{name}: {}", short(value))).collect();
        write!(formatter, "{} {} {headers:?} {}", self.method, short(&self.target), short(&body))
    }
}
