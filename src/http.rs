//! Floor 4, the door: HTTP in and out. Async lives only here.

pub mod accounts;
pub mod areas;
pub mod attempts;
pub mod body;
pub mod callers;
pub mod content;
pub mod docs;
pub mod frame;
pub mod health;
pub mod items;
pub mod json;
pub mod problem;
pub mod profiles;
pub mod query;
pub mod routes;
pub mod server;

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::domain::language::Language;
use crate::domain::time::Timestamp;
use crate::service::{self, Desk};
use problem::Problem;

/// The time of day; a test's stands still.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What every worker shares.
pub struct State {
    pub desk: Arc<Desk>,
    pub clock: Clock,
    /// What links are built from; never the Host of a request.
    pub public_origin: String,
    pub trusted_proxies: Vec<std::net::IpAddr>,
    pub minimum_client: String,
    pub content: content::Cache,
    pub knocks: callers::Knocks,
}

/// The state as handlers take it.
pub type Shared = web::Data<State>;

/// What a handler answers.
pub type Answer = Result<HttpResponse, Problem>;

/// An answer in the words of a person's language.
fn localized(status: StatusCode, language: Language, document: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CONTENT_LANGUAGE, language.tag())).json(document)
}

/// Goes down to the desk on a thread that may wait.
async fn at_desk<T: Send + 'static>(
    state: &Shared,
    work: impl FnOnce(&Desk) -> Result<T, service::Error> + Send + 'static,
) -> Result<T, Problem> {
    let desk = Arc::clone(&state.desk);
    match web::block(move || work(&desk)).await {
        Ok(outcome) => Ok(outcome?),
        // The work panicked; the panic hook has logged where.
        Err(_) => Err(Problem::internal()),
    }
}
