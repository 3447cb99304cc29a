//! Networks that break in the middle of a request or of its answer.

use std::io::Write;

use crate::app::TestApp;
use crate::quiz::Choice;
use crate::requests::exchange;

both!(half_a_request_leaves_nothing_behind, an_answer_that_nobody_waits_for_is_given_again);

fn half_a_request_leaves_nothing_behind(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let path = format!("/v1/attempts/{id}");
    let request = citizen.put(&path).json(&app.submission(&form, form.answers(Choice::Score(2))));
    let bytes = request.bytes();
    for share in 0..20 {
        app.connect().write_all(&bytes[..bytes.len() * share / 20]).unwrap();
    }
    app.connect().write_all(&bytes[..bytes.len() - 1]).unwrap();
    citizen.get("/v1/me").send().expect(200);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM attempts"), 0);

    let answer = exchange(app.connect(), &bytes).unwrap();
    app.check("PUT", &path, &answer);
    assert_eq!(answer.status, 201);
}

fn an_answer_that_nobody_waits_for_is_given_again(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let body = app.submission(&form, form.answers(Choice::Score(2)));
    let bytes = citizen.put(&format!("/v1/attempts/{id}")).json(&body).bytes();
    for _ in 0..10 {
        app.connect().write_all(&bytes).unwrap();
    }
    let answer = citizen.put_attempt(id, &body);
    assert!([200, 201].contains(&answer.status), "{}", answer.text());
    assert_eq!(app.database.number("SELECT count(*) AS number FROM attempts"), 1);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM profiles"), 1);
}
