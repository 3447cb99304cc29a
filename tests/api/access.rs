//! Who gets in: every operation of the list, without a token and with bad ones.

use congdanso::http::routes::{self, Access, Operation};

use crate::answer::Answer;
use crate::app::TestApp;
use crate::contract::document::{CONTRACT, Documented};

both!(
    every_operation_that_is_not_public_asks_for_a_token,
    every_public_operation_asks_for_none,
    a_bad_token_is_refused_before_anybody_looks_at_the_body,
    a_token_counts_in_the_bearer_header_alone,
    a_token_of_another_installation_is_refused,
);

/// The path with the contract's examples in its placeholders.
fn path(operation: &Operation) -> String {
    let is_this = |documented: &Documented<'_>| documented.operation["operationId"] == operation.id;
    let documented = CONTRACT.operations().find(is_this).unwrap_or_else(|| panic!("{} is undocumented", operation.id));
    let parameters = documented.operation["parameters"].as_array().into_iter().flatten();
    parameters.map(|parameter| CONTRACT.resolve(parameter)).filter(|parameter| parameter["in"] == "path").fold(
        operation.path.to_owned(),
        |path, parameter| {
            let placeholder = format!("{{{}}}", parameter["name"].as_str().unwrap());
            path.replace(&placeholder, parameter["example"].as_str().unwrap())
        },
    )
}

fn is_refused(answer: &Answer) -> bool {
    answer.status == 401 && answer.json()["code"] == "unauthenticated"
}

fn every_operation_that_is_not_public_asks_for_a_token(app: &TestApp) {
    let closed: Vec<_> =
        routes::operations().into_iter().filter(|operation| operation.access != Access::Public).collect();
    assert!(closed.len() >= 6);
    for operation in closed {
        let method = operation.method.as_str();
        for authorization in [None, Some("Bearer "), Some("Bearer abc.def.ghi"), Some("Basic dXNlcjpwYXNz")] {
            let request = app.request(method, &path(&operation));
            let request =
                authorization.into_iter().fold(request, |request, value| request.header("authorization", value));
            assert!(is_refused(&request.send()), "{} with {authorization:?}", operation.id);
        }
        if method == "GET" {
            assert_eq!(app.request("HEAD", &path(&operation)).send().status, 401, "{}", operation.id);
        }
    }
}

fn a_bad_token_is_refused_before_anybody_looks_at_the_body(app: &TestApp) {
    for _ in 0..50 {
        let request = app.put(&format!("/v1/attempts/{}", app.new_id())).bearer("abc.def.ghi");
        assert!(is_refused(&request.body("text/plain", "{").send()));
    }
}

fn every_public_operation_asks_for_none(app: &TestApp) {
    for operation in routes::operations().into_iter().filter(|operation| operation.access == Access::Public) {
        let answer = app.request(operation.method.as_str(), &path(&operation)).send();
        assert!(![401, 403].contains(&answer.status) && answer.status < 500, "{} {}", operation.id, answer.status);
    }
}

fn a_token_counts_in_the_bearer_header_alone(app: &TestApp) {
    let token = app.citizen().access_token;
    assert!(is_refused(&app.get(&format!("/v1/me?access_token={token}")).send()));
    assert!(is_refused(&app.get("/v1/me").header("cookie", &format!("access_token={token}")).send()));
    assert!(is_refused(&app.get("/v1/me").header("authorization", &token).send()));
    app.get("/v1/me").header("authorization", &format!("bearer {token}")).send().expect(200);
}

fn a_token_of_another_installation_is_refused(app: &TestApp) {
    let other = TestApp::start(app.database.kind, &[]);
    let stranger = other.citizen();
    assert!(is_refused(&app.get("/v1/me").bearer(&stranger.access_token).send()));
    let (head, signature) = stranger.access_token.rsplit_once('.').unwrap();
    let turned: String = signature.chars().rev().collect();
    assert!(is_refused(&other.get("/v1/me").bearer(&format!("{head}.{turned}")).send()));
    stranger.get("/v1/me").send().expect(200);
}
