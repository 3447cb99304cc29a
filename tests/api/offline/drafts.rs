//! Drafts: the highest revision wins, they move between phones, give way to the submission, and lapse.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use congdanso::config::Config;
use congdanso::domain::language::Language;
use congdanso::service::{Context, Desk, start};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use serde_json::{Value, json};

use super::parallel::put_at_once;
use crate::app::TestApp;
use crate::citizens::{Citizen, PASSWORD};
use crate::databases::Kind;
use crate::quiz::{Choice, Form};

both!(
    the_highest_revision_wins_in_whatever_order_they_come,
    drafts_and_the_submission_at_once_leave_the_submission,
    a_draft_that_waits_for_the_submission_gives_way_to_it,
    a_draft_is_taken_up_on_another_phone,
    a_draft_after_the_submission_gets_the_result,
    attempts_of_two_sessions_are_attempts_of_one_person,
    drafts_lapse_after_ninety_days_and_submissions_never,
);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Drafts of revisions 1 to `count`, each with one answer more, in an order that differs from round to round.
fn shuffled_drafts(app: &TestApp, form: &Form, count: usize, round: usize) -> Vec<Value> {
    let answers = form.answers(Choice::Score(2));
    let draft = |revision: usize| app.draft(form, revision as u32, answers[..revision].to_vec());
    // Steps of 3 and 5 visit all of 1 to 7 and of 1 to 11.
    (0..count).map(|step| draft((round + step * [3, 5][round % 2]) % count + 1)).collect()
}

fn the_highest_revision_wins_in_whatever_order_they_come(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    for round in 0..4 {
        let id = app.new_id();
        let drafts = shuffled_drafts(app, &form, 7, round);
        let answers = if round % 2 == 0 {
            put_at_once(&citizen, id, &drafts)
        } else {
            drafts.iter().map(|draft| citizen.put_attempt(id, draft)).collect()
        };
        for (draft, answer) in drafts.iter().zip(&answers) {
            assert!([200, 201].contains(&answer.status), "{}", answer.text());
            assert!(answer.json()["attempt"]["revision"].as_u64() >= draft["revision"].as_u64());
        }
        let kept = citizen.get(&format!("/v1/attempts/{id}")).send().expect(200);
        assert_eq!((&kept["revision"], kept["answers"].as_array().unwrap().len()), (&json!(7), 7));
    }
    // An equal revision changes nothing.
    let id = app.new_id();
    let first = citizen.put_attempt(id, &app.draft(&form, 3, form.answers_of_part(1, Choice::Score(2)))).expect(201);
    let other = app.draft(&form, 3, form.answers_of_part(2, Choice::Score(0)));
    assert_eq!(citizen.put_attempt(id, &other).expect(200), first);
}

fn drafts_and_the_submission_at_once_leave_the_submission(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    for round in 0..15 {
        let id = app.new_id();
        let submission = app.submission(&form, form.answers(Choice::Score(1)));
        let mut bodies = shuffled_drafts(app, &form, 7, round);
        bodies.insert(round % 7, submission.clone());
        let answers = put_at_once(&citizen, id, &bodies);
        for (body, answer) in bodies.iter().zip(&answers) {
            let is_fine = matches!((body["state"].as_str(), answer.status), (Some("draft"), 200 | 201) | (_, 201));
            assert!(is_fine, "{} {}", body["state"], answer.text());
        }
        let result = citizen.put_attempt(id, &submission).expect(200);
        assert_eq!(result["attempt"]["state"], "scored");
        assert_eq!(citizen.get("/v1/attempts").send().expect(200)["items"].as_array().unwrap().len(), round + 1);
        assert_eq!(app.database.number("SELECT count(*) AS number FROM drafts"), 0, "round {round}");
    }
}

/// Both wait for the citizen's row; the submission came first.
fn a_draft_that_waits_for_the_submission_gives_way_to_it(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let submission = app.submission(&form, form.answers(Choice::Score(2)));
    let draft = app.draft(&form, 9, form.answers_of_part(1, Choice::DontKnow));
    let a_moment = Duration::from_millis(400);
    let held = Barrier::new(2);
    let answer = thread::scope(|scope| {
        scope.spawn(|| {
            hold(app, &citizen, || {
                held.wait();
                thread::sleep(3 * a_moment);
            });
        });
        held.wait();
        scope.spawn(|| citizen.put_attempt(id, &submission).expect(201));
        thread::sleep(a_moment);
        scope.spawn(|| citizen.put_attempt(id, &draft)).join().unwrap()
    });
    assert_eq!(citizen.get(&format!("/v1/attempts/{id}")).send().expect(200)["state"], "scored");
    let listed = citizen.get("/v1/attempts").send().expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(answer.expect(200)["attempt"]["state"], "scored");
}

/// Holds a citizen's row from outside the service while `work` runs.
fn hold(app: &TestApp, citizen: &Citizen<'_>, work: impl FnOnce()) {
    match app.database.kind {
        Kind::Sqlite => {
            let mut connection = SqliteConnection::establish(app.database.url.trim_start_matches("sqlite:")).unwrap();
            connection.batch_execute("BEGIN IMMEDIATE").unwrap();
            work();
            connection.batch_execute("ROLLBACK").unwrap();
        }
        Kind::Postgres => {
            let mut connection = PgConnection::establish(&app.database.url).unwrap();
            let row = format!("SELECT id FROM accounts WHERE id = '{}' FOR UPDATE", citizen.id);
            connection.batch_execute(&format!("BEGIN; {row}")).unwrap();
            work();
            connection.batch_execute("ROLLBACK").unwrap();
        }
    }
}

fn another_phone<'a>(citizen: &Citizen<'a>) -> Citizen<'a> {
    Citizen::new(citizen.app, &citizen.app.log_in(&citizen.citizen_code, PASSWORD).expect(200))
}

fn a_draft_is_taken_up_on_another_phone(app: &TestApp) {
    let (phone, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let mut draft = app.draft(&form, 4, form.answers_of_part(1, Choice::Score(2)));
    draft["mode"] = json!("assisted_reading");
    draft["campaign"] = json!("hè 2026");
    let begun = phone.put_attempt(id, &draft).expect(201);
    assert_eq!(begun["profile"], json!(null));

    let tablet = another_phone(&phone);
    let listed = tablet.get("/v1/attempts").send().expect(200);
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["answered"]), (&json!(id), &json!(18)));
    let kept = tablet.get(&format!("/v1/attempts/{id}")).send().expect(200);
    assert_eq!(kept, begun["attempt"]);
    for member in ["answers", "mode", "campaign", "revision", "client_started_at"] {
        let sent = draft["answers"].as_array().unwrap();
        let kept =
            if member == "answers" { json!(kept[member].as_array().unwrap().len()) } else { kept[member].clone() };
        let sent = if member == "answers" { json!(sent.len()) } else { draft[member].clone() };
        assert_eq!(kept, sent, "{member}");
    }
    tablet.put_attempt(id, &app.draft(&form, 5, form.answers_of_part(2, Choice::Score(1)))).expect(200);
    // The first phone comes back with what it had.
    assert_eq!(phone.put_attempt(id, &draft).expect(200)["attempt"]["revision"], 5);
    let result = tablet.put_attempt(id, &app.submission(&form, form.answers(Choice::Score(2)))).expect(201);
    assert_eq!(phone.get("/v1/me/profile").send().expect(200), result["profile"]);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM drafts"), 0);
}

fn a_draft_after_the_submission_gets_the_result(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let result = citizen.put_attempt(id, &app.submission(&form, form.answers(Choice::Score(2)))).expect(201);
    for revision in [0, 1, 2_000_000_000] {
        let late = app.draft(&form, revision, form.answers_of_part(3, Choice::Score(0)));
        assert_eq!(citizen.put_attempt(id, &late).expect(200), result);
    }
    assert_eq!(app.database.number("SELECT count(*) AS number FROM drafts"), 0);
}

fn attempts_of_two_sessions_are_attempts_of_one_person(app: &TestApp) {
    let (phone, form) = (app.citizen(), app.form("full-a"));
    let tablet = another_phone(&phone);
    for session in [&phone, &tablet] {
        session.put_attempt(app.new_id(), &app.submission(&form, form.answers(Choice::Score(2)))).expect(201);
        app.clock.advance(Duration::from_secs(60));
    }
    let of_phone = phone.get("/v1/attempts").send().expect(200);
    assert_eq!(of_phone["items"].as_array().unwrap().len(), 2);
    assert_eq!(tablet.get("/v1/attempts").send().expect(200), of_phone);
    // A queue outlives its session: what was made in one is delivered by the next.
    let (id, body) = (app.new_id(), app.submission(&form, form.answers(Choice::Score(1))));
    phone.put_attempt(id, &body).expect(201);
    app.revoke(&phone.refresh_token).expect(204);
    phone.put_attempt(id, &body).expect_problem(401, "session-ended");
    another_phone(&tablet).put_attempt(id, &body).expect(200);
}

fn drafts_lapse_after_ninety_days_and_submissions_never(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    let desk = second_desk(app);
    let [old, touched, submitted] = [app.new_id(), app.new_id(), app.new_id()];
    let answers = form.answers_of_part(1, Choice::Score(2));
    for id in [old, touched] {
        citizen.put_attempt(id, &app.draft(&form, 1, answers.clone())).expect(201);
    }
    citizen.put_attempt(submitted, &app.submission(&form, answers.clone())).expect(201);
    app.clock.advance(50 * DAY);
    let citizen = citizen.refreshed();
    citizen.put_attempt(touched, &app.draft(&form, 2, answers)).expect(200);
    app.clock.advance(40 * DAY);
    let citizen = citizen.refreshed();
    let statuses = |citizen: &Citizen<'_>| {
        start::housekeeping(&desk, app.clock.now()).unwrap();
        [old, touched, submitted].map(|id| citizen.get(&format!("/v1/attempts/{id}")).send().status)
    };
    assert_eq!(statuses(&citizen), [200, 200, 200]);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(statuses(&citizen), [404, 200, 200]);
    app.clock.advance(50 * DAY);
    assert_eq!(statuses(&citizen.refreshed()), [404, 404, 200]);
}

/// Another process on the same database.
fn second_desk(app: &TestApp) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::read(|variable| match variable {
        "DATABASE_URL" => Some(app.database.url.clone()),
        "CONGDANSO_DATA_DIR" => folder.path().to_str().map(str::to_owned),
        _ => None,
    });
    let context = Context::new(app.clock.now(), "second".to_owned(), Language::Vi, None, [0; 32]);
    start::open(&config.ok().unwrap(), &context).map_err(|error| error.0).unwrap()
}
