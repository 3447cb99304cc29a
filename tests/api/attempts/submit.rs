//! Submitting an attempt: scored once, however often it comes.

use serde_json::json;

use crate::app::TestApp;
use crate::quiz::Choice;

both!(gives_a_profile_at_once, answers_a_repeat_with_the_same_result, refuses_other_content_under_the_same_id);

fn gives_a_profile_at_once(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let answer = citizen.put_attempt(id, &app.submission(&form, form.answers(Choice::Score(2)))).expect(201);
    assert_eq!(answer["attempt"]["id"], json!(id));
    assert_eq!(answer["attempt"]["state"], "scored");
    assert_eq!(answer["attempt"]["answers"].as_array().unwrap().len(), 54);
    assert_eq!(answer["profile"]["attempt_id"], json!(id));
    assert_eq!(citizen.get("/v1/me/profile").send().expect(200), answer["profile"]);
}

fn answers_a_repeat_with_the_same_result(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let mut body = app.submission(&form, form.answers(Choice::Score(1)));
    let first = citizen.put_attempt(id, &body).expect(201);
    body["client_sent_at"] = json!("2026-11-22T10:00:00+07:00");
    assert_eq!(citizen.put_attempt(id, &body).expect(200), first);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM attempts"), 1);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM profiles"), 1);
}

fn refuses_other_content_under_the_same_id(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let first = citizen.put_attempt(id, &app.submission(&form, form.answers(Choice::DontKnow))).expect(201);
    let other = app.submission(&form, form.answers(Choice::Score(2)));
    citizen.put_attempt(id, &other).expect_problem(409, "content-conflict");
    assert_eq!(citizen.get(&format!("/v1/attempts/{id}")).send().expect(200), first);
}
