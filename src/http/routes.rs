//! THE list: every operation with its method, path, access rule and handler. Routing, the contract test and the access
//! test all read it from here.

use actix_web::http::Method;
use actix_web::{Resource, Route, guard, middleware, web};

use super::frame::catch_panic;
use super::problem::Problem;
use super::{Answer, accounts, areas, attempts, docs, health, items, profiles};
use crate::domain::refusal::Refusal;

/// Who may call an operation. The handler's arguments enforce it (`callers`), a test compares the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Public,
    /// Any signed-in account, for its own.
    Account,
    /// A citizen, for their own attempts and profiles.
    Citizen,
}

impl Access {
    /// As `x-access` in the contract says it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Account => "account",
            Self::Citizen => "citizen",
        }
    }
}

pub struct Operation {
    pub method: Method,
    pub path: &'static str,
    pub id: &'static str,
    pub access: Access,
    handler: Route,
}

fn get(path: &'static str, id: &'static str, access: Access, handler: Route) -> Operation {
    Operation { method: Method::GET, path, id, access, handler }
}

fn post(path: &'static str, id: &'static str, access: Access, handler: Route) -> Operation {
    Operation { method: Method::POST, path, id, access, handler }
}

fn put(path: &'static str, id: &'static str, access: Access, handler: Route) -> Operation {
    Operation { method: Method::PUT, path, id, access, handler }
}

#[rustfmt::skip]
pub fn operations() -> Vec<Operation> {
    use Access::{Account, Citizen, Public};
    vec![
        get ("/v1/capabilities",           "getCapabilities",      Public,  web::to(items::capabilities)),
        get ("/v1/areas",                  "listAreas",            Public,  web::to(areas::list)),
        get ("/v1/areas/{code}",           "getArea",              Public,  web::to(areas::get)),
        get ("/v1/areas/legacy/{old_code}", "getLegacyArea",       Public,  web::to(areas::legacy)),
        get ("/v1/competencies",           "listCompetencies",     Public,  web::to(items::competencies)),
        get ("/v1/consent-texts",          "listConsentTexts",     Public,  web::to(items::consent_texts)),
        get ("/v1/forms",                  "listForms",            Public,  web::to(items::forms)),
        get ("/v1/forms/{id}",             "getForm",              Public,  web::to(items::form)),
        get ("/v1/resources",              "listResources",        Public,  web::to(items::resources)),

        post("/v1/auth/register",          "registerAccount",      Public,  web::to(accounts::register)),
        post("/v1/auth/setup",             "setUpAdministrator",   Public,  web::to(accounts::set_up)),
        post("/v1/auth/login",             "logIn",                Public,  web::to(accounts::log_in)),
        post("/v1/auth/token",             "refreshTokens",        Public,  web::to(accounts::refresh)),
        post("/v1/auth/revoke",            "revokeSession",        Public,  web::to(accounts::revoke)),
        get ("/v1/me",                     "getMe",                Account, web::to(accounts::me)),

        get ("/v1/attempts",               "listAttempts",         Citizen, web::to(attempts::list)),
        put ("/v1/attempts/{id}",          "putAttempt",           Citizen, web::to(attempts::put)),
        get ("/v1/attempts/{id}",          "getAttempt",           Citizen, web::to(attempts::get)),
        get ("/v1/me/profile",             "getMyProfile",         Citizen, web::to(profiles::current)),
        get ("/v1/me/profiles",            "listMyProfiles",       Citizen, web::to(profiles::list)),
        get ("/v1/me/profiles/{id}",       "getMyProfileById",     Citizen, web::to(profiles::get)),

        get ("/.well-known/jwks.json",     "getKeys",              Public,  web::to(accounts::keys)),
        get ("/health/live",               "getLiveness",          Public,  web::to(health::live)),
        get ("/health/ready",              "getReadiness",         Public,  web::to(health::ready)),
        get ("/openapi.yaml",              "getContract",          Public,  web::to(docs::contract)),
        get ("/docs",                      "getDocs",              Public,  web::to(docs::index)),
        get ("/docs/{file}",               "getDocsFile",          Public,  web::to(docs::file)),
        get ("/problems/{code}",           "getProblemPage",       Public,  web::to(docs::problem)),
    ]
}

/// Hangs every operation into the application, one resource a path.
pub fn configure(config: &mut web::ServiceConfig) {
    let mut operations = operations();
    while let Some(path) = operations.first().map(|operation| operation.path) {
        let here: Vec<_> = operations.extract_if(.., |operation| operation.path == path).collect();
        config.service(resource(path, here));
    }
}

fn resource(path: &'static str, operations: Vec<Operation>) -> impl actix_web::dev::HttpServiceFactory + 'static {
    let allowed: Vec<_> =
        operations.iter().flat_map(|operation| methods(&operation.method)).map(Method::as_str).collect();
    let allowed = allowed.join(", ");
    // "/docs/{file}" takes the empty name too: the page itself.
    let pattern = path.replace("{file}", "{file:[^/]*}");
    let mut resource: Resource = web::resource(pattern).name(path);
    for Operation { method, handler, .. } in operations {
        let accepted = methods(&method);
        resource =
            resource.route(handler.guard(guard::fn_guard(move |request| accepted.contains(&request.head().method))));
    }
    let refuse = move || {
        let problem = Problem { refused: Refusal::MethodNotAllowed.into(), allowed_methods: Some(allowed.clone()) };
        std::future::ready(Answer::Err(problem))
    };
    resource.default_service(web::to(refuse)).wrap(middleware::from_fn(catch_panic))
}

/// HEAD is answered wherever GET is.
fn methods(method: &Method) -> &'static [Method] {
    match *method {
        Method::GET => &[Method::GET, Method::HEAD],
        Method::POST => &[Method::POST],
        Method::PUT => &[Method::PUT],
        _ => &[],
    }
}

/// What is nowhere in the list.
pub async fn not_found() -> Answer {
    Err(Refusal::NotFound.into())
}
