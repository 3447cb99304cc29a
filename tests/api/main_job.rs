//! What the service is for, end to end.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::citizens::{COMMUNE, PASSWORD};
use crate::quiz::Choice;

both!(a_citizen_takes_the_quiz_and_holds_a_profile);

fn a_citizen_takes_the_quiz_and_holds_a_profile(app: &TestApp) {
    let capabilities = app.get("/v1/capabilities").send().expect(200);
    assert!(capabilities["trial"] == true && capabilities["trial_notice"].is_string());
    let area = &app.get("/v1/areas?q=truong+vinh&level=commune").send().expect(200)["items"][0];
    assert_eq!((&area["code"], &area["name"]), (&json!(COMMUNE), &json!("Phường Trường Vinh")));

    let mut registration = app.registration();
    registration["login"] = json!("0912 345 678");
    registration["area_code"] = area["code"].clone();
    let hoa = app.citizen_like(&registration).refreshed();
    let me = hoa.get("/v1/me").send().expect(200);
    assert_eq!(me["display_name"], "Nguyễn Thị Hòa");
    assert_eq!(me["contact_phone"], "0912345678");
    hoa.get("/v1/me/profile").send().expect_problem(404, "not-found");

    let forms = app.get("/v1/forms").send().expect(200);
    let full_a = forms["items"].as_array().unwrap().iter().find(|form| form["id"] == "full-a").unwrap();
    let pack = app.get(full_a["href"].as_str().unwrap()).send().expect(200);
    assert_eq!(pack["bank_version"], capabilities["bank_version"]);
    let form = app.form("full-a");
    assert_eq!((form.items.len(), &full_a["item_count"]), (54, &json!(54)));

    let id = app.new_id();
    hoa.put_attempt(id, &app.draft(&form, 1, form.answers_of_part(1, Choice::Score(2)))).expect(201);
    app.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
    let hoa = crate::citizens::Citizen::new(app, &app.log_in("+84 912 345 678", PASSWORD).expect(200));
    let result = hoa.put_attempt(id, &app.submission(&form, form.answers(Choice::Score(2)))).expect(201);
    let profile = hoa.get("/v1/me/profile").send().expect(200);
    assert_eq!(profile, result["profile"]);
    assert_eq!(profile["overall"]["level"], "proficient");
    assert_eq!(bands(&profile), ["confident"; 9]);
    let history = hoa.get("/v1/me/profiles").send().expect(200);
    assert_eq!(history["items"], json!([profile]));
    let attempts = hoa.get("/v1/attempts").send().expect(200);
    assert_eq!(attempts["items"].as_array().unwrap().len(), 1);
}

fn bands(profile: &Value) -> Vec<&str> {
    profile["competencies"].as_array().unwrap().iter().map(|one| one["band"].as_str().unwrap()).collect()
}
