//! `/v1/me/profile` and its history.

use std::time::Duration;

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::quiz::Choice;

both!(
    everything_right_is_firmly_confident,
    nothing_known_is_a_beginning_with_three_next_steps,
    part_one_alone_moves_only_the_overall_level,
    history_is_paged_with_the_latest_first,
    a_profile_is_shown_to_its_citizen_alone,
    a_profile_speaks_the_callers_language,
);

fn members<'a>(profile: &'a Value, name: &str) -> Vec<&'a str> {
    profile["competencies"].as_array().unwrap().iter().map(|one| one[name].as_str().unwrap_or("null")).collect()
}

fn everything_right_is_firmly_confident(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    let profile = &citizen
        .put_attempt(app.new_id(), &app.submission(&form, form.answers(Choice::Score(2))))
        .expect(201)["profile"];
    assert_eq!((&profile["overall"]["level"], &profile["overall"]["status"]), (&json!("proficient"), &json!("firm")));
    assert_eq!(members(profile, "band"), ["confident"; 9]);
    assert_eq!(members(profile, "status"), ["firm"; 9]);
    assert_eq!(profile["next_steps"], json!([]));
}

fn nothing_known_is_a_beginning_with_three_next_steps(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    let profile = &citizen
        .put_attempt(app.new_id(), &app.submission(&form, form.answers(Choice::DontKnow)))
        .expect(201)["profile"];
    assert_eq!((&profile["overall"]["level"], &profile["overall"]["status"]), (&json!("starting"), &json!("firm")));
    assert_eq!(members(profile, "band"), ["learning"; 9]);
    let steps = profile["next_steps"].as_array().unwrap();
    assert_eq!(steps.len(), 3);
    for step in steps {
        assert_eq!(step["band"], "learning");
        assert!(step["sub_skills"].as_array().is_some_and(|named| !named.is_empty()), "{step}");
        let resources = step["resources"].as_array().unwrap();
        assert!(!resources.is_empty() && resources.iter().all(|one| one["competency"] == step["competency"]), "{step}");
    }
}

fn part_one_alone_moves_only_the_overall_level(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    let part_one = |choice| app.submission(&form, form.answers_of_part(1, choice));
    let first = &citizen.put_attempt(app.new_id(), &part_one(Choice::DontKnow)).expect(201)["profile"];
    assert_eq!(citizen.get("/v1/me/profile").send().expect(200)["competencies"], first["competencies"]);

    app.clock.advance(Duration::from_secs(60));
    let whole = &citizen.put_attempt(app.new_id(), &app.submission(&form, form.answers(Choice::DontKnow))).expect(201)
        ["profile"];
    app.clock.advance(Duration::from_secs(60));
    let part = &citizen.put_attempt(app.new_id(), &part_one(Choice::Score(2))).expect(201)["profile"];
    let current = citizen.get("/v1/me/profile").send().expect(200);
    assert_eq!(current["overall"], part["overall"]);
    assert_eq!(current["competencies"], whole["competencies"]);
    assert_ne!(part["overall"], whole["overall"]);
    assert_eq!(current["notices"][0]["code"], "bands_earlier");
}

fn history_is_paged_with_the_latest_first(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    let mut taken: Vec<_> = (0..5)
        .map(|_| {
            app.clock.advance(Duration::from_secs(3600));
            let citizen = crate::citizens::Citizen::new(
                app,
                &app.log_in(&citizen.citizen_code, crate::citizens::PASSWORD).expect(200),
            );
            let body = app.submission(&form, form.answers_of_part(1, Choice::Score(1)));
            citizen.put_attempt(app.new_id(), &body).expect(201)["profile"]["id"].clone()
        })
        .collect();
    taken.reverse();
    let citizen = citizen.refreshed();
    let (mut seen, mut path) = (Vec::new(), Some("/v1/me/profiles?limit=2".to_owned()));
    while let Some(here) = path {
        let page = citizen.get(&here).send();
        let body = page.expect(200);
        seen.extend(body["items"].as_array().unwrap().iter().map(|profile| profile["id"].clone()));
        assert_eq!(body["next_cursor"].is_null(), page.header("link").is_none());
        path = page.next_page();
    }
    assert_eq!(seen, taken);
    let one = citizen.get(&format!("/v1/me/profiles/{}", taken[3].as_str().unwrap())).send().expect(200);
    assert_eq!(one["id"], taken[3]);
}

fn a_profile_is_shown_to_its_citizen_alone(app: &TestApp) {
    let (hoa, nam, form) = (app.citizen(), app.citizen(), app.form("full-a"));
    let result = hoa.put_attempt(app.new_id(), &app.submission(&form, form.answers(Choice::Score(1)))).expect(201);
    let path = format!("/v1/me/profiles/{}", result["profile"]["id"].as_str().unwrap());
    hoa.get(&path).send().expect(200);
    nam.get(&path).send().expect_problem(404, "not-found");
    nam.get("/v1/me/profile").send().expect_problem(404, "not-found");
    assert_eq!(nam.get("/v1/me/profiles").send().expect(200)["items"], json!([]));
}

fn a_profile_speaks_the_callers_language(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    citizen.put_attempt(app.new_id(), &app.submission(&form, form.answers(Choice::Score(2)))).expect(201);
    for (wanted, language, label) in [("vi", "vi", "Thành thạo"), ("en-GB, vi;q=0.5", "en", "Proficient")] {
        let answer = citizen.get("/v1/me/profile").header("accept-language", wanted).send();
        assert_eq!(answer.expect(200)["overall"]["label"], label);
        assert_eq!(answer.header("content-language"), Some(language));
    }
}
