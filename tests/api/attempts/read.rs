//! Looking at one's attempts again.

use serde_json::json;

use crate::app::TestApp;
use crate::quiz::Choice;

both!(
    gives_a_submitted_attempt,
    lists_drafts_first_without_answers,
    shows_nobody_elses_attempt,
    keeps_the_highest_revision
);

fn gives_a_submitted_attempt(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let submitted = citizen.put_attempt(id, &app.submission(&form, form.answers(Choice::Score(1)))).expect(201);
    // The contract says Attempt: the attempt itself, not beside a profile.
    assert_eq!(citizen.get(&format!("/v1/attempts/{id}")).send().expect(200), submitted["attempt"]);
}

fn lists_drafts_first_without_answers(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    let (draft, submitted) = (app.new_id(), app.new_id());
    citizen.put_attempt(draft, &app.draft(&form, 1, form.answers_of_part(1, Choice::DontKnow))).expect(201);
    citizen.put_attempt(submitted, &app.submission(&form, form.answers(Choice::Score(1)))).expect(201);
    let list = citizen.get("/v1/attempts").send().expect(200);
    let summary = |position: usize| {
        let item = &list["items"][position];
        (item["id"].clone(), item["state"].clone(), item["answered"].clone())
    };
    assert_eq!(summary(0), (json!(draft), json!("draft"), json!(18)));
    assert_eq!(summary(1), (json!(submitted), json!("scored"), json!(54)));
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert_eq!(list["next_cursor"], json!(null));
}

fn shows_nobody_elses_attempt(app: &TestApp) {
    let (hoa, nam, form, id) = (app.citizen(), app.citizen(), app.form("full-a"), app.new_id());
    hoa.put_attempt(id, &app.submission(&form, form.answers(Choice::Score(1)))).expect(201);
    let not_his = nam.get(&format!("/v1/attempts/{id}")).send().expect_problem(404, "not-found");
    let not_there = nam.get(&format!("/v1/attempts/{}", app.new_id())).send().expect_problem(404, "not-found");
    assert_eq!((&not_his["title"], &not_his["detail"]), (&not_there["title"], &not_there["detail"]));
    assert_eq!(nam.get("/v1/attempts").send().expect(200)["items"], json!([]));
}

fn keeps_the_highest_revision(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let draft = |revision, part| app.draft(&form, revision, form.answers_of_part(part, Choice::DontKnow));
    citizen.put_attempt(id, &draft(2, 2)).expect(201);
    let stale = citizen.put_attempt(id, &draft(1, 1)).expect(200);
    assert_eq!(stale["attempt"]["revision"], 2);
    let newer = citizen.put_attempt(id, &draft(3, 3)).expect(200);
    assert_eq!(newer["attempt"]["revision"], 3);
    let submission = app.submission(&form, form.answers(Choice::Score(1)));
    let submitted = citizen.put_attempt(id, &submission).expect(201);
    assert_eq!(citizen.put_attempt(id, &draft(9, 1)).expect(200), submitted);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM drafts"), 0);
}
