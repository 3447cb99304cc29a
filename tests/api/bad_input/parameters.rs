//! What is wrong with an address: its path, its query, its length, its method.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::case::Case;
use super::scene::Scene;
use crate::app::TestApp;
use crate::quiz::Choice;
use crate::requests::exchange;

both!(
    a_wrong_address_is_refused,
    an_address_that_no_framework_reads_is_no_fault_of_ours,
    a_cursor_of_somebody_else_shows_nothing_of_theirs,
);

fn a_wrong_address_is_refused(app: &TestApp) {
    super::sweep(app, cases);
}

pub fn cases(scene: &Scene<'_>) -> Vec<Case> {
    let token = &scene.citizen.access_token;
    let mut cases =
        [limits(), repeated(), cursors(), filters(), paths(), ids(), lengths(), methods(), headers()].concat();
    for operation in [scene.submission(), scene.draft()] {
        let body = operation.body.to_string();
        for id in [
            "x",
            "01a1fd1e8c0070008000000000000000",
            "c232ab00-9414-11ec-b3c8-9f6bdeced846",
            "%7B%7D",
            "%25",
            "'",
            "00000000-0000-0000-0000-000000000000",
            "%7B01a1fd1e-8c00-7000-8000-000000000000%7D",
        ] {
            cases
                .push(Case::new("PUT", &format!("/v1/attempts/{id}")).json(body.clone()).invalid("{id}", "bad-format"));
        }
    }
    cases.into_iter().map(|case| case.bearer(token)).collect()
}

const LISTS: [&str; 3] = ["/v1/areas", "/v1/attempts", "/v1/me/profiles"];

fn limits() -> Vec<Case> {
    let mut cases = Vec::new();
    for list in LISTS {
        for limit in ["x", "", "1.5", "1e1", "%20", "5%20", "0x5", "%D9%A5", "null", "-"] {
            cases.push(Case::get(format!("{list}?limit={limit}")).invalid("?limit", "wrong-type"));
        }
        for limit in ["0", "101", "00", "-1", "4294967297", "18446744073709551615", "99999999999999999999"] {
            cases.push(Case::get(format!("{list}?limit={limit}")).invalid("?limit", "out-of-range"));
        }
        for limit in ["1", "100", "%31%30", "007"] {
            cases.push(Case::get(format!("{list}?limit={limit}")).taken(200));
        }
        // A parameter that nobody knows is passed over.
        cases.push(Case::get(format!("{list}?Limit=0&page=9&=&&")).taken(200));
    }
    cases
}

fn repeated() -> Vec<Case> {
    let mut cases = Vec::new();
    for list in LISTS {
        for query in ["limit=5&limit=5", "limit=5&limit=6", "limit=5&a=1&%6cimit=5", "cursor=x&cursor=", "limit&limit"]
        {
            cases.push(Case::get(format!("{list}?{query}")).refused(400, "repeated-parameter"));
        }
    }
    for target in [
        "/v1/areas?q=a&q=b",
        "/v1/areas?level=commune&level=commune",
        "/v1/areas?parent=40&parent=40",
        "/v1/forms/full-a?lang=vi&lang=en",
        "/v1/forms/full-a?hash=a&hash=a",
        "/v1/resources?band=learning&band=capable",
    ] {
        cases.push(Case::get(target).refused(400, "repeated-parameter"));
    }
    cases
}

fn place(milliseconds: i64) -> String {
    URL_SAFE_NO_PAD.encode([&milliseconds.to_be_bytes()[..], &[7; 16]].concat())
}

fn cursors() -> Vec<Case> {
    const YEAR_1: i64 = -62_135_596_800_000;
    const YEAR_10000: i64 = 253_402_300_800_000;
    let standard = STANDARD.encode([0xfb; 24]);
    let long = "a".repeat(600);
    let mut cases = Vec::new();
    for list in ["/v1/attempts", "/v1/me/profiles"] {
        let extreme = [i64::MIN, i64::MIN + 1, YEAR_1 - 1, YEAR_10000, i64::MAX].map(place);
        let other = [
            "",
            "x",
            "16690",
            "%00x",
            "%25",
            "%F0%9F%98%80",
            &long,
            &standard,
            "null",
            &URL_SAFE_NO_PAD.encode([0; 23]),
            &URL_SAFE_NO_PAD.encode([0; 25]),
            &format!("{}=", place(0)),
        ]
        .map(str::to_owned);
        for cursor in extreme.into_iter().chain(other) {
            let code = if cursor.contains("%00") { "null-character" } else { "bad-format" };
            cases.push(Case::get(format!("{list}?cursor={cursor}")).invalid("?cursor", code));
        }
        for milliseconds in [YEAR_1, -1, 0, 1_795_248_000_000, YEAR_10000 - 1] {
            cases.push(Case::get(format!("{list}?cursor={}", place(milliseconds))).taken(200));
        }
    }
    for cursor in ["", "x", "99999", "%25", "'", &place(0)] {
        cases.push(Case::get(format!("/v1/areas?cursor={cursor}")).invalid("?cursor", "bad-format"));
    }
    cases.push(Case::get(format!("/v1/areas?cursor={long}")).invalid("?cursor", "too-long"));
    cases.push(Case::get("/v1/areas?cursor=%00").invalid("?cursor", "null-character"));
    cases
}

fn filters() -> Vec<Case> {
    let mut cases = Vec::new();
    for search in [
        "%25",
        "_",
        "%25%25%25",
        "%5C",
        "%5C%25",
        "'",
        "%22",
        "%3B--",
        "%27%20OR%201%3D1",
        "%F0%9F%98%80",
        "%FF",
        "%C3%28",
        "%",
        "%zz",
        "+",
        "*",
        "%E1%BB%87",
        "e%CC%A3%CC%82",
        "a%0Ab",
        "%E2%80%AE",
        "a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a+a",
    ] {
        cases.push(Case::get(format!("/v1/areas?q={search}&limit=3")).taken(200));
    }
    for parent in ["", "99", "%25", "_0", "'", "16690", "40"] {
        cases.push(Case::get(format!("/v1/areas?parent={parent}&limit=2")).taken(200));
    }
    for level in ["", "x", "Commune", "communes", "0", "%25"] {
        cases.push(Case::get(format!("/v1/areas?level={level}")).invalid("?level", "not-allowed"));
    }
    let long = |length: usize| "%E1%BB%87".repeat(length);
    cases.push(Case::get(format!("/v1/areas?q={}", long(100))).taken(200));
    cases.push(Case::get(format!("/v1/areas?q={}", long(101))).invalid("?q", "too-long"));
    cases.push(Case::get(format!("/v1/areas?parent={}", long(37))).invalid("?parent", "too-long"));
    for name in ["q", "parent", "level", "limit"] {
        cases.push(Case::get(format!("/v1/areas?{name}=a%00b")).invalid(&format!("?{name}"), "null-character"));
    }
    for lang in ["", "fr", "VI", "vi-VN", "vi%20"] {
        cases.push(Case::get(format!("/v1/forms/full-a?lang={lang}")).invalid("?lang", "not-allowed"));
    }
    cases.push(Case::get(format!("/v1/forms/full-a?hash={}", "0".repeat(65))).invalid("?hash", "too-long"));
    cases.push(Case::get(format!("/v1/forms/full-a?hash={}", "0".repeat(64))).refused(404, "not-found"));
    cases.push(Case::get("/v1/forms/full-a?hash=").refused(404, "not-found"));
    for (name, value) in [("competency", "x"), ("competency", ""), ("band", "x"), ("band", ""), ("band", "Learning")] {
        cases.push(Case::get(format!("/v1/resources?{name}={value}")).invalid(&format!("?{name}"), "not-allowed"));
    }
    cases
}

fn paths() -> Vec<Case> {
    let long = "a".repeat(1000);
    let segments =
        ["%25", "_", "'", "%22", "..%2F..%2Fetc%2Fpasswd", "%2e%2e", "%2500", "%FF", "%zz", "%", "%F0%9F%98%80", &long];
    let mut cases = Vec::new();
    for folder in
        ["/v1/areas", "/v1/areas/legacy", "/v1/forms", "/problems", "/docs", "/v1/attempts", "/v1/me/profiles"]
    {
        for segment in segments {
            cases.push(Case::get(format!("{folder}/{segment}")).refused(404, "not-found"));
        }
        for segment in ["%00", "a%00", "%00a", "16690%00"] {
            cases.push(Case::get(format!("{folder}/{segment}")).refused(400, "malformed-request"));
        }
    }
    for path in ["/%00", "/v1/%00/x", "/v1/me%00"] {
        cases.push(Case::get(path).refused(400, "malformed-request"));
    }
    for path in
        ["/v1/areas/1669", "/v1/areas/166900", "/v1/areas/legacy/0", "/v1/areas/legacy/x/y", "//v1/areas", "/V1/areas"]
    {
        cases.push(Case::get(path).refused(404, "not-found"));
    }
    cases
}

fn ids() -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in ["/v1/attempts", "/v1/me/profiles"] {
        for id in [
            "x",
            "01a1fd1e-8c00-7000-8000-0000000000bb",
            "01A1FD1E-8C00-7000-8000-0000000000BB",
            "c232ab00-9414-11ec-b3c8-9f6bdeced846",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "01a1fd1e8c0070008000000000000000",
            "%7B01a1fd1e-8c00-7000-8000-000000000000%7D",
        ] {
            cases.push(Case::get(format!("{folder}/{id}")).refused(404, "not-found"));
        }
    }
    cases
}

fn lengths() -> Vec<Case> {
    let mut cases = Vec::new();
    for long in [10_000, 60_000].map(|length| "a".repeat(length)) {
        for target in
            [format!("/v1/areas?{long}"), format!("/v1/areas/{long}"), format!("/{long}"), format!("/v1/me?{long}")]
        {
            cases.push(Case::get(target).refused(414, "uri-too-long"));
        }
    }
    let just_fits = format!("/v1/areas?{}", "a".repeat(4096 - "/v1/areas".len()));
    cases.push(Case::get(&just_fits).taken(200));
    cases.push(Case::get(format!("{just_fits}a")).refused(414, "uri-too-long"));
    cases
}

fn methods() -> Vec<Case> {
    let mut cases = Vec::new();
    for method in ["FOO", "TRACE", "PROPFIND", "DELETE", "PATCH", "M-SEARCH", "LINK", "QUERY"] {
        for target in ["/v1/areas", "/v1/me", "/v1/auth/login", "/v1/attempts/x", "/health/live"] {
            cases.push(Case::new(method, target).refused(405, "method-not-allowed"));
        }
        cases.push(Case::new(method, "/v1/nothing").refused(404, "not-found"));
    }
    cases
}

fn headers() -> Vec<Case> {
    let long = "vi,".repeat(5000);
    let rubbish = [
        "",
        ",",
        ";;;",
        "q=1",
        "*;q=",
        "*;q=9",
        "vi;q=-1",
        "en;q=0.12345",
        "\u{1ec7}",
        "x-y-z-",
        "-",
        "en--US",
        "en_US",
        "0",
        "en;q=1e400",
        "vi;q=0, en;q=0",
        "😀",
        &long,
        "en;level=1;q=1",
        "*-CH;q=0.1",
    ];
    let languages = rubbish.map(|value| Case::get("/v1/competencies").header("accept-language", value).taken(200));
    let others = [
        ("accept-encoding", "\u{1ec7};q=,,br;q=x"),
        ("if-none-match", "\u{1ec7}, \"unfinished"),
        ("accept", "application/xml;q=1"),
        ("range", "bytes=0-0"),
        ("if-modified-since", "yesterday"),
        ("x-forwarded-for", "not, an, address"),
        ("x-request-id", "\u{1ec7}"),
        ("cookie", "=;;=x"),
    ];
    let others = others.map(|(name, value)| Case::get("/v1/areas/16690").header(name, value).taken(200));
    languages.into_iter().chain(others).collect()
}

/// Longer than any server reads: it is refused or hung up on, and the service goes on.
fn an_address_that_no_framework_reads_is_no_fault_of_ours(app: &TestApp) {
    let mut found = Vec::new();
    for length in [70_000, 200_000] {
        let request = format!("GET /v1/areas?{} HTTP/1.1\r\nhost: here\r\n\r\n", "a".repeat(length));
        found.push(exchange(app.connect(), request.as_bytes()).map(|answer| answer.status));
    }
    let crowd = format!("GET /v1/areas HTTP/1.1\r\nhost: here\r\n{}\r\n", "x-a: b\r\n".repeat(500));
    let big = format!("GET /v1/areas HTTP/1.1\r\nhost: here\r\nx-big: {}\r\n\r\n", "b".repeat(200_000));
    for request in [
        crowd,
        big,
        "GARBAGE\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "GET /ệ HTTP/1.1\r\n\r\n".to_owned(),
    ] {
        found.push(exchange(app.connect(), request.as_bytes()).map(|answer| answer.status));
    }
    for method in ["get", "Get", "Ệ", "G T"] {
        let request = format!("{method} /v1/areas HTTP/1.1\r\nhost: here\r\n\r\n");
        found.push(exchange(app.connect(), request.as_bytes()).map(|answer| answer.status));
    }
    assert!(found.iter().flatten().all(|status| (400..500).contains(status)), "{found:?}");
    app.get("/health/live").send().expect(200);
}

fn a_cursor_of_somebody_else_shows_nothing_of_theirs(app: &TestApp) {
    let (hoa, nam, form) = (app.citizen(), app.citizen(), app.form("full-a"));
    for _ in 0..3 {
        let body = app.submission(&form, form.answers_of_part(1, Choice::Score(2)));
        hoa.put_attempt(app.new_id(), &body).expect(201);
    }
    for list in ["/v1/attempts", "/v1/me/profiles"] {
        let page = hoa.get(&format!("{list}?limit=1")).send().expect(200);
        let cursor = page["next_cursor"].as_str().expect("a second page");
        let of_nam = nam.get(&format!("{list}?cursor={cursor}")).send().expect(200);
        assert_eq!(of_nam["items"], serde_json::json!([]), "{list}");
        assert_eq!(
            hoa.get(&format!("{list}?cursor={cursor}")).send().expect(200)["items"].as_array().unwrap().len(),
            2
        );
    }
}
