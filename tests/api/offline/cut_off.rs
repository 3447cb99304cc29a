//! Requests that break off at every interesting byte: a repeat has one effect.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::{Duration, Instant};

use crate::app::TestApp;
use crate::quiz::Choice;
use crate::requests::exchange;

both!(a_request_cut_off_at_any_byte_has_one_effect_when_repeated, pipelined_repeats_have_one_effect);

/// How a phone goes away.
#[derive(Debug, Clone, Copy)]
enum Leaving {
    /// Both ways at once, with what was sent last perhaps lost.
    Hanging,
    /// Says that it sends no more and listens on.
    Listening,
}

fn a_request_cut_off_at_any_byte_has_one_effect_when_repeated(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    let body = app.submission(&form, form.answers(Choice::Score(2)));
    let mut sent = 0;
    for leaving in [Leaving::Hanging, Leaving::Listening] {
        let request = |id| citizen.put(&format!("/v1/attempts/{id}")).json(&body);
        let whole = request(app.new_id()).bytes();
        let head = whole.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
        let line = whole.windows(2).position(|window| window == b"\r\n").unwrap();
        let cuts = [0, 1, 3, line / 2, line, line + 2, head / 2, head - 2, head - 1, head, head + 1];
        let cuts = cuts.into_iter().chain([(head + whole.len()) / 2, whole.len() - 2, whole.len() - 1, whole.len()]);
        for cut in cuts {
            let (id, case) = (app.new_id(), format!("{leaving:?} after {cut} of {}", whole.len()));
            let bytes = request(id).bytes();
            leave(app, &bytes[..cut], leaving);
            let path = format!("/v1/attempts/{id}");
            if cut < bytes.len() {
                citizen.get(&path).send().expect_problem(404, "not-found");
            }
            let answer = citizen.put_attempt(id, &body);
            let expected = if cut < bytes.len() { vec![201] } else { vec![200, 201] };
            assert!(expected.contains(&answer.status), "{case}: {} {}", answer.status, answer.text());
            assert_eq!(citizen.get(&path).send().expect(200), answer.json()["attempt"], "{case}");
            sent += 1;
        }
    }
    for table in ["attempts", "profiles", "journal WHERE action = 'attempt.submitted'"] {
        assert_eq!(app.database.number(&format!("SELECT count(*) AS number FROM {table}")), sent, "{table}");
    }
    assert_eq!(app.database.number("SELECT count(*) AS number FROM current_profiles"), 1);
}

fn leave(app: &TestApp, bytes: &[u8], leaving: Leaving) {
    let mut stream = app.connect();
    stream.write_all(bytes).unwrap();
    match leaving {
        Leaving::Hanging => stream.shutdown(Shutdown::Both).unwrap(),
        Leaving::Listening => {
            stream.shutdown(Shutdown::Write).unwrap();
            stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            // Whatever comes, if anything does: it is not the test's matter.
            let _ = stream.read(&mut [0; 64]);
        }
    }
}

/// The same request several times down one connection before any answer is read.
fn pipelined_repeats_have_one_effect(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let body = app.submission(&form, form.answers(Choice::Score(1)));
    let once = citizen.put(&format!("/v1/attempts/{id}")).json(&body).bytes();
    let first = exchange(app.connect(), &once.repeat(5)).expect("an answer");
    first.expect(201);
    let until = Instant::now() + Duration::from_secs(10);
    let journalled = "SELECT count(*) AS number FROM journal WHERE action = 'attempt.submitted'";
    while app.database.number(journalled) == 0 && Instant::now() < until {
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(citizen.put_attempt(id, &body).expect(200), first.json());
    assert_eq!(app.database.number(journalled), 1);
}
