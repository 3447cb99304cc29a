//! The growing delay after failures, which locks nobody out.

use std::time::Duration;

use crate::app::TestApp;
use crate::citizens::PASSWORD;

both!(with [("CONGDANSO_RATE_LIMITS", "on")];
    slows_a_guesser_down_and_lets_the_owner_in_after_a_wait,
    slows_guesses_at_a_name_that_nobody_has_alike,
    is_taken_back_by_success,
);

fn fail(app: &TestApp, login: &str, times: usize) {
    for _ in 0..times {
        app.log_in(login, "không phải mật khẩu").expect_problem(401, "invalid-credentials");
    }
}

fn slows_a_guesser_down_and_lets_the_owner_in_after_a_wait(app: &TestApp) {
    let (victim, other) = (app.citizen(), app.citizen());
    fail(app, &victim.citizen_code, 5);
    let refused = app.log_in(&victim.citizen_code, PASSWORD);
    refused.expect_problem(429, "too-many-requests");
    assert_eq!(refused.header("retry-after"), Some("1"));
    app.log_in(&other.citizen_code, PASSWORD).expect(200);
    app.clock.advance(Duration::from_secs(1));
    app.log_in(&victim.citizen_code, PASSWORD).expect(200);
}

fn slows_guesses_at_a_name_that_nobody_has_alike(app: &TestApp) {
    fail(app, "0987654321", 5);
    app.log_in("0987654321", PASSWORD).expect_problem(429, "too-many-requests");
    app.log_in("+84 987 654 321", PASSWORD).expect_problem(429, "too-many-requests");
}

fn is_taken_back_by_success(app: &TestApp) {
    let citizen = app.citizen();
    for _ in 0..3 {
        fail(app, &citizen.citizen_code, 4);
        app.log_in(&citizen.citizen_code, PASSWORD).expect(200);
    }
}
