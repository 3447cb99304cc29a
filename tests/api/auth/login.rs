//! Signing in by number or code.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::citizens::PASSWORD;

both!(
    takes_a_number_in_any_spelling,
    takes_the_citizen_code_in_any_spelling,
    says_the_same_to_unknown_wrong_and_disabled
);

fn takes_a_number_in_any_spelling(app: &TestApp) {
    let mut registration = app.registration();
    registration["login"] = json!("0912345678");
    let citizen = app.citizen_like(&registration);
    for login in ["0912345678", "0912 345 678", "+84912345678", "84 912.345.678", "0912-345-678"] {
        assert_eq!(app.log_in(login, PASSWORD).expect(200)["account"]["id"], json!(citizen.id), "{login}");
    }
}

fn takes_the_citizen_code_in_any_spelling(app: &TestApp) {
    let citizen = app.citizen();
    let code = &citizen.citizen_code;
    for login in [
        code.clone(),
        code.to_lowercase(),
        format!("{} {}", &code[..4], &code[4..]),
        format!("{}-{}", &code[..4], &code[4..]),
    ] {
        assert_eq!(app.log_in(&login, PASSWORD).expect(200)["account"]["id"], json!(citizen.id), "{login}");
    }
}

fn says_the_same_to_unknown_wrong_and_disabled(app: &TestApp) {
    let (known, disabled) = (app.citizen(), app.citizen());
    let disable = format!("UPDATE accounts SET state = 'disabled' WHERE citizen_code = '{}'", disabled.citizen_code);
    app.database.execute(&disable);
    let told: Vec<Value> = [
        app.log_in("0987654321", PASSWORD),
        app.log_in("nobody at all", PASSWORD),
        app.log_in(&known.citizen_code, "không phải mật khẩu"),
        app.log_in(&disabled.citizen_code, PASSWORD),
    ]
    .into_iter()
    .map(|answer| {
        let mut problem = answer.expect_problem(401, "invalid-credentials");
        problem.as_object_mut().unwrap().remove("request_id");
        problem
    })
    .collect();
    assert!(told.iter().all(|problem| *problem == told[0]), "{told:?}");
    assert_eq!(app.database.number("SELECT count(*) AS number FROM sessions"), 2, "registering opened the only ones");
}
