//! Text as phones of different makers type it is one text.

use serde_json::json;

use crate::app::TestApp;
use crate::citizens::{Citizen, PASSWORD};
use crate::quiz::Choice;

both!(
    a_name_in_pieces_is_kept_whole,
    a_password_in_pieces_is_the_same_password,
    an_attempt_in_pieces_is_the_same_attempt,
    a_search_in_pieces_finds_the_same,
    a_hundred_characters_are_a_hundred_whatever_they_are_made_of,
);

/// "Nguyễn Thị Huệ" with every mark apart (NFD).
const IN_PIECES: &str = "Nguye\u{302}\u{303}n Thi\u{323} Hue\u{323}\u{302}";
const WHOLE: &str = "Nguy\u{1ec5}n Th\u{1ecb} Hu\u{1ec7}";

fn a_name_in_pieces_is_kept_whole(app: &TestApp) {
    let mut registration = app.registration();
    registration["display_name"] = json!(format!("  {IN_PIECES}  "));
    registration["device"]["name"] = json!(IN_PIECES);
    let answer = app.register(&registration).expect(201);
    assert_eq!(answer["account"]["display_name"], WHOLE);
    let citizen = Citizen::new(app, &answer);
    assert_eq!(citizen.get("/v1/me").send().expect(200)["display_name"], WHOLE);
    for (table, column) in [("accounts", "display_name"), ("sessions", "device_name")] {
        let kept = format!("SELECT count(*) AS number FROM {table} WHERE {column} = '{WHOLE}'");
        assert_eq!(app.database.number(&kept), 1, "{column}");
    }
}

fn a_password_in_pieces_is_the_same_password(app: &TestApp) {
    let in_pieces = "con tra\u{302}u \u{111}i tru\u{31b}o\u{31b}\u{301}c";
    let citizen = app.citizen();
    app.log_in(&citizen.citizen_code, in_pieces).expect(200);
    let mut registration = app.registration();
    registration["password"] = json!(in_pieces);
    let other = app.citizen_like(&registration);
    app.log_in(&other.citizen_code, PASSWORD).expect(200);
    registration["password"] = json!(PASSWORD);
    app.register(&registration).expect(200);
}

fn an_attempt_in_pieces_is_the_same_attempt(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let mut body = app.submission(&form, form.answers_of_part(1, Choice::Score(2)));
    body["campaign"] = json!(IN_PIECES);
    let first = citizen.put_attempt(id, &body).expect(201);
    assert_eq!(first["attempt"]["campaign"], WHOLE);
    body["campaign"] = json!(WHOLE);
    assert_eq!(citizen.put_attempt(id, &body).expect(200), first);
    let escaped = body.to_string().replace(WHOLE, r"Nguy\u1ec5n Thi\u0323 Hu\u1ec7");
    let again = citizen.put(&format!("/v1/attempts/{id}")).body("application/json", escaped).send();
    assert_eq!(again.expect(200), first);
}

fn a_search_in_pieces_finds_the_same(app: &TestApp) {
    // "Trường Vinh", typed in four ways.
    let found = ["Tr%C6%B0%E1%BB%9Dng%20Vinh", "Tru%CC%9Bo%CC%9B%CC%80ng+Vinh", "truong+vinh", "TRUONG%20VI"]
        .map(|search| app.get(&format!("/v1/areas?q={search}")).send().expect(200)["items"].clone());
    assert!(found[0].as_array().unwrap().iter().any(|area| area["code"] == "16690"), "{}", found[0]);
    assert!(found[..3].iter().all(|areas| *areas == found[0]));
    assert!(found[3].as_array().unwrap().len() >= found[0].as_array().unwrap().len());
}

fn a_hundred_characters_are_a_hundred_whatever_they_are_made_of(app: &TestApp) {
    for (letter, count, status) in
        [("\u{1ec7}", 100, 201), ("e\u{323}\u{302}", 100, 201), ("e\u{323}\u{302}", 101, 422)]
    {
        let mut registration = app.registration();
        registration["display_name"] = json!(letter.repeat(count));
        assert_eq!(app.register(&registration).status, status, "{count} of {letter}");
    }
}
