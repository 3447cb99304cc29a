//! Every member of every body with every type that it does not have.

use super::case::Case;
use super::scene::{Operation, Scene};

both!(a_member_of_another_type_is_refused, what_a_wrong_value_says_does_not_matter);

fn a_member_of_another_type_is_refused(app: &crate::app::TestApp) {
    super::sweep(app, cases);
}

/// The words of an error are no place to look for its kind: they repeat the value.
fn what_a_wrong_value_says_does_not_matter(app: &crate::app::TestApp) {
    super::sweep(app, |scene| {
        let register = scene.operation("/v1/auth/register");
        let mut cases = Vec::new();
        for said in [
            "expected u",
            "expected i",
            "missing field `x`",
            "unknown field `x`",
            "bad-format",
            "too-deep",
            "`",
            "Unicode",
        ] {
            for pointer in ["", "/device", "/birth_year", "/consents", "/consents/0/granted"] {
                cases.push(register.with(pointer, &format!("\"{said}\"")).invalid(pointer, "wrong-type"));
            }
            let named = register.with("/device", &format!("{{\"{said}\":1}}"));
            cases.push(named.invalid(&format!("/device/{said}"), "unknown-member"));
        }
        cases
    });
}

/// What a member is.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// Least and greatest.
    Number(i64, i64),
    Truth,
    /// One of a few words; this is one of them.
    Word(&'static str),
    Instant,
    Id,
    List,
    /// The names of its members.
    Object(&'static [&'static str]),
}

use Kind::{Id, Instant, List, Number, Object, Text, Truth, Word};

/// A member, what it is, and whether it may be missing or null.
type Member = (&'static str, Kind, bool);

const DEVICE: [Member; 3] = [
    ("/device", Object(&["name", "mode"]), false),
    ("/device/name", Text, false),
    ("/device/mode", Word("own"), false),
];

#[rustfmt::skip]
const REGISTER: [Member; 16] = [
    ("", Object(&["id", "login", "password", "display_name", "birth_year", "birth_month", "birth_day", "area_code",
                  "hamlet_code", "language", "consents", "device"]), false),
    ("/id", Id, true), ("/login", Text, true), ("/password", Text, false), ("/display_name", Text, false),
    ("/birth_year", Number(1900, 2100), false), ("/birth_month", Number(1, 12), true), ("/birth_day", Number(1, 31), true),
    ("/area_code", Text, false), ("/hamlet_code", Text, true), ("/language", Word("vi"), true), ("/consents", List, false),
    ("/consents/0", Object(&["purpose", "text_version", "granted", "language"]), false),
    ("/consents/0/purpose", Word("profile"), false), ("/consents/0/text_version", Text, false),
    ("/consents/0/granted", Truth, false),
];

#[rustfmt::skip]
const SET_UP: [Member; 5] = [
    ("", Object(&["code", "login", "password", "display_name", "device"]), false),
    ("/code", Text, false), ("/login", Text, true), ("/password", Text, false), ("/display_name", Text, false),
];

#[rustfmt::skip]
const LOG_IN: [Member; 3] = [
    ("", Object(&["login", "password", "device"]), false), ("/login", Text, false), ("/password", Text, false),
];

#[rustfmt::skip]
const REFRESH: [Member; 3] = [
    ("", Object(&["grant_type", "refresh_token"]), false),
    ("/grant_type", Word("refresh_token"), false), ("/refresh_token", Text, false),
];

const REVOKE: [Member; 2] = [("", Object(&["refresh_token"]), false), ("/refresh_token", Text, false)];

#[rustfmt::skip]
const ATTEMPT: [Member; 18] = [
    ("", Object(&["form_id", "bank_version", "mode", "supervised", "language", "campaign", "plan", "revision", "state",
                  "answers", "client_started_at", "client_submitted_at", "client_sent_at"]), false),
    ("/form_id", Text, false), ("/bank_version", Text, false), ("/mode", Word("self"), false), ("/supervised", Truth, true),
    ("/language", Word("vi"), true), ("/campaign", Text, true), ("/plan", Text, true),
    ("/revision", Number(0, 2_147_483_647), true), ("/state", Word("draft"), false), ("/answers", List, false),
    ("/answers/0", Object(&["item", "choice", "seconds", "shown"]), false), ("/answers/0/item", Text, false),
    ("/answers/0/seconds", Number(0, 86_400), true), ("/answers/0/shown/1", Text, false),
    ("/client_started_at", Instant, false), ("/client_submitted_at", Instant, true), ("/client_sent_at", Instant, true),
];

/// Null means seen and left, but the member must be there.
const CHOICE: Member = ("/answers/0/choice", Text, true);

/// Null is as good as nothing.
const SHOWN: Member = ("/answers/0/shown", List, true);

pub fn cases(scene: &Scene<'_>) -> Vec<Case> {
    let of = |path: &str, members: &[Member]| cases_of(scene.operation(path), members);
    let mut cases = [
        of("/v1/auth/register", &REGISTER),
        of("/v1/auth/setup", &SET_UP),
        of("/v1/auth/login", &LOG_IN),
        of("/v1/auth/token", &REFRESH),
        of("/v1/auth/revoke", &REVOKE),
    ]
    .concat();
    for path in ["/v1/auth/register", "/v1/auth/setup", "/v1/auth/login"] {
        cases.extend(of(path, &DEVICE));
    }
    cases.extend(of("/v1/auth/register", &[("/consents/0/language", Word("vi"), true)]));
    for operation in [scene.submission(), scene.draft()] {
        cases.extend(cases_of(operation, &ATTEMPT));
        cases.extend(cases_of(operation, &[CHOICE, SHOWN]));
        cases.push(operation.without("/answers/0/choice").invalid("/answers/0/choice", "required"));
    }
    cases
}

fn cases_of(operation: &Operation, members: &[Member]) -> Vec<Case> {
    let mut cases = Vec::new();
    for &(pointer, kind, is_optional) in members {
        let wrong = wrong_values(operation, pointer, kind, is_optional);
        cases.extend(wrong.into_iter().map(|(json, code)| operation.with(pointer, &json).invalid(pointer, code)));
        if let Number(..) = kind {
            cases.extend(["1e400", "-1e400"].map(|json| operation.with(pointer, json).refused(400, "malformed-json")));
        }
        if let Object(_) = kind {
            let mut with_more = operation.body.pointer(pointer).unwrap().clone();
            with_more["more"] = serde_json::json!({ "name": "mode" });
            let more = format!("{pointer}/more");
            cases.push(operation.with(pointer, &with_more.to_string()).invalid(&more, "unknown-member"));
        }
        // "/answers/0" and the like are no members.
        let is_member = pointer.rsplit('/').next().is_some_and(|name| name.parse::<usize>().is_err());
        if !is_optional && is_member && !pointer.is_empty() {
            cases.push(operation.without(pointer).invalid(pointer, "required"));
        }
    }
    cases
}

/// Values that the member does not take, and why not.
fn wrong_values(operation: &Operation, pointer: &str, kind: Kind, is_optional: bool) -> Vec<(String, &'static str)> {
    let (text, number, truth, list, object) = ("\"chữ\"", "5", "true", "[]", "{}");
    let of_other_types = match kind {
        Text => vec![number, "-0.5", truth, list, object, "[\"a\"]", "{\"a\":\"b\"}"],
        Number(..) => vec![text, "\"5\"", truth, list, object, "1.5", "5e-1", "[5]"],
        Truth => vec![text, "\"true\"", "1", "0", list, object, "[true]"],
        Word(_) => vec![number, truth, list, object],
        Instant | Id => vec![number, "1795248000000", truth, list, object],
        List => vec![text, number, truth, object, "{\"0\":1}"],
        Object(_) => vec![text, number, truth, list],
    };
    let mut wrong: Vec<_> = of_other_types.into_iter().map(|json| (json.to_owned(), "wrong-type")).collect();
    if !is_optional {
        wrong.push(("null".to_owned(), "wrong-type"));
    }
    wrong.extend(match kind {
        Number(least, greatest) => out_of_range(least, greatest),
        // What Rust's serde takes for a word or an object, and JSON does not.
        Word(word) => {
            let strange = ["\"\"", "\"no such word\"", "\"e\u{301}\""].map(|json| (json.to_owned(), "not-allowed"));
            [vec![(format!("{{\"{word}\":null}}"), "wrong-type")], strange.to_vec()].concat()
        }
        Object(names) => vec![(as_list(operation, pointer, names), "wrong-type")],
        Instant => bad_format(&[
            "",
            "x",
            "2026-11-21",
            "2026-11-21T08:00:00",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-11-21T25:00:00Z",
            "0000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "2026-11-21T08:00:00+25:00",
            "1795248000",
        ]),
        Id => bad_format(&[
            "",
            "x",
            "00000000-0000-0000-0000-000000000000",
            "01a1fd1e8c0070008000000000000000",
            "{01a1fd1e-8c00-7000-8000-000000000000}",
            "urn:uuid:01a1fd1e-8c00-7000-8000-000000000000",
            "c232ab00-9414-11ec-b3c8-9f6bdeced846",
            "01a1fd1e-8c00-8000-8000-000000000000",
        ]),
        Text | Truth | List => Vec::new(),
    });
    wrong
}

fn out_of_range(least: i64, greatest: i64) -> Vec<(String, &'static str)> {
    let numbers = [least - 1, greatest + 1, i64::MIN, i64::MAX, 65_536 * 65_536 * 16, -40_000].map(|n| n.to_string());
    let huge = ["9999999999999999999", "18446744073709551615"].map(str::to_owned);
    numbers.into_iter().chain(huge).map(|json| (json, "out-of-range")).collect()
}

fn bad_format(texts: &[&str]) -> Vec<(String, &'static str)> {
    texts.iter().map(|text| (format!("{text:?}"), "bad-format")).collect()
}

/// The values of an object without their names.
fn as_list(operation: &Operation, pointer: &str, names: &[&str]) -> String {
    let object = operation.body.pointer(pointer).unwrap();
    let values: Vec<_> = names.iter().map(|name| object[*name].to_string()).collect();
    format!("[{}]", values.join(","))
}
