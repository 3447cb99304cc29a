//! `/v1/forms`: what a phone takes along, and what must never leave the house with it.

use congdanso::domain::language::Language;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::quiz::BANK;

both!(
    a_scored_pack_has_neither_keys_nor_rationales,
    a_practice_pack_has_keys_and_rationales,
    a_full_form_has_three_parts_with_each_competency_twice,
    a_pack_named_by_its_hash_never_changes,
    a_pack_comes_in_the_language_asked_for,
    an_unknown_form_is_not_found,
);

fn forms(app: &TestApp) -> Vec<Value> {
    app.get("/v1/forms").send().expect(200)["items"].as_array().unwrap().clone()
}

fn a_scored_pack_has_neither_keys_nor_rationales(app: &TestApp) {
    let scored: Vec<_> = forms(app).into_iter().filter(|form| form["kind"] != "practice").collect();
    assert!(scored.len() >= 2);
    for form in scored {
        assert_eq!(form["scored"], true);
        for language in Language::ALL {
            let path = format!("/v1/forms/{}?lang={}", form["id"].as_str().unwrap(), language.tag());
            for coding in ["identity", "gzip", "br", "zstd"] {
                let text = app.get(&path).header("accept-encoding", coding).send().text();
                for secret in ["score", "rationale", "\"level\"", "\"author\"", "\"reviewer\"", "sub_skill"] {
                    assert!(!text.contains(secret), "{path} ({coding}) has {secret}");
                }
                let rationales =
                    BANK.items.iter().flat_map(|item| &item.options).filter_map(|option| option.rationale.as_ref());
                let told =
                    rationales.map(|rationale| rationale.get(language)).find(|rationale| text.contains(*rationale));
                assert_eq!(told, None, "{path} ({coding})");
            }
        }
    }
}

fn a_practice_pack_has_keys_and_rationales(app: &TestApp) {
    let practice = forms(app).into_iter().find(|form| form["kind"] == "practice").unwrap();
    assert_eq!(practice["scored"], false);
    let pack = app.get(practice["href"].as_str().unwrap()).send().expect(200);
    let items: Vec<_> =
        pack["sections"].as_array().unwrap().iter().flat_map(|section| section["items"].as_array().unwrap()).collect();
    assert!(items.len() >= 3);
    for item in items {
        let options = item["options"].as_array().unwrap();
        assert!(options.iter().any(|option| option["score"] == 2), "{item}");
        assert!(options.iter().all(|option| option["rationale"].is_string()), "{item}");
    }
}

fn a_full_form_has_three_parts_with_each_competency_twice(app: &TestApp) {
    for id in ["full-a", "full-b"] {
        let form = app.form(id);
        for part in 1..=3 {
            let items: Vec<_> = form.items.iter().filter(|item| item.part == part).collect();
            assert_eq!(items.len(), 18);
            for item in &items {
                let same = items.iter().filter(|other| other.competency == item.competency);
                assert_eq!(same.count(), 2, "{id} part {part} {}", item.competency);
            }
        }
    }
}

fn a_pack_named_by_its_hash_never_changes(app: &TestApp) {
    for form in forms(app) {
        let href = form["href"].as_str().unwrap();
        let answer = app.get(href).send();
        assert_eq!(answer.expect(200)["content_hash"], form["content_hash"]);
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let unnamed = app.get(href.split('?').next().unwrap()).send();
        assert_eq!(unnamed.header("cache-control"), Some("no-cache"));
    }
    let other = format!("/v1/forms/full-a?hash={}", "0".repeat(64));
    app.get(&other).send().expect_problem(404, "not-found");
}

fn a_pack_comes_in_the_language_asked_for(app: &TestApp) {
    let by_header = app.get("/v1/forms/full-a").header("accept-language", "en").send();
    let by_query = app.get("/v1/forms/full-a?lang=en").header("accept-language", "vi").send();
    let otherwise = app.get("/v1/forms/full-a").send();
    assert_eq!(by_header.expect(200), by_query.expect(200));
    assert_eq!(by_query.header("content-language"), Some("en"));
    assert_eq!(by_query.json()["dont_know"], json!({ "id": "dont_know", "text": "I do not know yet" }));
    assert_eq!(otherwise.expect(200)["dont_know"]["text"], "Tôi chưa biết");
    app.get("/v1/forms/full-a?lang=fr").send().expect_faults(&[("?lang", "not-allowed")]);
}

fn an_unknown_form_is_not_found(app: &TestApp) {
    app.get("/v1/forms/full-z").send().expect_problem(404, "not-found");
}
