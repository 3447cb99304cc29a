//! Attempts that name what is not there: drafts and submissions alike, and after each refusal everything is as before.

use serde_json::{Value, json};

use super::case::Case;
use super::scene::{ATTEMPT, Operation, Scene};
use crate::app::TestApp;
use crate::quiz::{Choice, FormItem};

both!(
    what_is_not_in_the_bank_is_refused,
    a_refused_attempt_leaves_no_trace,
    a_refused_submission_leaves_the_draft_as_it_was,
    an_attempt_on_an_unknown_bank_is_kept_however_strange,
    an_attempt_on_an_unknown_bank_has_the_sizes_of_the_contract,
    an_id_in_capitals_is_the_same_id,
    an_attempt_without_a_language_has_that_of_its_first_request,
);

fn what_is_not_in_the_bank_is_refused(app: &TestApp) {
    super::sweep(app, cases);
}

pub fn cases(scene: &Scene<'_>) -> Vec<Case> {
    let (submission, draft) = (scene.submission(), scene.draft());
    let mut cases = [of_the_bank(scene, submission), of_the_bank(scene, draft)].concat();
    cases.push(submission.with("/answers", "[]").invalid("/answers", "no-answers"));
    for missing in [submission.without("/client_submitted_at"), submission.with("/client_submitted_at", "null")] {
        cases.push(missing.invalid("/client_submitted_at", "required"));
    }
    cases
}

fn of_the_bank(scene: &Scene<'_>, operation: &Operation) -> Vec<Case> {
    let items = &scene.form.items;
    // An item of the form's third part, which the body leaves out: first it stands alone, then in the second place.
    let (one, other) = (&items[0], items.iter().find(|item| item.part == 3).unwrap());
    let other_form = scene.app.form("full-b");
    let elsewhere = other_form.items.iter().find(|item| items.iter().all(|own| own.id != item.id)).unwrap();
    let mut cases = Vec::new();
    for id in ["no-such-item", "", "%", "1B02", "p1", &elsewhere.id] {
        let stranger = json!({ "item": id, "choice": "a", "shown": ["x"] });
        let second = answers(operation, &[one.answer(Choice::Score(2)), stranger.clone()]);
        cases.push(second.invalid("/answers/1/item", "unknown-item"));
        cases.push(answers(operation, &[stranger]).invalid("/answers/0/item", "unknown-item"));
    }
    for choice in ["z", "", "A", "dont-know", "DONT_KNOW", "a ", "0", "1"] {
        let answer = json!({ "item": other.id, "choice": choice });
        cases.push(answers(operation, &[answer]).invalid("/answers/0/choice", "unknown-option"));
    }
    let twice = [other.answer(Choice::Score(2)), one.answer(Choice::Left), other.answer(Choice::DontKnow)];
    cases.push(answers(operation, &twice).invalid("/answers/2/item", "item-answered-twice"));
    cases.extend(orders(operation, other));
    for form in ["no-such-form", "%", "FULL-A", "full-a "] {
        cases.push(operation.with("/form_id", &json!(form).to_string()).invalid("/form_id", "unknown-form"));
    }
    cases.push(operation.with("/form_id", "\"practice\"").invalid("/form_id", "form-not-scored"));
    let late = json!({ "item": "no-such-item", "choice": "z", "seconds": 86_401 });
    cases.push(answers(operation, &[late]).invalid("/answers/0/seconds", "out-of-range"));
    let three = [json!({ "item": "?", "choice": "a" }), json!({ "item": one.id, "choice": "z", "shown": ["a", "b"] })];
    cases.push(answers(operation, &three).invalid_at(&[
        ("/answers/0/item", "unknown-item"),
        ("/answers/1/choice", "unknown-option"),
        ("/answers/1/shown", "wrong-order"),
    ]));
    cases
}

/// The order shown has each option once, and nothing else.
fn orders(operation: &Operation, item: &FormItem) -> Vec<Case> {
    let shown = |order: &[&str]| answers(operation, &[json!({ "item": item.id, "choice": null, "shown": order })]);
    let mut cases = Vec::new();
    for order in
        [&[][..], &["a"], &["a", "b"], &["a", "b", "b"], &["a", "b", "c", "c"], &["a", "b", "c", "a", "b", "c"]]
    {
        cases.push(shown(order).invalid("/answers/0/shown", "wrong-order"));
    }
    for (order, place) in
        [(["z", "a", "b"], 0), (["a", "dont_know", "b"], 1), (["a", "b", ""], 2), (["a", "b", "C"], 2)]
    {
        cases.push(shown(&order).invalid(&format!("/answers/0/shown/{place}"), "unknown-option"));
    }
    let many = vec!["a"; 27];
    cases.push(shown(&many).invalid("/answers/0/shown", "too-long"));
    cases
}

fn answers(operation: &Operation, answers: &[Value]) -> Case {
    operation.with("/answers", &json!(answers).to_string())
}

fn a_refused_attempt_leaves_no_trace(app: &TestApp) {
    let scene = Scene::new(app);
    let kept = app.submission(&scene.form, scene.form.answers(Choice::Score(1)));
    scene.citizen.put_attempt(app.new_id(), &kept).expect(201);
    let listed = scene.citizen.get("/v1/attempts").send().expect(200);
    let rows = scene.rows();
    for case in cases(&scene) {
        case.send(app);
        assert_eq!(scene.citizen.get("/v1/attempts").send().expect(200), listed, "{case}");
    }
    assert_eq!(scene.rows(), rows);
    // The id is still free.
    scene.submission().case().json(scene.submission().body.to_string()).send(app).expect(201);
}

fn a_refused_submission_leaves_the_draft_as_it_was(app: &TestApp) {
    let scene = Scene::new(app);
    let draft = scene.draft().case().json(scene.draft().body.to_string()).send(app).expect(201);
    for case in cases(&scene) {
        case.send(app);
        let kept = scene.citizen.get(&format!("/v1/attempts/{ATTEMPT}")).send().expect(200);
        assert_eq!(kept, draft["attempt"], "{case}");
    }
}

fn an_attempt_on_an_unknown_bank_is_kept_however_strange(app: &TestApp) {
    let scene = Scene::new(app);
    for (member, value) in [
        ("form_id", json!("no-such-form")),
        ("form_id", json!("practice")),
        ("answers", json!([{ "item": "from-the-future", "choice": "q", "seconds": 5, "shown": ["q", "r", "s", "t"] }])),
        ("answers", json!([{ "item": "x", "choice": "q" }, { "item": "x", "choice": null, "shown": [] }])),
    ] {
        let (id, mut body) = (app.new_id(), scene.submission().body.clone());
        body["bank_version"] = json!("2031.1.1");
        body[member] = value;
        let first = scene.citizen.put_attempt(id, &body).expect(202);
        assert_eq!((&first["attempt"]["state"], &first["profile"]), (&json!("quarantined"), &Value::Null));
        assert_eq!(first["attempt"]["flags"], json!(["unknown_bank"]));
        assert_eq!(first["attempt"]["form_id"], body["form_id"]);
        assert_eq!(scene.citizen.put_attempt(id, &body).expect(202), first);
        assert_eq!(scene.citizen.get(&format!("/v1/attempts/{id}")).send().expect(200), first["attempt"]);
        let kept = &first["attempt"]["answers"];
        for (place, sent) in body["answers"].as_array().unwrap().iter().enumerate() {
            assert_eq!((&kept[place]["item"], &kept[place]["choice"]), (&sent["item"], &sent["choice"]));
        }
        let draft = app.new_id();
        body["state"] = json!("draft");
        assert_eq!(scene.citizen.put_attempt(draft, &body).expect(201)["attempt"]["state"], "draft");
        assert_eq!(scene.citizen.put_attempt(draft, &body).expect(200)["attempt"]["answers"], *kept);
    }
    scene.citizen.get("/v1/me/profile").send().expect_problem(404, "not-found");
    assert_eq!(app.database.number("SELECT count(*) AS number FROM profiles"), 0);
}

fn an_attempt_on_an_unknown_bank_has_the_sizes_of_the_contract(app: &TestApp) {
    let scene = Scene::new(app);
    let mut body = scene.submission().body.clone();
    body["bank_version"] = json!("2031.1.1");
    let long = "x".repeat(65);
    for (answer, pointer, code) in [
        (json!({ "item": long, "choice": "a" }), "/answers/0/item", "too-long"),
        (json!({ "item": "", "choice": "a" }), "/answers/0/item", "too-short"),
        (json!({ "item": "x", "choice": long }), "/answers/0/choice", "too-long"),
        (json!({ "item": "x", "choice": "" }), "/answers/0/choice", "too-short"),
        (json!({ "item": "x", "choice": null, "shown": [long] }), "/answers/0/shown/0", "too-long"),
    ] {
        body["answers"] = json!([answer]);
        let answer = scene.citizen.put_attempt(app.new_id(), &body);
        assert_eq!(answer.status, 422, "{pointer} {code}: {}", answer.text());
        answer.expect_faults(&[(pointer, code)]);
    }
}

fn an_id_in_capitals_is_the_same_id(app: &TestApp) {
    let scene = Scene::new(app);
    let path = format!("/v1/attempts/{}", ATTEMPT.to_uppercase());
    let body = &scene.submission().body;
    let first = scene.citizen.put(&path).json(body).send().expect(201);
    assert_eq!(first["attempt"]["id"], ATTEMPT);
    assert_eq!(scene.citizen.put_attempt(ATTEMPT.parse().unwrap(), body).expect(200), first);
    assert_eq!(scene.citizen.get(&path).send().expect(200), first["attempt"]);
}

/// As the contract says of `language`; a repeat in another language is the same attempt.
fn an_attempt_without_a_language_has_that_of_its_first_request(app: &TestApp) {
    let (citizen, form, id) = (app.citizen(), app.form("full-a"), app.new_id());
    let body = app.submission(&form, form.answers_of_part(1, Choice::Score(2)));
    let put = |wanted| citizen.put(&format!("/v1/attempts/{id}")).header("accept-language", wanted).json(&body).send();
    assert_eq!(put("en").expect(201)["attempt"]["language"], "en");
    assert_eq!(put("vi").expect(200)["attempt"]["language"], "en");
}
