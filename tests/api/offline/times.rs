//! When an attempt was taken: by our clock, whatever the phone's clock says.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::quiz::Choice;

both!(an_attempt_is_taken_when_it_was_finished_by_our_clock, a_draft_is_taken_at_no_time);

/// Submitted and sent by the phone's clock; taken by ours and whether the clock is flagged. Every test begins at 08:00:00.
const CASES: [(&str, Option<&str>, &str, bool); 12] = [
    // Sent at once.
    ("2026-11-21T08:00:00Z", Some("2026-11-21T08:00:00Z"), "2026-11-21T08:00:00.000Z", false),
    // Three hours without a network.
    ("2026-11-21T05:00:00Z", Some("2026-11-21T08:00:00Z"), "2026-11-21T05:00:00.000Z", false),
    ("2026-11-21T12:00:00+07:00", Some("2026-11-21T08:00:00Z"), "2026-11-21T05:00:00.000Z", false),
    // Finer than a millisecond is cut off.
    ("2026-11-21T07:59:59.999999999Z", Some("2026-11-21T08:00:00Z"), "2026-11-21T07:59:59.999Z", false),
    // Five minutes are forgiven, not more.
    ("2026-11-21T07:54:00Z", Some("2026-11-21T07:55:00Z"), "2026-11-21T07:59:00.000Z", false),
    ("2026-11-21T08:04:00Z", Some("2026-11-21T08:05:00.001Z"), "2026-11-21T07:58:59.999Z", true),
    // Clocks that are wrong by years still know how long they waited.
    ("1970-01-01T00:00:00Z", Some("1970-01-01T00:10:00Z"), "2026-11-21T07:50:00.000Z", true),
    ("2099-12-31T23:00:00Z", Some("2099-12-31T23:59:59Z"), "2026-11-21T07:00:01.000Z", true),
    // The clock was set back in between: never later than received.
    ("2099-01-01T00:00:00Z", Some("2026-11-21T08:00:00Z"), "2026-11-21T08:00:00.000Z", false),
    // The clock was set right in between: ages.
    ("1970-01-01T00:00:00Z", Some("2099-01-01T00:00:00Z"), "1970-01-01T00:00:00.000Z", true),
    ("0001-01-01T00:00:00Z", Some("9999-12-31T23:59:59.999Z"), "1970-01-01T00:00:00.000Z", true),
    // Nothing is known of the sending.
    ("1970-01-01T00:00:00Z", None, "2026-11-21T08:00:00.000Z", false),
];

fn an_attempt_is_taken_when_it_was_finished_by_our_clock(app: &TestApp) {
    let (citizen, form) = (app.citizen(), app.form("full-a"));
    for (submitted, sent, taken, is_flagged) in CASES {
        let (id, case) = (app.new_id(), format!("{submitted} {sent:?}"));
        let mut body = app.submission(&form, form.answers_of_part(1, Choice::Score(2)));
        body["client_submitted_at"] = json!(submitted);
        body["client_sent_at"] = json!(sent);
        let answer = citizen.put_attempt(id, &body).expect(201);
        let flags = if is_flagged { json!(["clock_skew"]) } else { json!([]) };
        assert_eq!((&answer["attempt"]["taken_at"], &answer["attempt"]["flags"]), (&json!(taken), &flags), "{case}");
        assert_eq!(answer["profile"]["taken_at"], taken, "{case}");
        let notices = answer["profile"]["notices"].as_array().unwrap();
        assert_eq!(notices.iter().any(|notice| notice["code"] == "clock_skew"), is_flagged, "{case}");
        assert_eq!(citizen.get(&format!("/v1/attempts/{id}")).send().expect(200), answer["attempt"], "{case}");
    }
    let listed = citizen.get("/v1/attempts").send().expect(200);
    let taken: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| item["taken_at"].as_str()).collect();
    assert!(taken.len() == CASES.len() && taken.is_sorted_by(|newer, older| newer >= older), "{taken:?}");
}

fn a_draft_is_taken_at_no_time(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let mut draft = app.draft(&form, 1, Vec::new());
    draft["client_started_at"] = json!("1970-01-01T00:00:00Z");
    draft["client_sent_at"] = json!("2099-01-01T00:00:00Z");
    let answer = citizen.put_attempt(id, &draft).expect(201);
    assert_eq!(answer["attempt"]["taken_at"], Value::Null);
    assert_eq!(answer["attempt"]["client_started_at"], "1970-01-01T00:00:00.000Z");
    assert_eq!(answer["attempt"]["received_at"], json!(app.clock.now()));
}
