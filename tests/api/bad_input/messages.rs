//! What is wrong with a message before anybody asks what it says, for every operation with a body.

use super::case::Case;
use super::scene::{Operation, Scene};

both!(a_message_that_cannot_be_read_is_refused, a_caller_is_known_before_the_body_is_looked_at);

fn a_message_that_cannot_be_read_is_refused(app: &crate::app::TestApp) {
    super::sweep(app, cases);
}

pub fn cases(scene: &Scene<'_>) -> Vec<Case> {
    let groups = [malformed, duplicate, deep, null_characters, wrong_shape, content_types];
    scene.operations.iter().flat_map(|operation| groups.iter().flat_map(|group| group(operation))).collect()
}

fn malformed(operation: &Operation) -> Vec<Case> {
    let whole = operation.body.to_string();
    let mut texts = vec![whole[..whole.len() - 1].to_owned(), format!("{whole} x"), format!("{whole}{whole}")];
    let broken = [
        "",
        " ",
        "{",
        "}",
        "[",
        "[1,",
        "nul",
        "{} {}",
        "{},",
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "/**/{}",
        "NaN",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1e400}",
        "{\"a\":-1e400}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":\"line\nbreak\"}",
        "{\"a\":\"\\x\"}",
        "\u{feff}{}",
        r#"{"a":"\ud800"}"#,
        r#"{"a":"\udc00\ud800"}"#,
        r#"{"a":"\ud800a"}"#,
        r#"{"\udfff":1}"#,
        r#"{"a":"\u12"}"#,
    ];
    texts.extend(broken.map(str::to_owned));
    let bytes =
        [&b"{\"a\":\"\xff\"}"[..], b"{\"a\":\"\xed\xa0\x80\"}", b"{\"a\":\"\xc0\x80\"}", b"{\0}", b"\x1f\x8b\x08\x00"];
    let all = texts.into_iter().map(String::into_bytes).chain(bytes.map(<[u8]>::to_vec));
    all.map(|body| operation.case().json(body).refused(400, "malformed-json")).collect()
}

fn duplicate(operation: &Operation) -> Vec<Case> {
    let whole = operation.body.to_string();
    let twice = format!("{{{},{}", &whole[1..whole.len() - 1], &whole[1..]);
    let texts = [
        twice.as_str(),
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"\u0061":2}"#,
        "{\"\u{1ec7}\":1,\"e\u{323}\u{302}\":2}",
        r#"{"a":{"b":1,"b":2}}"#,
        r#"{"a":[0,{"b":{"c":null,"d":0,"c":null}}]}"#,
        r#"{"":1,"":2}"#,
    ];
    texts.map(|body| operation.case().json(body).refused(400, "duplicate-member")).into()
}

fn deep(operation: &Operation) -> Vec<Case> {
    let nested = |open: &str, close: &str, depth: usize| format!("{}{}", open.repeat(depth), close.repeat(depth));
    let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let texts = [
        nested("[", "]", 33),
        nested("[", "]", 10_000),
        nested("[", "", 10_000),
        nested("[{\"a\":", "", 20_000),
        objects(33),
        objects(10_000),
    ];
    let mut cases = texts.map(|body| operation.case().json(body).refused(400, "too-deep")).to_vec();
    cases.push(operation.case().json(nested("[", "]", 32)).invalid("", "wrong-type"));
    cases.push(operation.case().json(objects(32)).invalid("/a", "unknown-member"));
    cases
}

fn null_characters(operation: &Operation) -> Vec<Case> {
    let first = operation.first;
    vec![
        operation.with(first, r#""a\u0000b""#).invalid(first, "null-character"),
        operation.case().json(r#"{"a":"\u0000"}"#).invalid("/a", "null-character"),
        operation.case().json(r#"{"a\u0000":1}"#).invalid("/a", "null-character"),
        operation.case().json(r#"{"\u0000":1}"#).invalid("/", "null-character"),
        operation.case().json(r#"{"a":[1,{"b/~":"x\u0000"}]}"#).invalid("/a/1/b~1~0", "null-character"),
        operation.case().json(r#"["\u0000"]"#).invalid("/0", "null-character"),
        operation.case().json(r#""\u0000""#).invalid("", "null-character"),
        operation.case().json(r#"{"a":"\u0000","b":["\u0000","\u0000"]}"#).invalid_at(&[
            ("/a", "null-character"),
            ("/b/0", "null-character"),
            ("/b/1", "null-character"),
        ]),
    ]
}

fn wrong_shape(operation: &Operation) -> Vec<Case> {
    let texts = ["[]", "[{}]", "\"text\"", "\"\"", "5", "-1.5", "0", "true", "null", "9999999999999999999"];
    let mut cases = texts.map(|body| operation.case().json(body).invalid("", "wrong-type")).to_vec();
    cases.push(operation.case().json("{}").invalid(operation.first, "required"));
    cases
}

fn content_types(operation: &Operation) -> Vec<Case> {
    let body = operation.body.to_string();
    let types = [
        "text/plain",
        "text/json",
        "application/jsonx",
        "application/problem+json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "*/*",
        "json",
        ";",
        "application/json/x",
        "\u{1ec7}",
    ];
    let wrong = types.map(|media_type| operation.case().header("content-type", media_type).body(body.clone()));
    let codings = ["br", "deflate", "zstd", "compress", "gzip, gzip", "identity, gzip", "x-unknown"];
    let coded = codings.map(|coding| operation.case().header("content-encoding", coding).json(body.clone()));
    let none = [operation.case().body(body.clone())];
    let cases = wrong.into_iter().chain(coded).chain(none);
    cases.map(|case| case.refused(415, "unsupported-media-type")).collect()
}

/// Whatever the body is, and however often it is tried.
fn a_caller_is_known_before_the_body_is_looked_at(app: &crate::app::TestApp) {
    let scene = Scene::new(app);
    let bodies = ["", "{", "{}", r#"{"a":1,"a":2}"#, "[[[[", "\"\\u0000\""];
    let tokens = ["unknown".to_owned(), format!("{}x", scene.citizen.access_token)];
    let mut found = Vec::new();
    for body in bodies.iter().cycle().take(30) {
        let target = &scene.submission().path;
        found.push(Case::new("PUT", target).json(*body).send(app).status);
        found.extend(tokens.iter().map(|token| Case::new("PUT", target).bearer(token).json(*body).send(app).status));
    }
    assert_eq!(found, vec![401; 90]);
}
