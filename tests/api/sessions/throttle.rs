//! The growing delay, at every door where a password is tried.

use std::sync::Barrier;
use std::time::Duration;

use serde_json::json;

use crate::answer::Answer;
use crate::app::TestApp;
use crate::citizens::PASSWORD;

both!(with [("CONGDANSO_RATE_LIMITS", "on")];
    delays_grow_to_half_a_minute_and_no_further,
    an_hour_without_a_failure_clears_the_count,
    a_repeated_registration_is_a_door_like_any_other,
    an_honest_repeat_of_a_registration_is_never_slowed_down,
    many_guesses_at_once_gain_nothing,
    an_address_that_knocks_too_often_is_told_to_wait,
);

const WRONG: &str = "không phải mật khẩu";

/// Seconds to wait, where the answer asks for it.
fn delay(answer: &Answer) -> Option<u64> {
    (answer.status == 429).then(|| answer.header("retry-after").unwrap().parse().unwrap())
}

fn delays_grow_to_half_a_minute_and_no_further(app: &TestApp) {
    let citizen = app.citizen();
    let mut delays = Vec::new();
    for _ in 0..5 {
        app.log_in(&citizen.citizen_code, WRONG).expect_problem(401, "invalid-credentials");
    }
    for _ in 0..8 {
        let refused = app.log_in(&citizen.citizen_code, PASSWORD);
        let seconds = delay(&refused).expect("a delay");
        // Knocking meanwhile changes nothing.
        assert_eq!(delay(&app.log_in(&citizen.citizen_code, WRONG)), Some(seconds));
        app.clock.advance(Duration::from_secs(seconds - 1));
        assert_eq!(delay(&app.log_in(&citizen.citizen_code, WRONG)), Some(1));
        app.clock.advance(Duration::from_secs(1));
        app.log_in(&citizen.citizen_code, WRONG).expect_problem(401, "invalid-credentials");
        delays.push(seconds);
    }
    assert_eq!(delays, [1, 2, 4, 8, 16, 30, 30, 30]);
    app.clock.advance(Duration::from_secs(30));
    app.log_in(&citizen.citizen_code, PASSWORD).expect(200);
    // Success has cleared the count.
    app.log_in(&citizen.citizen_code, WRONG).expect_problem(401, "invalid-credentials");
    app.log_in(&citizen.citizen_code, PASSWORD).expect(200);
}

fn an_hour_without_a_failure_clears_the_count(app: &TestApp) {
    let citizen = app.citizen();
    for round in 0..3 {
        for _ in 0..5 {
            app.log_in(&citizen.citizen_code, WRONG).expect_problem(401, "invalid-credentials");
        }
        assert_eq!(delay(&app.log_in(&citizen.citizen_code, WRONG)), Some(1), "round {round}");
        app.clock.advance(Duration::from_secs(60 * 60));
    }
}

fn a_repeated_registration_is_a_door_like_any_other(app: &TestApp) {
    let registration = app.registration();
    let citizen = app.citizen_like(&registration);
    let mut guess = registration.clone();
    guess["password"] = json!(WRONG);
    for _ in 0..5 {
        app.register(&guess).expect_problem(409, "content-conflict");
    }
    for refused in [app.register(&guess), app.register(&registration), app.log_in(&citizen.citizen_code, PASSWORD)] {
        refused.expect_problem(429, "too-many-requests");
    }
    app.clock.advance(Duration::from_secs(1));
    app.log_in(&citizen.citizen_code, WRONG).expect_problem(401, "invalid-credentials");
    assert_eq!(delay(&app.register(&registration)), Some(2));
    app.clock.advance(Duration::from_secs(2));
    app.register(&registration).expect(200);
}

/// A phone on a bad network sends the same again until an answer comes through.
fn an_honest_repeat_of_a_registration_is_never_slowed_down(app: &TestApp) {
    let registration = app.registration();
    app.register(&registration).expect(201);
    let statuses: Vec<_> = (0..12).map(|_| app.register(&registration).status).collect();
    assert_eq!(statuses, [200; 12]);
}

fn many_guesses_at_once_gain_nothing(app: &TestApp) {
    const GUESSES: usize = 12;
    for _ in 0..6 {
        let (citizen, gate) = (app.citizen(), Barrier::new(GUESSES));
        let guess = || {
            gate.wait();
            app.log_in(&citizen.citizen_code, WRONG).status
        };
        let statuses = std::thread::scope(|scope| {
            let guesses: Vec<_> = (0..GUESSES).map(|_| scope.spawn(guess)).collect();
            guesses.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5, "{statuses:?}");
        assert!(statuses.iter().all(|status| [401, 429].contains(status)), "{statuses:?}");
    }
}

fn an_address_that_knocks_too_often_is_told_to_wait(app: &TestApp) {
    let statuses: Vec<_> = (0..260).map(|_| app.revoke("unknown")).collect();
    let refused = statuses.iter().find(|answer| answer.status == 429).expect("a limit");
    refused.expect_problem(429, "too-many-requests");
    assert!(statuses[..200].iter().all(|answer| answer.status == 204));
    assert!(delay(refused).is_some_and(|seconds| seconds >= 1));
    // Everything else goes on.
    app.get("/v1/capabilities").send().expect(200);
}
