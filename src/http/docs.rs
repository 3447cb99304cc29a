//! The contract, its page, and a page for each problem.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use super::callers::Visitor;
use super::content::{Freshness, Variants};
use super::{Answer, Shared};
use crate::domain::refusal::{Fault, Refusal};

const CONTRACT: &str = include_str!("../../openapi.yaml");

/// What the page of the contract needs: its own files, and styles that its script sets.
const DOCS_POLICY: &str =
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

pub async fn contract(state: Shared, request: HttpRequest) -> Answer {
    let build = || Variants::new(CONTRACT.as_bytes().to_vec(), "application/yaml", None);
    Ok(state.content.get("openapi.yaml".to_owned(), build).answer(&request, Freshness::Revalidate))
}

pub async fn index() -> Answer {
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/docs/")).finish())
}

/// A file of the vendored page, which loads nothing from elsewhere.
pub async fn file(state: Shared, request: HttpRequest, name: web::Path<String>) -> Answer {
    let settings = Arc::new(utoipa_swagger_ui::Config::from("/openapi.yaml"));
    let found = utoipa_swagger_ui::serve(&name, settings).ok().flatten().ok_or(Refusal::NotFound)?;
    let build = || Variants::new(found.bytes.into_owned(), found.content_type, None);
    let mut response = state.content.get(format!("docs/{name}"), build).answer(&request, Freshness::Revalidate);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DOCS_POLICY));
    Ok(response)
}

pub async fn problem(state: Shared, request: HttpRequest, visitor: Visitor, code: web::Path<String>) -> Answer {
    let refusal = Refusal::from_code(&code).ok_or(Refusal::NotFound)?;
    let language = visitor.context.language;
    let variants = state.content.get(format!("problem/{}/{}", refusal.code(), language.tag()), || {
        let texts = &state.desk.texts;
        let (words, page, tag) = (texts.problem(refusal), &texts.problem_page, language.tag());
        let (title, detail) = (words.title.get(language), words.detail.get(language));
        let mut html = format!(
            "<!doctype html><html lang=\"{tag}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{title}</title><h1>{title}</h1><p>{detail}</p><p>{}: <code>{}</code></p>",
            page.code.get(language),
            refusal.code(),
        );
        if refusal == Refusal::InvalidContent {
            html.push_str(&format!("<h2>{}</h2><dl>", page.faults.get(language)));
            for fault in Fault::ALL {
                html.push_str(&format!("<dt><code>{}</code><dd>{}", fault.code(), texts.fault(*fault).get(language)));
            }
            html.push_str("</dl>");
        }
        Variants::new(html.into_bytes(), "text/html; charset=utf-8", Some(language))
    });
    Ok(variants.answer(&request, Freshness::Revalidate))
}
