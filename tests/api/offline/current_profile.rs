//! Which attempt speaks for a citizen: the order in which they arrive does not matter.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::TestApp;
use crate::quiz::{Choice, Form};

both!(
    the_attempt_taken_last_speaks_whenever_it_arrives,
    an_entry_by_a_helper_never_displaces_a_fuller_attempt_of_ones_own,
    part_one_after_a_whole_form_moves_the_overall_level_alone,
    part_one_speaks_where_there_is_nothing_else,
    a_quarantined_attempt_changes_no_profile,
);

/// An attempt that lay on the phone for so many hours.
fn waited(app: &TestApp, form: &Form, hours: i64, answers: Vec<Value>) -> Value {
    let mut body = app.submission(form, answers);
    body["client_submitted_at"] = json!(app.clock.now().plus_seconds(-hours * 3600));
    body
}

/// The current profile after these attempts in this order; for every order another citizen.
#[track_caller]
fn profile_after(app: &TestApp, attempts: &[(Uuid, Value)]) -> Value {
    let mut profiles = Vec::new();
    for order in [attempts.to_vec(), attempts.iter().rev().cloned().collect()] {
        let citizen = app.citizen();
        for (id, body) in order {
            citizen.put_attempt(id, &body).expect(201);
        }
        profiles.push(citizen.get("/v1/me/profile").send().expect(200));
        let listed = citizen.get("/v1/me/profiles").send().expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), attempts.len());
    }
    assert_eq!(profiles[0], profiles[1], "the order of arrival matters");
    profiles.swap_remove(0)
}

fn the_attempt_taken_last_speaks_whenever_it_arrives(app: &TestApp) {
    let form = app.form("full-a");
    let [yesterday, today] = [app.new_id(), app.new_id()];
    let worse = waited(app, &form, 1, form.answers(Choice::DontKnow));
    let better = waited(app, &form, 24, form.answers(Choice::Score(2)));
    let profile = profile_after(app, &[(yesterday, better), (today, worse)]);
    assert_eq!(profile["attempt_id"], json!(today));
    assert_eq!(profile["overall"]["level"], "starting");
}

fn an_entry_by_a_helper_never_displaces_a_fuller_attempt_of_ones_own(app: &TestApp) {
    let form = app.form("full-a");
    let [own, entered] = [app.new_id(), app.new_id()];
    let whole = waited(app, &form, 2, form.answers(Choice::Score(2)));
    let mut part = waited(app, &form, 1, form.answers_of_part(1, Choice::Score(0)));
    part["mode"] = json!("assisted_entry");
    let profile = profile_after(app, &[(own, whole.clone()), (entered, part.clone())]);
    assert_eq!((&profile["attempt_id"], &profile["mode"]), (&json!(own), &json!("self")));
    // A fuller entry does.
    let mut shorter = waited(app, &form, 2, form.answers_of_part(1, Choice::Score(2)));
    shorter["mode"] = json!("self");
    let mut fuller = waited(app, &form, 1, form.answers(Choice::Score(0)));
    fuller["mode"] = json!("assisted_entry");
    let profile = profile_after(app, &[(own, shorter), (entered, fuller)]);
    assert_eq!((&profile["attempt_id"], &profile["mode"]), (&json!(entered), &json!("assisted_entry")));
    assert!(profile["notices"].as_array().unwrap().iter().any(|notice| notice["code"] == "assisted_entry"));
}

fn part_one_after_a_whole_form_moves_the_overall_level_alone(app: &TestApp) {
    let form = app.form("full-a");
    let [whole, part] = [app.new_id(), app.new_id()];
    let first = waited(app, &form, 2, form.answers(Choice::Score(2)));
    let second = waited(app, &form, 1, form.answers_of_part(1, Choice::DontKnow));
    let of_whole = profile_after(app, &[(whole, first.clone())]);
    let of_part = profile_after(app, &[(part, second.clone())]);
    assert_ne!(of_whole["overall"]["level"], of_part["overall"]["level"]);
    let profile = profile_after(app, &[(whole, first), (part, second)]);
    assert_eq!(profile["attempt_id"], json!(part));
    assert_eq!(profile["overall"], of_part["overall"]);
    assert_eq!(profile["competencies"], of_whole["competencies"]);
    assert_eq!(profile["next_steps"], of_whole["next_steps"]);
    assert!(profile["notices"].as_array().unwrap().iter().any(|notice| notice["code"] == "bands_earlier"));
}

fn part_one_speaks_where_there_is_nothing_else(app: &TestApp) {
    let form = app.form("full-a");
    let [early, late] = [app.new_id(), app.new_id()];
    let first = waited(app, &form, 2, form.answers_of_part(1, Choice::DontKnow));
    let second = waited(app, &form, 1, form.answers_of_part(2, Choice::Score(2)));
    let profile = profile_after(app, &[(early, first), (late, second.clone())]);
    assert_eq!(profile, profile_after(app, &[(late, second)]));
    assert_eq!(profile["attempt_id"], json!(late));
}

fn a_quarantined_attempt_changes_no_profile(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    let unknown = |hours| {
        let mut body = waited(app, &form, hours, form.answers(Choice::Score(0)));
        body["bank_version"] = json!("2031.1");
        body
    };
    citizen.put_attempt(app.new_id(), &unknown(3)).expect(202);
    citizen.get("/v1/me/profile").send().expect_problem(404, "not-found");
    let answer = citizen.put_attempt(app.new_id(), &waited(app, &form, 2, form.answers(Choice::Score(2)))).expect(201);
    let last = app.new_id();
    for _ in 0..2 {
        let kept = citizen.put_attempt(last, &unknown(1)).expect(202);
        assert_eq!((&kept["attempt"]["state"], &kept["profile"]), (&json!("quarantined"), &Value::Null));
    }
    citizen.put_attempt(last, &unknown(0)).expect_problem(409, "content-conflict");
    assert_eq!(citizen.get("/v1/me/profile").send().expect(200), answer["profile"]);
    assert_eq!(citizen.get("/v1/me/profiles").send().expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(citizen.get("/v1/attempts").send().expect(200)["items"].as_array().unwrap().len(), 3);
}
