//! Sessions end after idling and at the latest after a fixed time; disabling an account ends them within two seconds.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::citizens::{Citizen, PASSWORD};

both!(
    an_own_phone_may_idle_for_sixty_days,
    an_own_phone_stays_signed_in_for_a_year_at_most,
    a_shared_phone_may_idle_for_fifteen_minutes,
    a_shared_phone_stays_signed_in_for_twelve_hours_at_most,
    what_has_expired_stays_expired,
    using_an_access_token_does_not_keep_a_session_alive,
    a_disabled_account_is_out_within_two_seconds,
);

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn on_a_phone<'a>(app: &'a TestApp, mode: &str) -> Citizen<'a> {
    let mut registration = app.registration();
    registration["device"]["mode"] = json!(mode);
    app.citizen_like(&registration)
}

#[track_caller]
fn assert_idles(app: &TestApp, mode: &str, idle: Duration) {
    let citizen = on_a_phone(app, mode);
    app.clock.advance(idle - SECOND);
    let citizen = citizen.refreshed();
    app.clock.advance(idle - SECOND);
    let citizen = citizen.refreshed();
    app.clock.advance(idle);
    app.refresh(&citizen.refresh_token).expect_problem(401, "session-ended");
}

fn an_own_phone_may_idle_for_sixty_days(app: &TestApp) {
    assert_idles(app, "own", 60 * DAY);
}

fn a_shared_phone_may_idle_for_fifteen_minutes(app: &TestApp) {
    assert_idles(app, "shared", 15 * MINUTE);
}

/// However diligently it refreshes; and each answer says until when.
#[track_caller]
fn assert_ends(app: &TestApp, mode: &str, step: Duration, idle: Duration, absolute: Duration) {
    let citizen = on_a_phone(app, mode);
    let (mut token, mut passed) = (citizen.refresh_token.clone(), Duration::ZERO);
    let begun = app.clock.now();
    let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap();
    while passed + step < absolute {
        app.clock.advance(step);
        passed += step;
        let answer = app.refresh(&token).expect(200);
        let end = begun.plus_seconds(seconds((passed + idle).min(absolute)));
        assert_eq!(answer["refresh_expires_at"], json!(end), "after {passed:?}");
        token = answer["refresh_token"].as_str().unwrap().to_owned();
    }
    app.clock.advance(absolute - passed - SECOND);
    let last = Citizen::new(app, &app.refresh(&token).expect(200));
    app.clock.advance(SECOND);
    app.refresh(&last.refresh_token).expect_problem(401, "session-ended");
}

fn an_own_phone_stays_signed_in_for_a_year_at_most(app: &TestApp) {
    assert_ends(app, "own", 50 * DAY, 60 * DAY, 365 * DAY);
}

fn a_shared_phone_stays_signed_in_for_twelve_hours_at_most(app: &TestApp) {
    assert_ends(app, "shared", 14 * MINUTE, 15 * MINUTE, 12 * HOUR);
}

fn what_has_expired_stays_expired(app: &TestApp) {
    for (mode, idle) in [("own", 60 * DAY), ("shared", 15 * MINUTE)] {
        let citizen = on_a_phone(app, mode);
        app.clock.advance(idle);
        for _ in 0..3 {
            app.refresh(&citizen.refresh_token).expect_problem(401, "session-ended");
            app.clock.advance(SECOND);
        }
        app.revoke(&citizen.refresh_token).expect(204);
        // Signing in opens another.
        app.log_in(&citizen.citizen_code, PASSWORD).expect(200);
        app.refresh(&citizen.refresh_token).expect_problem(401, "session-ended");
    }
}

fn using_an_access_token_does_not_keep_a_session_alive(app: &TestApp) {
    let citizen = on_a_phone(app, "shared");
    app.clock.advance(9 * MINUTE);
    citizen.get("/v1/me").send().expect(200);
    app.clock.advance(6 * MINUTE);
    app.refresh(&citizen.refresh_token).expect_problem(401, "session-ended");
}

fn a_disabled_account_is_out_within_two_seconds(app: &TestApp) {
    let (citizen, bystander) = (app.citizen(), app.citizen());
    citizen.get("/v1/me").send().expect(200);
    let set = |state: &str| {
        let code = &citizen.citizen_code;
        app.database.execute(&format!("UPDATE accounts SET state = '{state}' WHERE citizen_code = '{code}'"));
        Instant::now()
    };
    let disabled = set("disabled");
    while citizen.get("/v1/me").send().status != 401 {
        assert!(disabled.elapsed() < Duration::from_millis(2500), "still in after {:?}", disabled.elapsed());
        thread::sleep(Duration::from_millis(50));
    }
    citizen.get("/v1/me").send().expect_problem(401, "session-ended");
    citizen.get("/v1/attempts").send().expect_problem(401, "session-ended");
    let told = |answer: Value| (answer["title"].clone(), answer["detail"].clone(), answer["errors"].clone());
    let disabled = told(app.log_in(&citizen.citizen_code, PASSWORD).expect_problem(401, "invalid-credentials"));
    let wrong = told(app.log_in(&bystander.citizen_code, "sai mật khẩu").expect_problem(401, "invalid-credentials"));
    assert_eq!(disabled, wrong);
    app.refresh(&citizen.refresh_token).expect_problem(401, "session-ended");
    bystander.get("/v1/me").send().expect(200);
    set("active");
    app.log_in(&citizen.citizen_code, PASSWORD).expect(200);
}
