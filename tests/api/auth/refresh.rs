//! Refresh tokens: single use, forgiving of lost answers, unforgiving of two users.

use std::time::Duration;

use serde_json::json;

use crate::app::TestApp;
use crate::citizens::{Citizen, PASSWORD};

both!(
    rotates,
    answers_again_where_the_answer_was_lost,
    ends_the_session_where_two_hold_one_token,
    ends_the_session_where_a_replaced_token_comes_back,
    leaves_other_sessions_alone,
    ends_with_revocation,
    ends_when_a_shared_phone_lies_idle,
    an_access_token_lasts_ten_minutes,
    an_unknown_token_is_no_session,
);

const MINUTE: Duration = Duration::from_secs(60);

#[track_caller]
fn assert_ended(app: &TestApp, citizen: &Citizen<'_>) {
    app.refresh(&citizen.refresh_token).expect_problem(401, "session-ended");
    citizen.get("/v1/me").send().expect_problem(401, "session-ended");
}

fn rotates(app: &TestApp) {
    let first = app.citizen();
    let second = first.refreshed();
    let third = second.refreshed();
    assert_ne!(first.refresh_token, second.refresh_token);
    assert_ne!(second.refresh_token, third.refresh_token);
    third.get("/v1/me").send().expect(200);
}

fn answers_again_where_the_answer_was_lost(app: &TestApp) {
    let citizen = app.citizen();
    let lost = citizen.refreshed();
    let answered = citizen.refreshed();
    assert_ne!(lost.refresh_token, answered.refresh_token);
    answered.refreshed().get("/v1/me").send().expect(200);
}

fn ends_the_session_where_two_hold_one_token(app: &TestApp) {
    let citizen = app.citizen();
    let thief = citizen.refreshed();
    let busy_thief = thief.refreshed();
    app.refresh(&citizen.refresh_token).expect_problem(401, "session-ended");
    assert_ended(app, &busy_thief);
}

fn ends_the_session_where_a_replaced_token_comes_back(app: &TestApp) {
    let citizen = app.citizen();
    let lost = citizen.refreshed();
    let answered = citizen.refreshed();
    app.refresh(&lost.refresh_token).expect_problem(401, "session-ended");
    assert_ended(app, &answered);
}

fn leaves_other_sessions_alone(app: &TestApp) {
    let phone = app.citizen();
    let tablet = Citizen::new(app, &app.log_in(&phone.citizen_code, PASSWORD).expect(200));
    app.revoke(&phone.refresh_token).expect(204);
    assert_ended(app, &phone);
    tablet.refreshed().get("/v1/me").send().expect(200);
}

fn ends_with_revocation(app: &TestApp) {
    let citizen = app.citizen();
    citizen.get("/v1/me").send().expect(200);
    for _ in 0..2 {
        app.revoke(&citizen.refresh_token).expect(204);
    }
    assert_ended(app, &citizen);
    app.revoke("unknown").expect(204);
}

fn ends_when_a_shared_phone_lies_idle(app: &TestApp) {
    let mut registration = app.registration();
    registration["device"]["mode"] = json!("shared");
    let mut citizen = app.citizen_like(&registration);
    app.clock.advance(14 * MINUTE);
    citizen = citizen.refreshed();
    app.clock.advance(15 * MINUTE);
    app.refresh(&citizen.refresh_token).expect_problem(401, "session-ended");
    let own = app.citizen();
    app.clock.advance(59 * 24 * 60 * MINUTE);
    own.refreshed();
}

fn an_access_token_lasts_ten_minutes(app: &TestApp) {
    let citizen = app.citizen();
    app.clock.advance(Duration::from_secs(599));
    citizen.get("/v1/me").send().expect(200);
    app.clock.advance(Duration::from_secs(62));
    citizen.get("/v1/me").send().expect_problem(401, "unauthenticated");
    citizen.refreshed().get("/v1/me").send().expect(200);
}

fn an_unknown_token_is_no_session(app: &TestApp) {
    app.refresh("unknown").expect_problem(401, "session-ended");
    let citizen = app.citizen();
    app.refresh(&citizen.access_token[..500.min(citizen.access_token.len())]).expect_problem(401, "session-ended");
}
