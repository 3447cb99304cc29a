//! The same attempt from several sides at the same moment.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::app::TestApp;
use crate::citizens::Citizen;
use crate::quiz::Choice;

both!(
    one_submission_sent_twenty_times_at_once_is_one_attempt,
    of_two_contents_sent_at_once_one_is_kept_and_the_other_refused,
    two_citizens_with_one_id_do_not_see_each_other,
    members_in_another_order_sent_at_another_time_are_the_same_content,
);

/// Sends all bodies at the same moment, each from a thread of its own.
pub fn put_at_once(citizen: &Citizen<'_>, id: Uuid, bodies: &[Value]) -> Vec<Answer> {
    let gate = Barrier::new(bodies.len());
    thread::scope(|scope| {
        let send = |body| {
            let gate = &gate;
            scope.spawn(move || {
                gate.wait();
                citizen.put_attempt(id, body)
            })
        };
        let senders: Vec<_> = bodies.iter().map(send).collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    })
}

fn one_submission_sent_twenty_times_at_once_is_one_attempt(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let body = app.submission(&form, form.answers(Choice::Score(2)));
    let answers = put_at_once(&citizen, id, &vec![body; 20]);
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200; 19], vec![201]].concat());
    assert!(answers.iter().all(|answer| answer.json() == answers[0].json()));
    for table in ["attempts", "profiles", "current_profiles", "journal WHERE action = 'attempt.submitted'"] {
        assert_eq!(app.database.number(&format!("SELECT count(*) AS number FROM {table}")), 1, "{table}");
    }
}

fn of_two_contents_sent_at_once_one_is_kept_and_the_other_refused(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    for _ in 0..5 {
        let id = app.new_id();
        let bodies = [2, 0].map(|score| app.submission(&form, form.answers(Choice::Score(score))));
        let answers = put_at_once(&citizen, id, &bodies);
        let kept = answers.iter().position(|answer| answer.status == 201).expect("one is kept");
        answers[1 - kept].expect_problem(409, "content-conflict");
        let repeated = citizen.put_attempt(id, &bodies[kept]).expect(200);
        assert_eq!(repeated, answers[kept].json());
        citizen.put_attempt(id, &bodies[1 - kept]).expect_problem(409, "content-conflict");
    }
}

fn two_citizens_with_one_id_do_not_see_each_other(app: &TestApp) {
    let (hoa, nam, form, id) = (app.citizen(), app.citizen(), app.form("full-a"), app.new_id());
    let path = format!("/v1/attempts/{id}");
    let of_hoa = hoa.put_attempt(id, &app.submission(&form, form.answers(Choice::Score(2)))).expect(201);
    let hidden = nam.get(&path).send().expect_problem(404, "not-found");
    let absent = nam.get(&format!("/v1/attempts/{}", app.new_id())).send().expect_problem(404, "not-found");
    assert_eq!((&hidden["title"], &hidden["detail"]), (&absent["title"], &absent["detail"]));
    assert_eq!(nam.get("/v1/attempts").send().expect(200)["items"], json!([]));
    nam.get("/v1/me/profile").send().expect_problem(404, "not-found");

    let of_nam = nam.put_attempt(id, &app.draft(&form, 1, form.answers_of_part(1, Choice::DontKnow))).expect(201);
    assert_eq!(of_nam["attempt"]["state"], "draft");
    assert_eq!(hoa.get(&path).send().expect(200), of_hoa["attempt"]);
    assert_eq!(nam.get(&path).send().expect(200), of_nam["attempt"]);
    let profile = of_hoa["profile"]["id"].as_str().unwrap();
    nam.get(&format!("/v1/me/profiles/{profile}")).send().expect_problem(404, "not-found");
}

fn members_in_another_order_sent_at_another_time_are_the_same_content(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let body = app.submission(&form, form.answers(Choice::Score(1)));
    let first = citizen.put_attempt(id, &body).expect(201);
    let path = format!("/v1/attempts/{id}");
    let mut resent = body.clone();
    for sent_at in [json!("1970-01-01T00:00:00Z"), json!("2099-12-31T23:59:59.123456789+07:00"), json!(null)] {
        resent["client_sent_at"] = sent_at;
        let turned = citizen.put(&path).body("application/json", turned(&resent)).send();
        assert_eq!(turned.expect(200), first);
    }
    resent.as_object_mut().unwrap().remove("client_sent_at");
    assert_eq!(citizen.put_attempt(id, &resent).expect(200), first);
    // The order of an array is the order of asking.
    resent["answers"].as_array_mut().unwrap().reverse();
    citizen.put_attempt(id, &resent).expect_problem(409, "content-conflict");
}

/// The same JSON with the members of every object in the opposite order, and with spaces.
fn turned(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev().map(|(name, inner)| format!(" {name:?} :\n{} ", turned(inner)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(values) => format!("[ {} ]", values.iter().map(turned).collect::<Vec<_>>().join(" , ")),
        other => other.to_string(),
    }
}
