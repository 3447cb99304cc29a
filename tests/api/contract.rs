//! Holds every answer that a test sees against `openapi.yaml`: operation, status, headers, content type, schema.

use serde_json::{Value, json};

use crate::answer::Answer;
use document::{CONTRACT, Documented};

#[path = "../contract/document.rs"]
pub mod document;

/// What the contract says against this answer.
pub fn faults(method: &str, path_and_query: &str, answer: &Answer) -> Vec<String> {
    let path = path_and_query.split('?').next().unwrap_or_default();
    let is_head = method == "HEAD";
    let mut faults = Vec::new();
    if answer.header("x-request-id").is_none_or(str::is_empty) {
        faults.push("no X-Request-Id".to_owned());
    }
    let response = match find(method, path) {
        Found::Operation(operation) => operation["responses"].get(answer.status.to_string()),
        Found::OtherMethod if answer.status == 405 => Some(component("MethodNotAllowed")),
        Found::Nothing if answer.status == 404 => Some(component("NotFound")),
        // What is refused before anybody looks where it goes.
        _ if answer.status == 414 => Some(component("UriTooLong")),
        _ if answer.status == 400 => Some(component("BadRequest")),
        _ => None,
    };
    match response {
        Some(response) => faults.extend(faults_of_response(CONTRACT.resolve(response), answer, is_head)),
        None => faults.push(format!("the status {} is not documented", answer.status)),
    }
    if answer.status >= 400 && !is_head {
        faults.extend(faults_of_problem(path, answer));
    }
    faults
}

fn component(name: &str) -> &'static Value {
    &CONTRACT.root["components"]["responses"][name]
}

enum Found {
    Operation(&'static Value),
    OtherMethod,
    Nothing,
}

/// The operation of a concrete path; one without placeholders goes before one with.
fn find(method: &str, path: &str) -> Found {
    let method = if method == "HEAD" { "get".to_owned() } else { method.to_ascii_lowercase() };
    let mut here: Vec<Documented<'_>> =
        CONTRACT.operations().filter(|documented| matches(documented.path, path)).collect();
    here.sort_by_key(|documented| documented.path.matches('{').count());
    let Some(first) = here.first().map(|documented| documented.path) else { return Found::Nothing };
    let mut same_path = here.into_iter().filter(|documented| documented.path == first);
    same_path
        .find(|documented| documented.method == method)
        .map_or(Found::OtherMethod, |documented| Found::Operation(documented.operation))
}

fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    // "/docs/" is the file with the empty name; no other placeholder takes nothing.
    let fits = |wanted: &str, given: &str| {
        wanted == given || wanted == "{file}" || wanted.starts_with('{') && !given.is_empty()
    };
    pattern.len() == path.len() && pattern.iter().zip(&path).all(|(wanted, given)| fits(wanted, given))
}

fn faults_of_response(response: &Value, answer: &Answer, is_head: bool) -> Vec<String> {
    let mut faults = faults_of_headers(&response["headers"], answer);
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        if !answer.bytes.is_empty() {
            faults.push("the contract knows of no body".to_owned());
        }
        return faults;
    };
    let media_type = answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match content.get(media_type) {
        None => faults.push(format!("the content type {media_type:?} is not documented")),
        Some(_) if is_head => {
            if !answer.bytes.is_empty() {
                faults.push("HEAD has a body".to_owned());
            }
        }
        Some(media) if media_type.ends_with("json") => faults.extend(CONTRACT.faults(&media["schema"], &answer.json())),
        Some(_) => {}
    }
    faults
}

fn faults_of_headers(headers: &Value, answer: &Answer) -> Vec<String> {
    let documented = headers.as_object().into_iter().flatten();
    documented
        .flat_map(|(name, header)| {
            let header = CONTRACT.resolve(header);
            match answer.header(name) {
                None if header["required"] == json!(true) => vec![format!("no {name}")],
                None => Vec::new(),
                Some(text) => {
                    let is_number = header["schema"]["type"] == json!("integer");
                    let value = text.parse::<i64>().ok().filter(|_| is_number).map_or_else(|| json!(text), Value::from);
                    let faults = CONTRACT.faults(&header["schema"], &value);
                    faults.into_iter().map(|fault| format!("{name} {fault}")).collect()
                }
            }
        })
        .collect()
}

/// A problem document agrees with the answer that it comes in (RFC 9457).
fn faults_of_problem(path: &str, answer: &Answer) -> Vec<String> {
    if answer.header("content-type") != Some("application/problem+json") {
        return vec!["an error that is no problem document".to_owned()];
    }
    let problem = answer.json();
    let code = problem["code"].as_str().unwrap_or_default();
    let expected = [
        ("status", json!(answer.status)),
        ("type", json!(format!("/problems/{code}"))),
        ("instance", json!(path)),
        ("request_id", json!(answer.header("x-request-id"))),
    ];
    let wrong = expected.iter().filter(|(member, value)| problem[*member] != *value);
    wrong.map(|(member, value)| format!("{member} should be {value}")).collect()
}
