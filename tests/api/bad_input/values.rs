//! Values of the right type that are wrong all the same.

use super::case::Case;
use super::scene::Scene;

both!(a_value_that_cannot_be_is_refused);

fn a_value_that_cannot_be_is_refused(app: &crate::app::TestApp) {
    super::sweep(app, cases);
}

pub fn cases(scene: &Scene<'_>) -> Vec<Case> {
    [empty(scene), too_long(scene), names_and_numbers(scene), birthdays(scene), places(scene), passwords(scene)]
        .into_iter()
        .chain([consents(scene), several_at_once(scene)])
        .flatten()
        .collect()
}

const DOORS: [&str; 3] = ["/v1/auth/register", "/v1/auth/setup", "/v1/auth/login"];

fn empty(scene: &Scene<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, pointer, code) in [
        ("/v1/auth/register", "/login", "bad-format"),
        ("/v1/auth/register", "/display_name", "too-short"),
        ("/v1/auth/register", "/area_code", "too-short"),
        ("/v1/auth/register", "/hamlet_code", "too-short"),
        ("/v1/auth/register", "/consents/0/text_version", "too-short"),
        ("/v1/auth/setup", "/login", "bad-format"),
        ("/v1/auth/setup", "/display_name", "too-short"),
        ("/v1/auth/login", "/login", "too-short"),
        ("/v1/auth/token", "/refresh_token", "too-short"),
        ("/v1/auth/revoke", "/refresh_token", "too-short"),
    ] {
        cases.push(scene.operation(path).with(pointer, "\"\"").invalid(pointer, code));
    }
    for path in DOORS {
        for pointer in ["/password", "/device/name"] {
            cases.push(scene.operation(path).with(pointer, "\"\"").invalid(pointer, "too-short"));
        }
    }
    for operation in [scene.submission(), scene.draft()] {
        for pointer in ["/form_id", "/bank_version"] {
            cases.push(operation.with(pointer, "\"\"").invalid(pointer, "too-short"));
        }
    }
    cases
}

fn too_long(scene: &Scene<'_>) -> Vec<Case> {
    let long = |length: usize| format!("\"{}\"", "ệ".repeat(length));
    let mut cases = Vec::new();
    for (path, pointer, longest) in [
        ("/v1/auth/register", "/display_name", 100),
        ("/v1/auth/register", "/area_code", 36),
        ("/v1/auth/register", "/hamlet_code", 36),
        ("/v1/auth/register", "/consents/0/text_version", 64),
        ("/v1/auth/setup", "/display_name", 100),
        ("/v1/auth/login", "/login", 40),
        ("/v1/auth/token", "/refresh_token", 512),
        ("/v1/auth/revoke", "/refresh_token", 512),
    ] {
        for length in [longest + 1, 50_000] {
            cases.push(scene.operation(path).with(pointer, &long(length)).invalid(pointer, "too-long"));
        }
    }
    for path in DOORS {
        for (pointer, longest) in [("/password", 128), ("/device/name", 100)] {
            cases.push(scene.operation(path).with(pointer, &long(longest + 1)).invalid(pointer, "too-long"));
        }
    }
    for operation in [scene.submission(), scene.draft()] {
        for (pointer, longest) in [("/form_id", 64), ("/bank_version", 64), ("/campaign", 64), ("/plan", 4096)] {
            cases.push(operation.with(pointer, &long(longest + 1)).invalid(pointer, "too-long"));
        }
        let answer = operation.body["answers"][0].to_string();
        let answers = format!("[{}]", vec![answer; 401].join(","));
        cases.push(operation.with("/answers", &answers).invalid("/answers", "too-long"));
    }
    cases
}

fn names_and_numbers(scene: &Scene<'_>) -> Vec<Case> {
    let names = [" ", ".", "'", "Hòa1", "<b>Hòa</b>", "=1+1", "Hòa\u{202e}", "😀", "Hòa\t_", "a@b", "Hòa\u{7f}"];
    let numbers = [
        "0212345678",
        "091234567",
        "09123456789",
        "+85912345678",
        "K7M2P4XA",
        "0912x45678",
        "𝟎912345678",
        "-",
        "hoa@example",
    ];
    let mut cases = Vec::new();
    for operation in [scene.operation("/v1/auth/register"), scene.operation("/v1/auth/setup")] {
        for (pointer, texts) in [("/display_name", &names[..]), ("/login", &numbers[..])] {
            let json = texts.iter().map(|text| serde_json::to_string(text).unwrap());
            cases.extend(json.map(|json| operation.with(pointer, &json).invalid(pointer, "bad-format")));
        }
    }
    // Who signs in may type anything.
    let strange = ["' OR 1=1 --", "%", "_", "\\\\", "😀", "admin", "0912x45678", " "];
    let log_in = scene.operation("/v1/auth/login");
    cases.extend(strange.map(|text| log_in.with("/login", &format!("\"{text}\"")).refused(401, "invalid-credentials")));
    cases
}

fn birthdays(scene: &Scene<'_>) -> Vec<Case> {
    let register = scene.operation("/v1/auth/register");
    let dates = [
        ("1961", "2", "29", "/birth_day", "out-of-range"),
        ("1964", "2", "30", "/birth_day", "out-of-range"),
        ("1900", "2", "29", "/birth_day", "out-of-range"),
        ("1961", "4", "31", "/birth_day", "out-of-range"),
        ("1961", "null", "3", "/birth_month", "out-of-range"),
        ("2010", "null", "null", "/birth_year", "under-age"),
        ("2010", "11", "null", "/birth_year", "under-age"),
        ("2010", "11", "22", "/birth_year", "under-age"),
        ("2026", "11", "21", "/birth_year", "under-age"),
        ("2100", "12", "31", "/birth_year", "under-age"),
    ];
    dates
        .map(|(year, month, day, pointer, code)| {
            let mut body = register.body.clone();
            for (member, text) in [("birth_year", year), ("birth_month", month), ("birth_day", day)] {
                body[member] = serde_json::from_str(text).unwrap();
            }
            register.case().json(body.to_string()).invalid(pointer, code)
        })
        .into()
}

fn places(scene: &Scene<'_>) -> Vec<Case> {
    let register = scene.operation("/v1/auth/register");
    let unknown =
        ["99999", "%", "_____", "1669_", "16690'", "' OR ''='", "\\\\", " 16690", "16690 ", "１６６９０", "ấp 1"];
    let mut cases: Vec<_> = unknown
        .map(|code| register.with("/area_code", &format!("\"{code}\"")).invalid("/area_code", "unknown-area"))
        .into();
    cases.push(register.with("/area_code", "\"40\"").invalid("/area_code", "not-a-commune"));
    for code in ["16690", "40", "x", "%"] {
        let hamlet = register.with("/hamlet_code", &format!("\"{code}\""));
        cases.push(hamlet.invalid("/hamlet_code", "unknown-area"));
    }
    cases
}

fn passwords(scene: &Scene<'_>) -> Vec<Case> {
    let register = scene.operation("/v1/auth/register");
    let mut cases = Vec::new();
    for weak in ["12345678", "matkhau1", "aaaaaaaa", "0912345678", "+84912345678", "Nguyễn Thị Hòa", "nguyenthihoa"]
    {
        cases.push(register.with("/password", &format!("\"{weak}\"")).invalid("/password", "weak-password"));
    }
    cases.push(register.with("/password", "\"bảychữx\"").invalid("/password", "too-short"));
    let set_up = scene.operation("/v1/auth/setup");
    cases.push(set_up.with("/password", "\"mười một kt\"").invalid("/password", "too-short"));
    cases.push(set_up.with("/password", "\"abcdefghijklm\"").invalid("/password", "weak-password"));
    cases.push(set_up.with("/code", "\"\"").refused(401, "invalid-credentials"));
    cases
}

fn consents(scene: &Scene<'_>) -> Vec<Case> {
    let register = scene.operation("/v1/auth/register");
    let mut consent = register.body["consents"][0].clone();
    let seven = serde_json::Value::from(vec![consent.clone(); 7]).to_string();
    let version = consent["text_version"].clone();
    let of = |purpose: &str, granted: bool| {
        serde_json::json!([{ "purpose": purpose, "text_version": version, "granted": granted }]).to_string()
    };
    let of_one_attempt = format!("{},{}", of("profile", true).trim_end_matches(']'), &of("helper_result", true)[1..]);
    consent["text_version"] = "2020-01-01".into();
    vec![
        register.with("/consents", "[]").invalid("/consents", "consent-required"),
        register.with("/consents", &of("profile", false)).invalid("/consents", "consent-required"),
        register.with("/consents", &of("statistics", true)).invalid("/consents", "consent-required"),
        register.with("/consents", &of_one_attempt).invalid("/consents/1/purpose", "not-allowed"),
        register.with("/consents", &seven).invalid("/consents", "too-long"),
        register.with("/consents/0", &consent.to_string()).invalid("/consents/0/text_version", "unknown-consent-text"),
        register.with("/consents", "[5]").invalid("/consents/0", "wrong-type"),
    ]
}

fn several_at_once(scene: &Scene<'_>) -> Vec<Case> {
    let register = scene.operation("/v1/auth/register");
    let mut body = register.body.clone();
    for (member, value) in [("birth_year", 2012.into()), ("area_code", "40".into()), ("password", "12345678".into())] {
        body[member] = value;
    }
    let faults = [("/birth_year", "under-age"), ("/password", "weak-password"), ("/area_code", "not-a-commune")];
    let mut lengths = register.body.clone();
    for (member, value) in [("display_name", "".into()), ("birth_year", 1899.into()), ("birth_month", 13.into())] {
        lengths[member] = value;
    }
    lengths["device"]["name"] = "".into();
    vec![
        register.case().json(body.to_string()).invalid_at(&faults),
        register.case().json(lengths.to_string()).invalid_at(&[
            ("/birth_month", "out-of-range"),
            ("/birth_year", "out-of-range"),
            ("/device/name", "too-short"),
            ("/display_name", "too-short"),
        ]),
    ]
}
