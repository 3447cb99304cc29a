//! `openapi.yaml` and the code agree, both ways.

use std::collections::BTreeSet;

use congdanso::domain::refusal::{Fault, Refusal};
use congdanso::http::routes;
use document::CONTRACT;
use serde_json::Value;

#[path = "contract/document.rs"]
mod document;

#[test]
fn routes_and_contract_name_the_same_operations_and_access() {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let documented: BTreeSet<_> = CONTRACT
        .operations()
        .map(|documented| {
            let (id, access) = (&documented.operation["operationId"], &documented.operation["x-access"]);
            (documented.method.to_uppercase(), documented.path.to_owned(), text(id), text(access))
        })
        .collect();
    let routed: BTreeSet<_> = routes::operations()
        .into_iter()
        .map(|route| {
            (route.method.to_string(), route.path.to_owned(), route.id.to_owned(), route.access.code().to_owned())
        })
        .collect();
    let only_documented: Vec<_> = documented.difference(&routed).collect();
    let only_routed: Vec<_> = routed.difference(&documented).collect();
    assert!(
        only_documented.is_empty() && only_routed.is_empty(),
        "in openapi.yaml alone: {only_documented:?}\nin routes alone: {only_routed:?}"
    );
}

#[test]
fn an_operation_asks_for_a_token_where_it_is_not_public() {
    for documented in CONTRACT.operations() {
        let is_public = documented.operation["x-access"] == "public";
        let asks = documented.operation["security"].as_array().is_some_and(|schemes| !schemes.is_empty());
        let refuses = documented.operation["responses"].get("401").is_some();
        assert_eq!((asks, asks && refuses), (!is_public, !is_public), "{} {}", documented.method, documented.path);
    }
}

#[test]
fn each_placeholder_of_a_path_is_a_parameter() {
    for documented in CONTRACT.operations() {
        let parameters = documented.operation["parameters"].as_array().into_iter().flatten();
        let named: BTreeSet<_> = parameters
            .map(|parameter| CONTRACT.resolve(parameter))
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let placed = documented.path.split(['{', '}']).skip(1).step_by(2).collect();
        assert_eq!(named, placed, "{} {}", documented.method, documented.path);
    }
}

#[test]
fn every_body_has_an_example_and_every_example_fits_its_schema() {
    let mut faults = Vec::new();
    for documented in CONTRACT.operations() {
        let body = documented.operation.get("requestBody").into_iter().map(|body| ("request".to_owned(), body));
        let responses = documented.operation["responses"].as_object().unwrap().iter();
        for (where_, value) in body.chain(responses.map(|(status, response)| (status.clone(), response))) {
            for (media_type, media) in CONTRACT.resolve(value)["content"].as_object().into_iter().flatten() {
                let place = format!("{} {} {where_} {media_type}", documented.method, documented.path);
                faults
                    .extend(faults_of_examples(media_type, media).into_iter().map(|fault| format!("{place} {fault}")));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn faults_of_examples(media_type: &str, media: &Value) -> Vec<String> {
    let named = media["examples"].as_object().into_iter().flatten();
    let named = named.map(|(name, example)| (name.as_str(), &CONTRACT.resolve(example)["value"]));
    let examples: Vec<_> = named.chain(media.get("example").map(|example| ("example", example))).collect();
    if examples.is_empty() && media_type.contains("json") {
        return vec!["has no example".to_owned()];
    }
    let check = |(name, example)| {
        CONTRACT.faults(&media["schema"], example).into_iter().map(move |fault| format!("{name} {fault}"))
    };
    examples.into_iter().flat_map(check).collect()
}

#[test]
fn every_example_of_a_parameter_and_a_header_fits_its_schema() {
    let components = &CONTRACT.root["components"];
    for kind in ["parameters", "headers"] {
        for (name, component) in components[kind].as_object().unwrap() {
            let faults = CONTRACT.faults(&component["schema"], &component["example"]);
            assert!(faults.is_empty(), "{kind} {name}: {faults:?}");
        }
    }
}

#[test]
fn every_problem_code_is_in_the_contract_and_no_other() {
    let ours = Refusal::ALL.iter().map(|refusal| refusal.code());
    assert_same(ours, &CONTRACT.root["components"]["schemas"]["ProblemCode"]["enum"]);
}

#[test]
fn every_fault_code_is_in_the_contract_and_no_other() {
    let ours = Fault::ALL.iter().map(|fault| fault.code());
    assert_same(ours, &CONTRACT.root["components"]["schemas"]["Fault"]["properties"]["code"]["enum"]);
}

fn assert_same<'a>(ours: impl Iterator<Item = &'a str>, documented: &'a Value) {
    let ours: BTreeSet<_> = ours.collect();
    let documented: BTreeSet<_> = documented.as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    let undocumented: Vec<_> = ours.difference(&documented).collect();
    let unknown: Vec<_> = documented.difference(&ours).collect();
    assert!(undocumented.is_empty() && unknown.is_empty(), "undocumented: {undocumented:?}, unknown: {unknown:?}");
}
