//! The first administrator.

use serde_json::{Value, json};

use crate::app::TestApp;

both!(the_printed_code_makes_one_administrator_once, a_wrong_code_makes_nobody);

fn body(code: &str) -> Value {
    let device = json!({ "name": "Máy của xã", "mode": "own" });
    json!({ "code": code, "password": "chín con mèo trên mái", "display_name": "Lê Thị Sáu", "device": device })
}

fn the_printed_code_makes_one_administrator_once(app: &TestApp) {
    let answer = app.post("/v1/auth/setup").json(&body(&app.setup_code)).send().expect(201);
    assert_eq!(answer["account"]["roles"][0]["role"], "system_admin");
    app.get("/v1/me").bearer(answer["access_token"].as_str().unwrap()).send().expect(200);
    app.post("/v1/auth/setup").json(&body(&app.setup_code)).send().expect_problem(401, "invalid-credentials");
    assert_eq!(app.database.number("SELECT count(*) AS number FROM grants"), 1);
}

fn a_wrong_code_makes_nobody(app: &TestApp) {
    app.post("/v1/auth/setup").json(&body("0123456789abcdef")).send().expect_problem(401, "invalid-credentials");
    assert_eq!(app.database.number("SELECT count(*) AS number FROM accounts"), 0);
    app.post("/v1/auth/setup").json(&body(&app.setup_code)).send().expect(201);
}
