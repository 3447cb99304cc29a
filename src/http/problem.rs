//! Problem documents (RFC 9457): the one place that knows which refusal has which status.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::domain::language::Language;
use crate::domain::refusal::{Refusal, Refused};
use crate::domain::texts::Texts;
use crate::service;

/// A request that was not carried out. [`super::frame`] gives it words, for only there language and request id are known.
#[derive(Debug)]
pub struct Problem {
    pub refused: Refused,
    /// For `method-not-allowed`: what is.
    pub allowed_methods: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    code: &'static str,
    errors: Vec<FaultDocument<'a>>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct FaultDocument<'a> {
    pointer: &'a str,
    code: &'static str,
    detail: &'a str,
}

impl Problem {
    pub fn internal() -> Self {
        Refusal::Internal.into()
    }

    /// The document for a request to `path`.
    pub fn answer(&self, texts: &Texts, language: Language, path: &str, request_id: &str) -> HttpResponse {
        let refusal = self.refused.refusal;
        let words = texts.problem(refusal);
        let status = status(refusal);
        let errors = self.refused.faults.iter().map(|fault| FaultDocument {
            pointer: &fault.pointer,
            code: fault.fault.code(),
            detail: texts.fault(fault.fault).get(language),
        });
        let document = Document {
            r#type: format!("/problems/{}", refusal.code()),
            title: words.title.get(language),
            status: status.as_u16(),
            detail: words.detail.get(language),
            instance: path,
            code: refusal.code(),
            errors: errors.collect(),
            request_id,
        };
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CONTENT_LANGUAGE, language.tag()));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"congdanso\""));
        }
        if let Some(seconds) = self.refused.retry_after_seconds {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(methods) = &self.allowed_methods {
            response.insert_header((header::ALLOW, methods.as_str()));
        }
        let body = serde_json::to_vec(&document).unwrap_or_default();
        response.insert_header((header::CONTENT_TYPE, "application/problem+json")).body(body)
    }
}

fn status(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::MalformedJson
        | Refusal::DuplicateMember
        | Refusal::TooDeep
        | Refusal::RepeatedParameter
        | Refusal::MalformedRequest => StatusCode::BAD_REQUEST,
        Refusal::Unauthenticated | Refusal::InvalidCredentials | Refusal::SessionEnded => StatusCode::UNAUTHORIZED,
        Refusal::Forbidden | Refusal::ConsentWithdrawn => StatusCode::FORBIDDEN,
        Refusal::NotFound => StatusCode::NOT_FOUND,
        Refusal::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Refusal::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Refusal::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
        Refusal::ContentConflict => StatusCode::CONFLICT,
        Refusal::Erased => StatusCode::GONE,
        Refusal::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::UriTooLong => StatusCode::URI_TOO_LONG,
        Refusal::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Refusal::InvalidContent => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// How long a phone waits after "unavailable" where nothing better is known, in seconds.
const RETRY_AFTER_SECONDS: u32 = 2;

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self { refused, allowed_methods: None }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Refused::from(refusal).into()
    }
}

impl From<service::Error> for Problem {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Refused(refused) => refused.into(),
            service::Error::Store(error @ crate::store::Error::Unavailable(_)) => {
                tracing::warn!(%error, "unavailable");
                Refused::retry_after(Refusal::Unavailable, RETRY_AFTER_SECONDS).into()
            }
            service::Error::Store(error) => {
                tracing::error!(%error, "the database failed");
                Self::internal()
            }
            service::Error::Broken(what) => {
                tracing::error!(what, "an invariant is broken");
                Self::internal()
            }
        }
    }
}

impl From<&actix_web::Error> for Problem {
    /// What the framework refuses by itself.
    fn from(error: &actix_web::Error) -> Self {
        match error.as_response_error().status_code() {
            StatusCode::NOT_FOUND => Refusal::NotFound.into(),
            StatusCode::REQUEST_TIMEOUT => Refusal::RequestTimeout.into(),
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::PayloadTooLarge.into(),
            status if status.is_client_error() => Refusal::MalformedRequest.into(),
            status => {
                tracing::error!(%error, %status, "the framework failed");
                Self::internal()
            }
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.refused.refusal.code())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(self.refused.refusal)
    }
}
