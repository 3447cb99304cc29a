//! Nothing personal in the log, in the journal or in the words of a refusal.

use std::io::Write;
use std::sync::{Mutex, Once};

use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;

use crate::app::TestApp;
use crate::citizens::{Citizen, PASSWORD};
use crate::databases::Kind;
use crate::quiz::Choice;

both!(
    neither_log_nor_journal_knows_a_person,
    a_failure_of_the_database_tells_the_log_nothing_personal,
    a_refusal_never_repeats_what_was_sent,
    every_request_writes_the_one_line_that_is_documented,
);

/// What every service of this process has logged.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Begins to listen to the log: as it is written in service, and everything of our own that a lower level would add.
fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let filter = EnvFilter::new("info,congdanso=trace,request=trace");
        let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_span_list(false);
        subscriber.with_env_filter(filter).with_writer(|| Writer).init();
    });
}

/// The lines so far, without those in which a server says where it listens. Those of other tests in this process are among
/// them.
fn log() -> String {
    let all = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    let of_requests = all.lines().filter(|line| !line.contains("\"target\":\"actix_server"));
    of_requests.map(|line| format!("{line}\n")).collect()
}

const NAME: &str = "Phùng Thị Bích Ngọc";
const PHONE: &str = "0935 271 846";
const WRONG: &str = "gà mái ấp trứng vịt";
const DEVICE: &str = "Máy đỏ của Ngọc";
const CAMPAIGN: &str = "lớp học tối thứ bảy";

/// Registers somebody who can be told from everybody else.
fn somebody(app: &TestApp) -> Citizen<'_> {
    let mut registration = app.registration();
    registration["display_name"] = json!(NAME);
    registration["login"] = json!(PHONE);
    registration["birth_month"] = json!(5);
    registration["device"]["name"] = json!(DEVICE);
    app.citizen_like(&registration)
}

/// Every way in which somebody may be known by what they sent or got.
fn secrets(citizen: &Citizen<'_>) -> Vec<String> {
    let plain = [NAME, "Bích", "phung thi", PHONE, "935271846", WRONG, PASSWORD, DEVICE, CAMPAIGN, "127.0.0.1"];
    let signature = citizen.access_token.rsplit('.').next().unwrap();
    let theirs = [&citizen.citizen_code, &citizen.refresh_token, &citizen.access_token, signature];
    plain.into_iter().chain(theirs).map(str::to_owned).collect()
}

/// A life: everything that can be done today, right and wrong. Gives the answers that carried a request id.
fn live(app: &TestApp, citizen: &Citizen<'_>) {
    let (form, id) = (app.form("full-a"), app.new_id());
    let mut body = app.submission(&form, form.answers(Choice::Score(1)));
    body["campaign"] = json!(CAMPAIGN);
    let mut draft = app.draft(&form, 1, form.answers_of_part(1, Choice::Score(2)));
    draft["campaign"] = json!(CAMPAIGN);
    citizen.put_attempt(id, &draft).expect(201);
    citizen.put_attempt(id, &body).expect(201);
    citizen.put_attempt(id, &body).expect(200);
    body["campaign"] = json!(NAME);
    citizen.put_attempt(id, &body).expect_problem(409, "content-conflict");
    body["answers"][0]["choice"] = json!(NAME);
    citizen.put_attempt(id, &body).expect_problem(422, "invalid-content");
    body["bank_version"] = json!("2031.1");
    citizen.put_attempt(app.new_id(), &body).expect(202);
    for path in ["/v1/me", "/v1/me/profile", "/v1/me/profiles", "/v1/attempts"] {
        citizen.get(path).send().expect(200);
    }
    citizen.get(&format!("/v1/attempts/{id}?name=B%C3%ADch")).send().expect(200);
    app.log_in(PHONE, PASSWORD).expect(200);
    app.log_in(&citizen.citizen_code, PASSWORD).expect(200);
    app.log_in(PHONE, WRONG).expect_problem(401, "invalid-credentials");
    app.log_in(NAME, WRONG).expect_problem(401, "invalid-credentials");
    app.get(&format!("/v1/areas/{}", citizen.citizen_code)).send().expect_problem(404, "not-found");
    app.get(&format!("/v1/{PHONE}").replace(' ', "")).send().expect_problem(404, "not-found");
    app.get("/v1/areas?q=B%C3%ADch&limit=935271846").send().expect_problem(422, "invalid-content");
    app.post("/v1/auth/login").body("application/json", NAME).send().expect_problem(400, "malformed-json");
    let next = citizen.refreshed();
    app.refresh(&next.refresh_token).expect(200);
    app.revoke(&next.refresh_token).expect(204);
}

#[track_caller]
fn assert_silent(place: &str, text: &str, secrets: &[String]) {
    let text = text.to_lowercase();
    let told: Vec<_> = secrets.iter().filter(|secret| text.contains(&secret.to_lowercase())).collect();
    assert!(told.is_empty(), "{place} tells {told:?}");
}

fn neither_log_nor_journal_knows_a_person(app: &TestApp) {
    listen();
    let citizen = somebody(app);
    live(app, &citizen);
    let log = log();
    assert!(log.contains("/v1/attempts/{id}"), "{log}");
    let secrets = [secrets(&citizen), vec![citizen.id.to_string()]].concat();
    assert_silent("the log", &log, &secrets);

    // The journal knows ids, and nothing else of a person.
    assert!(app.database.number("SELECT count(*) AS number FROM journal") >= 5);
    for secret in secrets.iter().filter(|secret| **secret != citizen.id.to_string()) {
        for column in ["action", "object_id", "detail", "request_id", "coalesce(area_code, '')"] {
            let secret = secret.to_lowercase().replace('\'', "''");
            let found = format!("SELECT count(*) AS number FROM journal WHERE lower({column}) LIKE '%{secret}%'");
            assert_eq!(app.database.number(&found), 0, "journal.{column} tells {secret}");
        }
    }
    let chosen = "SELECT count(*) AS number FROM journal WHERE detail LIKE '%choice%' OR detail LIKE '%answers%'";
    assert_eq!(app.database.number(chosen), 0);
}

fn a_failure_of_the_database_tells_the_log_nothing_personal(app: &TestApp) {
    listen();
    let citizen = somebody(app);
    let form = app.form("full-a");
    let mut body = app.submission(&form, form.answers(Choice::Score(1)));
    body["campaign"] = json!(CAMPAIGN);
    // What a half-done migration, a full disk or a constraint that nobody thought of would do.
    match app.database.kind {
        Kind::Postgres => app.database.execute(
            "ALTER TABLE attempts ADD CONSTRAINT odd CHECK (campaign IS NULL) NOT VALID; \
             ALTER TABLE sessions ADD CONSTRAINT odder CHECK (device_name = '') NOT VALID; \
             ALTER TABLE drafts RENAME COLUMN body TO odd",
        ),
        Kind::Sqlite => app.database.execute(
            "CREATE TRIGGER odd BEFORE INSERT ON attempts BEGIN SELECT RAISE(ABORT, 'odd'); END; \
             CREATE TRIGGER odder BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'odder'); END; \
             ALTER TABLE drafts RENAME COLUMN body TO odd",
        ),
    }
    let draft = app.draft(&form, 1, form.answers_of_part(1, Choice::Score(2)));
    let failed = [
        citizen.put_attempt(app.new_id(), &body),
        citizen.put_attempt(app.new_id(), &draft),
        app.log_in(PHONE, PASSWORD),
        app.register(&app.registration()),
    ];
    let secrets = [secrets(&citizen), vec![citizen.id.to_string(), form.items[0].id.clone() + "\""]].concat();
    for answer in &failed {
        assert_eq!(answer.expect_problem(500, "internal")["errors"], json!([]));
        assert_silent("the answer", &answer.text(), &secrets);
        assert!(!answer.text().contains("odd"), "{}", answer.text());
    }
    let log = log();
    assert!(log.contains("\"ERROR\""), "{log}");
    assert_silent("the log", &log, &secrets);
}

/// What no error may say.
const MARK: &str = "0912 Kéo Cưa Lừa Xẻ";

fn a_refusal_never_repeats_what_was_sent(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    let device = json!({ "name": MARK, "mode": "own" });
    let bodies = [
        ("POST", "/v1/auth/register", app.registration()),
        ("POST", "/v1/auth/login", json!({ "login": MARK, "password": MARK, "device": device })),
        ("POST", "/v1/auth/token", json!({ "grant_type": "refresh_token", "refresh_token": MARK })),
        ("POST", "/v1/auth/setup", json!({ "code": MARK, "password": MARK, "display_name": "Mai", "device": device })),
        (
            "PUT",
            "/v1/attempts/01a1fd1e-8c00-7000-8000-0000000000aa",
            app.submission(&form, form.answers_of_part(1, Choice::Score(2))),
        ),
    ];
    let mut refused = 0;
    for (method, path, body) in bodies {
        for pointer in pointers(&body, "") {
            for wrong in [json!(MARK), json!([MARK]), json!({ "value": MARK }), json!(format!("{MARK}\0"))] {
                let mut changed = body.clone();
                *changed.pointer_mut(&pointer).unwrap() = wrong;
                let answer = app.request(method, path).bearer(&citizen.access_token).json(&changed).send();
                if answer.status >= 400 {
                    refused += 1;
                    for word in ["0912", "Kéo", "Cưa", "Lừa"] {
                        assert!(!answer.text().contains(word), "{path} {pointer}: {}", answer.text());
                    }
                }
            }
        }
    }
    assert!(refused > 150, "{refused}");
    let mark = "K%C3%A9o";
    for query in ["limit", "cursor", "level", "q=%00&limit"] {
        let answer = app.get(&format!("/v1/areas?{query}={mark}")).send();
        assert!(answer.status >= 400 && !answer.text().contains("Kéo") && !answer.text().contains(mark));
    }
    // Nor what only we know.
    assert!(!app.log_in(&citizen.citizen_code, MARK).text().contains(&citizen.citizen_code));
}

/// Every place in a document.
fn pointers(value: &Value, here: &str) -> Vec<String> {
    let inner: Vec<_> = match value {
        Value::Object(members) => {
            members.iter().flat_map(|(name, inner)| pointers(inner, &format!("{here}/{name}"))).collect()
        }
        // The first of a list stands for all.
        Value::Array(values) => values.iter().take(1).flat_map(|inner| pointers(inner, &format!("{here}/0"))).collect(),
        _ => Vec::new(),
    };
    [vec![here.to_owned()], inner].concat()
}

/// docs/operations.md, "The log".
fn every_request_writes_the_one_line_that_is_documented(app: &TestApp) {
    listen();
    let citizen = app.citizen();
    for (method, path, route, status) in [
        ("GET", "/v1/areas/16690?q=x", "/v1/areas/{code}", 200),
        ("HEAD", "/v1/capabilities", "/v1/capabilities", 200),
        ("GET", "/v1/attempts/01a1fd1e-8c00-7000-8000-0000000000aa", "/v1/attempts/{id}", 404),
        ("DELETE", "/v1/me", "/v1/me", 405),
        ("GET", "/nowhere/at/all", "none", 404),
    ] {
        let answer = app.request(method, path).bearer(&citizen.access_token).send();
        let id = answer.header("x-request-id").unwrap();
        let log = log();
        let lines: Vec<_> = log.lines().filter(|line| line.contains(id)).collect();
        assert_eq!(lines.len(), 1, "{lines:?}");
        let line: Value = serde_json::from_str(lines[0]).unwrap();
        let names: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
        let documented =
            ["bytes", "level", "method", "milliseconds", "request_id", "route", "status", "target", "timestamp"];
        assert_eq!(names, documented);
        assert_eq!((&line["method"], &line["route"], &line["status"]), (&json!(method), &json!(route), &json!(status)));
        assert_eq!((&line["level"], &line["target"]), (&json!("INFO"), &json!("request")));
        if method == "GET" {
            assert_eq!(line["bytes"], json!(answer.bytes.len()));
        }
    }
}
