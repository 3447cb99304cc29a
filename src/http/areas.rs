//! `/v1/areas`.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::content::{Freshness, Variants};
use super::query::Query;
use super::{Answer, Shared, State, at_desk};
use crate::domain::refusal::Refusal;
use crate::service::Page;
use crate::service::areas as desk_areas;
use crate::store::areas::AreaRow;

#[derive(Serialize)]
struct Area {
    code: String,
    level: String,
    parent_code: Option<String>,
    name: String,
    short_name: String,
    r#type: String,
    vintage: String,
    valid_from: String,
    valid_to: Option<String>,
    merged_into: Option<String>,
}

impl From<AreaRow> for Area {
    fn from(row: AreaRow) -> Self {
        Self {
            code: row.code,
            level: row.level,
            parent_code: row.parent_code,
            name: row.name,
            short_name: row.short_name,
            r#type: row.kind,
            vintage: row.vintage,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            merged_into: row.merged_into,
        }
    }
}

/// A page of a list on the wire.
#[derive(Serialize)]
pub struct PageDocument<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl<T> PageDocument<T> {
    pub fn of<S>(page: Page<S>, wire: impl FnMut(S) -> T) -> Self {
        Self { items: page.items.into_iter().map(wire).collect(), next_cursor: page.next_cursor }
    }

    /// Names the next page, where there is one (RFC 8288).
    pub fn link(&self, state: &State, request: &HttpRequest, response: &mut HttpResponse) {
        let Some(cursor) = &self.next_cursor else { return };
        let others = request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let query: Vec<_> = others.map(str::to_owned).chain([format!("cursor={cursor}")]).collect();
        let link = format!("<{}{}?{}>; rel=\"next\"", state.public_origin, request.path(), query.join("&"));
        if let Ok(value) = link.parse() {
            response.headers_mut().insert(actix_web::http::header::LINK, value);
        }
    }
}

pub async fn list(state: Shared, request: HttpRequest, query: Query) -> Answer {
    let parent = query.text("parent", 36)?;
    let level = query.code("level", desk_areas::AreaLevel::from_code)?;
    let search = query.text("q", 100)?;
    let cursor = query.text("cursor", 512)?;
    let limit = query.limit()?;
    let page =
        at_desk(&state, move |desk| desk_areas::list(desk, parent, level, search.as_deref(), cursor.as_deref(), limit));
    let document = PageDocument::of(page.await?, Area::from);
    let mut response = Variants::uncoded(&document, None).answer(&request, Freshness::Revalidate);
    document.link(&state, &request, &mut response);
    Ok(response)
}

pub async fn get(state: Shared, request: HttpRequest, code: web::Path<String>) -> Answer {
    let area = at_desk(&state, move |desk| desk_areas::get(desk, &code)).await?;
    Ok(Variants::uncoded(&Area::from(area), None).answer(&request, Freshness::Revalidate))
}

#[derive(Serialize)]
struct LegacyArea {
    old_code: String,
    old_name: String,
    old_district: String,
    old_province: String,
    candidates: Vec<LegacyCandidate>,
}

#[derive(Serialize)]
struct LegacyCandidate {
    area: Area,
    relation: String,
    is_default: bool,
    default_basis: Option<String>,
}

pub async fn legacy(state: Shared, request: HttpRequest, old_code: web::Path<String>) -> Answer {
    let found = at_desk(&state, move |desk| desk_areas::legacy(desk, &old_code)).await?;
    let Some((old, _)) = found.first().cloned() else { return Err(Refusal::NotFound.into()) };
    let candidates = found.into_iter().map(|(row, area)| {
        let (relation, is_default, default_basis) = (row.relation, row.is_default, row.default_basis);
        LegacyCandidate { area: area.into(), relation, is_default, default_basis }
    });
    let document = LegacyArea {
        old_code: old.old_code,
        old_name: old.old_name,
        old_district: old.old_district,
        old_province: old.old_province,
        candidates: candidates.collect(),
    };
    Ok(Variants::uncoded(&document, None).answer(&request, Freshness::Revalidate))
}
