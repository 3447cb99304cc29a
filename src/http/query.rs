//! Query parameters: each at most once, unknown ones passed over.

use std::collections::HashMap;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};

use super::problem::Problem;
use crate::domain::refusal::{Fault, FieldFault, Refusal, Refused};

/// Entries on a page: the default and the most.
pub const PAGE_DEFAULT: usize = 20;
pub const PAGE_LIMIT: usize = 100;

/// The query of a request, in NFC.
pub struct Query(HashMap<String, String>);

impl FromRequest for Query {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::parse(request.query_string()))
    }
}

impl Query {
    fn parse(text: &str) -> Result<Self, Problem> {
        let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(text);
        let mut parameters = HashMap::new();
        for (name, value) in pairs.map_err(|_| Refusal::MalformedRequest)?.into_inner() {
            if value.contains('\0') {
                return Err(Refused::at(format!("?{name}"), Fault::NullCharacter).into());
            }
            let fault = FieldFault::new(format!("?{name}"), Fault::NotAllowed);
            if parameters.insert(name, value).is_some() {
                return Err(Refused { faults: vec![fault], ..Refusal::RepeatedParameter.into() }.into());
            }
        }
        Ok(Self(parameters))
    }

    /// A parameter as text of at most `most` characters, normalised.
    pub fn text(&self, name: &str, most: usize) -> Result<Option<String>, Problem> {
        use unicode_normalization::UnicodeNormalization;
        let text: Option<String> = self.0.get(name).map(|text| text.nfc().collect());
        match text {
            Some(text) if text.chars().count() > most => Err(Refused::at(format!("?{name}"), Fault::TooLong).into()),
            text => Ok(text),
        }
    }

    /// A parameter as one of some codes, read by `read`.
    pub fn code<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let refused = || Refused::at(format!("?{name}"), Fault::NotAllowed).into();
        self.0.get(name).map(|text| read(text).ok_or_else(refused)).transpose()
    }

    /// How many entries a page shall have, 1 to 100.
    pub fn limit(&self) -> Result<usize, Problem> {
        let Some(text) = self.0.get("limit") else { return Ok(PAGE_DEFAULT) };
        let number: i128 = text.parse().map_err(|_| Refused::at("?limit", Fault::WrongType))?;
        let limit = usize::try_from(number).ok().filter(|limit| (1..=PAGE_LIMIT).contains(limit));
        limit.ok_or_else(|| Refused::at("?limit", Fault::OutOfRange).into())
    }

    /// A place in a list, read by `read`.
    pub fn cursor<T>(&self, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let cursor =
            self.0.get("cursor").map(|text| read(text).ok_or_else(|| Refused::at("?cursor", Fault::BadFormat)));
        Ok(cursor.transpose()?)
    }
}
