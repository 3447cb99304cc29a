//! Registering: an account with its consents, once, whatever the network does.

use serde_json::json;

use crate::app::TestApp;
use crate::citizens::PASSWORD;

both!(
    gives_an_account_and_tokens,
    is_harmless_to_repeat,
    refuses_another_password_under_the_same_id,
    lets_a_household_share_a_number,
    makes_an_account_each_time_without_an_id,
    records_each_consent_as_an_event,
    needs_the_profile_consent_and_names_every_fault,
    makes_one_account_of_many_at_once,
);

fn gives_an_account_and_tokens(app: &TestApp) {
    let registration = app.registration();
    let answer = app.register(&registration).expect(201);
    let account = &answer["account"];
    assert_eq!(account["id"], registration["id"]);
    assert_eq!(account["area_code"], registration["area_code"]);
    assert_eq!(account["birth_year"], 1961);
    assert_eq!(
        (&account["sex"], &account["contact_phone"], &account["hamlet_code"]),
        (&json!(null), &json!(null), &json!(null))
    );
    assert_eq!(account["state"], "active");
    assert_eq!(answer["expires_in"], 600);
    let token = answer["access_token"].as_str().unwrap();
    assert_eq!(app.get("/v1/me").bearer(token).send().expect(200), *account);
}

fn is_harmless_to_repeat(app: &TestApp) {
    let mut registration = app.registration();
    registration["login"] = json!("0912345678");
    let first = app.register(&registration).expect(201);
    let again = app.register(&registration).expect(200);
    assert_eq!(again["account"], first["account"]);
    assert_ne!(again["refresh_token"], first["refresh_token"]);
    for answer in [first, again] {
        app.get("/v1/me").bearer(answer["access_token"].as_str().unwrap()).send().expect(200);
    }
    assert_eq!(app.database.number("SELECT count(*) AS number FROM accounts"), 1);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM consent_events"), 1);
}

fn refuses_another_password_under_the_same_id(app: &TestApp) {
    let mut registration = app.registration();
    app.register(&registration).expect(201);
    registration["password"] = json!("một mật khẩu khác hẳn");
    app.register(&registration).expect_problem(409, "content-conflict");
    assert_eq!(app.database.number("SELECT count(*) AS number FROM sessions"), 1);
}

fn lets_a_household_share_a_number(app: &TestApp) {
    let register = |name: &str, login: &str| {
        let mut registration = app.registration();
        registration["display_name"] = json!(name);
        registration["login"] = json!(login);
        app.register(&registration)
    };
    let mother = register("Nguyễn Thị Hòa", "0912345678").expect(201);
    let son = register("Trần Văn Nam", "+84 912.345.678").expect(201);
    assert_eq!(son["account"]["contact_phone"], mother["account"]["contact_phone"]);
    let members =
        |answer: &serde_json::Value| answer["account"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&son), members(&mother), "nothing tells that the number was known");

    let by_number = app.log_in("0912345678", PASSWORD).expect(200);
    assert_eq!(by_number["account"]["id"], mother["account"]["id"]);
    let by_code = app.log_in(son["account"]["citizen_code"].as_str().unwrap(), PASSWORD).expect(200);
    assert_eq!(by_code["account"]["id"], son["account"]["id"]);
}

fn makes_an_account_each_time_without_an_id(app: &TestApp) {
    let mut registration = app.registration();
    registration.as_object_mut().unwrap().remove("id");
    let (first, second) = (app.citizen_like(&registration), app.citizen_like(&registration));
    assert_ne!((first.id, &first.citizen_code), (second.id, &second.citizen_code));
}

fn records_each_consent_as_an_event(app: &TestApp) {
    let mut registration = app.registration();
    let version = registration["consents"][0]["text_version"].clone();
    registration["consents"] = json!([
        { "purpose": "profile", "text_version": version, "granted": true, "language": "en" },
        { "purpose": "named_sharing", "text_version": version, "granted": false },
        { "purpose": "statistics", "text_version": version, "granted": true },
    ]);
    let consents = &app.register(&registration).expect(201)["account"]["consents"];
    let decided = app.clock.now();
    let decision = |purpose: &str, granted: bool, language: &str| json!({ "purpose": purpose, "granted": granted, "text_version": version, "language": language, "decided_at": decided });
    let expected = [("profile", true, "en"), ("named_sharing", false, "vi"), ("statistics", true, "vi")];
    for (purpose, granted, language) in expected {
        let decision = decision(purpose, granted, language);
        assert!(consents.as_array().unwrap().contains(&decision), "{decision} is not in {consents}");
    }
    assert_eq!(app.database.number("SELECT count(*) AS number FROM consent_events"), 3);
    // The journal has ids, never names.
    let named = "SELECT count(*) AS number FROM journal WHERE detail LIKE '%Hòa%' OR object_id LIKE '%Hòa%'";
    assert_eq!(app.database.number(named), 0);
}

fn needs_the_profile_consent_and_names_every_fault(app: &TestApp) {
    let mut registration = app.registration();
    registration["birth_year"] = json!(2012);
    registration["area_code"] = json!("40");
    registration["consents"][0]["granted"] = json!(false);
    app.register(&registration).expect_faults(&[
        ("/birth_year", "under-age"),
        ("/area_code", "not-a-commune"),
        ("/consents", "consent-required"),
    ]);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM accounts"), 0);
}

fn makes_one_account_of_many_at_once(app: &TestApp) {
    let registration = app.registration();
    let mut statuses: Vec<_> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..6).map(|_| scope.spawn(|| app.register(&registration).status)).collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 201]);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM accounts"), 1);
}
