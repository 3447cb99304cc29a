//! Submitting an attempt: scored once, however often it comes.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::quiz::Choice;

both!(
    gives_a_profile_at_once,
    answers_a_repeat_with_the_same_result,
    refuses_other_content_under_the_same_id,
    takes_the_same_id_from_two_citizens_as_two_attempts,
    scores_whatever_parts_are_there,
    keeps_the_answers_as_they_were_sent,
    keeps_an_attempt_on_an_unknown_bank_in_quarantine,
);

fn gives_a_profile_at_once(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let answer = citizen.put_attempt(id, &app.submission(&form, form.answers(Choice::Score(2)))).expect(201);
    assert_eq!(answer["attempt"]["id"], json!(id));
    assert_eq!(answer["attempt"]["state"], "scored");
    assert_eq!(answer["attempt"]["flags"], json!([]));
    assert_eq!(answer["attempt"]["taken_at"], json!(app.clock.now().plus_seconds(-60)));
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
    let submitted = "SELECT count(*) AS number FROM journal WHERE action LIKE 'attempt.%'";
    assert_eq!(app.database.number(submitted), 1);
}

fn refuses_other_content_under_the_same_id(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let first = citizen.put_attempt(id, &app.submission(&form, form.answers(Choice::DontKnow))).expect(201);
    let other = app.submission(&form, form.answers(Choice::Score(2)));
    citizen.put_attempt(id, &other).expect_problem(409, "content-conflict");
    assert_eq!(citizen.get("/v1/me/profile").send().expect(200), first["profile"]);
}

fn takes_the_same_id_from_two_citizens_as_two_attempts(app: &TestApp) {
    let (hoa, nam, form, id) = (app.citizen(), app.citizen(), app.form("full-a"), app.new_id());
    hoa.put_attempt(id, &app.submission(&form, form.answers(Choice::Score(2)))).expect(201);
    let of_nam = nam.put_attempt(id, &app.submission(&form, form.answers(Choice::DontKnow))).expect(201);
    assert_eq!(of_nam["profile"]["overall"]["level"], "starting");
    let of_hoa = hoa.get("/v1/me/profile").send().expect(200);
    assert_eq!(of_hoa["overall"]["level"], "proficient");
}

fn scores_whatever_parts_are_there(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let body = app.submission(&form, form.answers_of_part(1, Choice::Score(2)));
    let answer = citizen.put_attempt(id, &body).expect(201);
    let competencies = answer["profile"]["competencies"].as_array().unwrap();
    assert!(competencies.iter().all(|one| one["answered"] == 2), "{competencies:?}");
    assert!(!answer["profile"]["overall"]["level"].is_null());
}

fn keeps_the_answers_as_they_were_sent(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-b"), app.new_id());
    let choices = [Choice::Score(2), Choice::Score(1), Choice::Score(0), Choice::DontKnow, Choice::Left];
    let items = form.items.iter().zip(choices.into_iter().cycle());
    let mut answers: Vec<Value> = items.map(|(item, choice)| item.answer(choice)).collect();
    answers[0]["shown"] = json!(["c", "a", "b"]);
    answers[1]["seconds"] = json!(null);
    answers[2]["seconds"] = json!(0);
    answers.reverse();
    let body = app.submission(&form, answers.clone());
    citizen.put_attempt(id, &body).expect(201);
    // A repeat is answered with what was stored.
    let stored = citizen.put_attempt(id, &body).expect(200);
    let kept = stored["attempt"]["answers"].as_array().unwrap();
    assert_eq!(kept.len(), answers.len());
    for (kept, sent) in kept.iter().zip(&answers) {
        for member in ["item", "choice", "seconds", "shown"] {
            assert_eq!(kept[member], sent[member], "{sent}");
        }
    }
}

fn keeps_an_attempt_on_an_unknown_bank_in_quarantine(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let mut body = app.submission(&form, form.answers(Choice::Score(2)));
    body["bank_version"] = json!("2031.1.1");
    for _ in 0..2 {
        let answer = citizen.put_attempt(id, &body).expect(202);
        assert_eq!(answer["attempt"]["state"], "quarantined");
        assert_eq!(answer["attempt"]["flags"], json!(["unknown_bank"]));
        assert_eq!(answer["attempt"]["answers"].as_array().unwrap().len(), 54);
        assert_eq!(answer["profile"], json!(null));
    }
    citizen.get("/v1/me/profile").send().expect_problem(404, "not-found");
}
