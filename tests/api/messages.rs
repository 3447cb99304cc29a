//! What holds for every message: methods, languages, copies, codings, headers.

use std::collections::HashSet;

use crate::app::TestApp;

/// Answers that are the same for everybody, personal ones aside.
const PUBLIC: [&str; 8] = [
    "/v1/capabilities",
    "/v1/areas",
    "/v1/areas/16690",
    "/v1/competencies",
    "/v1/consent-texts",
    "/v1/forms/full-a",
    "/v1/resources",
    "/openapi.yaml",
];

both!(
    head_is_get_without_a_body,
    a_copy_that_is_still_right_is_not_sent_again,
    a_method_that_is_not_there_names_those_that_are,
    what_is_nowhere_is_a_problem_document,
    a_problem_speaks_the_callers_language,
    an_answer_is_coded_as_the_client_likes,
    every_answer_has_its_own_id_and_the_protecting_headers,
    personal_answers_are_never_stored,
);

fn head_is_get_without_a_body(app: &TestApp) {
    for path in PUBLIC {
        let (get, head) = (app.get(path).send(), app.request("HEAD", path).send());
        assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
        for header in ["content-type", "etag", "cache-control", "content-language", "content-length"] {
            assert_eq!(head.header(header), get.header(header), "{path} {header}");
        }
    }
    let citizen = app.citizen();
    let head = app.request("HEAD", "/v1/me").bearer(&citizen.access_token).send();
    assert_eq!((head.status, head.bytes.len()), (200, 0));
}

fn a_copy_that_is_still_right_is_not_sent_again(app: &TestApp) {
    for path in PUBLIC {
        let first = app.get(path).send();
        let tag = first.header("etag").unwrap();
        assert!(!tag.starts_with("W/"), "{path}");
        for known in [tag.to_owned(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let again = app.get(path).header("if-none-match", &known).send();
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path} {known}");
            assert_eq!(again.header("etag"), Some(tag));
        }
        app.get(path).header("if-none-match", "\"other\"").send();
        assert_eq!(app.get(path).header("if-none-match", "\"other\"").send().status, 200, "{path}");
    }
    let english = app.get("/v1/competencies").header("accept-language", "en").send();
    let vietnamese = app.get("/v1/competencies").send();
    assert_ne!(english.header("etag"), vietnamese.header("etag"));
}

fn a_method_that_is_not_there_names_those_that_are(app: &TestApp) {
    let cases = [
        ("DELETE", "/v1/capabilities", "GET, HEAD"),
        ("POST", "/v1/areas", "GET, HEAD"),
        ("GET", "/v1/auth/login", "POST"),
        ("HEAD", "/v1/auth/login", "POST"),
        ("DELETE", "/v1/attempts/01a1fd1e-8c00-7000-8000-000000000001", "GET, HEAD, PUT"),
        ("PATCH", "/v1/me", "GET, HEAD"),
        ("OPTIONS", "/v1/forms", "GET, HEAD"),
    ];
    for (method, path, allowed) in cases {
        let answer = app.request(method, path).send();
        assert_eq!(answer.status, 405, "{method} {path}");
        let mut methods: Vec<_> = answer.header("allow").unwrap().split(", ").collect();
        methods.sort_unstable();
        assert_eq!(methods.join(", "), allowed, "{method} {path}");
    }
}

fn what_is_nowhere_is_a_problem_document(app: &TestApp) {
    for path in ["/", "/v1", "/v1/", "/v1/nothing", "/v2/capabilities", "/v1/areas/", "/v1/forms/full-a/", "/.env"] {
        app.get(path).send().expect_problem(404, "not-found");
    }
    app.put("/v1/nothing").send().expect_problem(404, "not-found");
}

fn a_problem_speaks_the_callers_language(app: &TestApp) {
    for (wanted, language) in
        [("en", "en"), ("vi", "vi"), ("en-US,en;q=0.9,vi;q=0.8", "en"), ("fr, de", "vi"), ("en;q=0, *", "vi")]
    {
        let answer = app.get("/v1/nothing").header("accept-language", wanted).send();
        assert_eq!(answer.header("content-language"), Some(language), "{wanted}");
        let title = if language == "en" { "Not found" } else { "Không tìm thấy" };
        assert_eq!(answer.expect_problem(404, "not-found")["title"], title, "{wanted}");
    }
}

fn an_answer_is_coded_as_the_client_likes(app: &TestApp) {
    let plain = app.get("/v1/forms/full-a").send();
    let mut tags = HashSet::from([plain.header("etag").unwrap().to_owned()]);
    for coding in ["br", "gzip", "zstd"] {
        let coded = app.get("/v1/forms/full-a").header("accept-encoding", coding).send();
        assert_eq!(coded.header("content-encoding"), Some(coding));
        assert!(coded.bytes.len() * 2 < plain.bytes.len(), "{coding} {}", coded.bytes.len());
        assert_eq!(coded.plain_bytes(), plain.bytes);
        assert!(coded.header("vary").unwrap().to_lowercase().contains("accept-encoding"));
        assert!(tags.insert(coded.header("etag").unwrap().to_owned()), "{coding} has the tag of another coding");
    }
    let none = app.get("/v1/forms/full-a").header("accept-encoding", "br;q=0, identity").send();
    assert_eq!(none.header("content-encoding"), None);
}

fn every_answer_has_its_own_id_and_the_protecting_headers(app: &TestApp) {
    let paths = PUBLIC.iter().chain(["/v1/nothing", "/v1/me", "/health/live"].iter());
    let mut ids = HashSet::new();
    for path in paths {
        let answer = app.get(path).header("x-request-id", "chosen-by-the-caller").send();
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert!(answer.header("content-security-policy").is_some());
        for absent in ["server", "access-control-allow-origin"] {
            assert_eq!(answer.header(absent), None, "{path}");
        }
        assert!(ids.insert(answer.header("x-request-id").unwrap().to_owned()), "{path}");
    }
    assert!(!ids.contains("chosen-by-the-caller"));
}

fn personal_answers_are_never_stored(app: &TestApp) {
    let citizen = app.citizen();
    for path in ["/v1/me", "/v1/attempts", "/v1/me/profiles", "/v1/me/profile"] {
        let answer = citizen.get(path).send();
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("etag"), None, "{path}");
    }
}
