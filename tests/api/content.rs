//! What is published: consent texts, competencies, resources, keys, health, the contract and its pages.

use congdanso::domain::consent::Purpose;
use congdanso::domain::refusal::Refusal;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::TestApp;

both!(
    every_consent_text_proves_its_words,
    the_nine_competencies_come_with_sub_skills_and_statements,
    each_competency_and_band_has_a_resource,
    every_problem_has_its_page,
    the_contract_and_its_page_are_served,
    the_service_is_alive_and_ready,
    the_public_key_is_published,
);

fn list(app: &TestApp, path: &str) -> Vec<Value> {
    app.get(path).send().expect(200)["items"].as_array().unwrap().clone()
}

fn every_consent_text_proves_its_words(app: &TestApp) {
    let texts = list(app, "/v1/consent-texts");
    assert_eq!(texts.len(), 2 * Purpose::ALL.len());
    for text in &texts {
        let digest = Sha256::digest(text["text"].as_str().unwrap());
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(text["sha256"], json!(hex), "{text}");
        assert_eq!(text["version"], texts[0]["version"]);
        let trial = if text["language"] == "vi" { "Bản dùng thử." } else { "Trial version." };
        assert!(text["text"].as_str().unwrap().starts_with(trial), "{text}");
    }
    assert_eq!(app.get("/v1/capabilities").send().json()["consent_text_version"], texts[0]["version"]);
    let named = TestApp::start(
        app.database.kind,
        &[("CONGDANSO_CONTROLLER_NAME", "UBND phường Trường Vinh"), ("CONGDANSO_CONTROLLER_CONTACT", "0238 123 456")],
    );
    let theirs = list(&named, "/v1/consent-texts");
    for text in theirs.iter().map(|text| text["text"].as_str().unwrap()) {
        assert!(!text.contains('{') && !text.starts_with("Bản dùng thử") && !text.starts_with("Trial"), "{text}");
    }
    assert!(theirs[0]["text"].as_str().unwrap().contains("UBND phường Trường Vinh"), "{}", theirs[0]);
    assert_ne!(theirs[0]["version"], texts[0]["version"], "other words are another version");
}

fn the_nine_competencies_come_with_sub_skills_and_statements(app: &TestApp) {
    let competencies = list(app, "/v1/competencies");
    let numbers: Vec<_> = competencies.iter().map(|one| one["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for competency in competencies {
        let sub_skills = competency["sub_skills"].as_array().unwrap();
        assert!(sub_skills.len() >= 3, "{competency}");
        assert!(
            sub_skills.iter().all(|one| one["can_do"].as_array().is_some_and(|levels| levels.len() == 4)),
            "{competency}"
        );
    }
}

fn each_competency_and_band_has_a_resource(app: &TestApp) {
    for competency in list(app, "/v1/competencies") {
        for band in ["learning", "capable", "confident"] {
            let path = format!("/v1/resources?competency={}&band={band}", competency["code"].as_str().unwrap());
            let found = list(app, &path);
            assert!(!found.is_empty(), "{path}");
            assert!(found.iter().all(|one| one["band"] == band && one["competency"] == competency["code"]), "{path}");
        }
    }
}

fn every_problem_has_its_page(app: &TestApp) {
    for refusal in Refusal::ALL {
        for language in ["vi", "en"] {
            let page = app.get(&format!("/problems/{}", refusal.code())).header("accept-language", language).send();
            assert_eq!(page.status, 200);
            assert!(page.text().contains(refusal.code()) && page.text().contains(&format!("lang=\"{language}\"")));
        }
    }
    app.get("/problems/no-such-problem").send().expect_problem(404, "not-found");
}

fn the_contract_and_its_page_are_served(app: &TestApp) {
    assert_eq!(app.get("/openapi.yaml").send().text(), include_str!("../../openapi.yaml"));
    let docs = app.get("/docs").send();
    assert_eq!((docs.status, docs.header("location")), (303, Some("/docs/")));
    let page = app.get("/docs/").send();
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("https://"), "the page loads from elsewhere");
    let scripts: Vec<_> =
        page.text().split("src=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        assert_eq!(app.get(&format!("/docs/{}", script.trim_start_matches("./"))).send().status, 200, "{script}");
    }
    app.get("/docs/nothing.js").send().expect_problem(404, "not-found");
}

fn the_service_is_alive_and_ready(app: &TestApp) {
    assert_eq!(app.get("/health/live").send().expect(200)["status"], "ok");
    let ready = app.get("/health/ready").send().expect(200);
    assert!(ready["checks"].as_array().unwrap().iter().all(|check| check["status"] == "ok"), "{ready}");
}

fn the_public_key_is_published(app: &TestApp) {
    let keys = app.get("/.well-known/jwks.json").send().expect(200);
    let kid = keys["keys"][0]["kid"].as_str().unwrap().to_owned();
    assert_eq!(keys["keys"][0].get("d"), None, "the private half");
    use base64::Engine;
    let token = app.citizen().access_token;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header, json!({ "alg": "ES256", "kid": kid, "typ": "at+jwt" }));
}
