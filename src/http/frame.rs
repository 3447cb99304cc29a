//! What surrounds every request: its id, its log line, the headers on every answer, and words for every problem.

use std::time::Instant;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use futures_util::FutureExt;
use tracing::Instrument;
use uuid::Uuid;

use super::Shared;
use super::callers::RequestNote;
use super::problem::Problem;
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;

/// Longest path and query, in bytes.
const URI_BYTES: usize = 4096;

/// The frame of the whole service.
pub async fn frame(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse, Error> {
    let started = Instant::now();
    let state = request.app_data::<Shared>().cloned().ok_or_else(Problem::internal)?;
    let note = RequestNote { request_id: request_id(), language: language(request.headers()) };
    request.extensions_mut().insert(note.clone());
    let response = match refused_address(&request) {
        Some(refusal) => request.error_response(Problem::from(refusal)).map_into_boxed_body(),
        None => next.call(request).instrument(span(&note)).await?.map_into_boxed_body(),
    };
    let mut response = in_words(&state, &note, response);
    common_headers(&note, response.headers_mut());
    record(&note, &response, started);
    Ok(response)
}

#[expect(clippy::disallowed_methods, reason = "a name for the log, not data")]
fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// Ties what is logged on the way to the request.
fn span(note: &RequestNote) -> tracing::Span {
    tracing::error_span!("request", request_id = note.request_id)
}

/// Addresses that go no further: too long, or with a U+0000 that a database would choke on.
fn refused_address(request: &ServiceRequest) -> Option<Refusal> {
    let query = request.query_string();
    if request.path().len() + query.len() > URI_BYTES {
        return Some(Refusal::UriTooLong);
    }
    request.path().contains("%00").then_some(Refusal::MalformedRequest)
}

fn language(headers: &HeaderMap) -> Language {
    let value = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    value.map_or_else(Language::default, Language::from_accept_language)
}

/// Gives a refusal, ours or the framework's, its problem document.
fn in_words(state: &Shared, note: &RequestNote, response: ServiceResponse) -> ServiceResponse {
    let Some(error) = response.response().error() else { return response };
    let from_framework = error.as_error::<Problem>().is_none().then(|| Problem::from(error));
    let Some(problem) = from_framework.as_ref().or(error.as_error::<Problem>()) else { return response };
    let path = response.request().path().to_owned();
    let document = problem.answer(&state.desk.texts, note.language, &path, &note.request_id);
    response.into_response(document)
}

fn common_headers(note: &RequestNote, headers: &mut HeaderMap) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(value) = HeaderValue::from_str(&note.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

/// One line a request, without anything personal: the pattern of the path, never the path; no address, no query.
fn record(note: &RequestNote, response: &ServiceResponse, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    let request = response.request();
    let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
    let (method, status) = (request.method().as_str(), response.status().as_u16());
    let bytes = match response.response().body().size() {
        BodySize::Sized(bytes) => bytes,
        _ => 0,
    };
    tracing::info!(
        target: "request",
        request_id = note.request_id,
        method,
        route,
        status,
        milliseconds = (seconds * 1e6).round() / 1e3,
        bytes,
    );
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", &labels[..2]).record(seconds);
}

/// Turns a panic in a handler into a problem document; what the desk does is caught there already.
pub async fn catch_panic(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    let copy = request.request().clone();
    match std::panic::AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(response) => Ok(response?.map_into_boxed_body()),
        Err(_) => Ok(ServiceResponse::from_err(Problem::internal(), copy)),
    }
}
