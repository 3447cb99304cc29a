//! Request bodies: read whole, within limits, as strict JSON, before anything else happens.

use std::io::Read;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use serde::de::{self, DeserializeOwned, Deserializer};
use serde_json::Value;
use serde_path_to_error::Segment;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::json::{Typed, parse};
use super::problem::Problem;
use crate::domain::refusal::{Fault, FieldFault, Refusal, Refused};

/// Largest body as sent, in bytes.
pub const JSON_BYTES: usize = 256 * 1024;
/// Largest gzip body once inflated, in bytes.
pub const INFLATED_BYTES: usize = 2 * 1024 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// A body that could be read and passed the checks of its type.
pub struct Body<T> {
    pub value: T,
    /// The same as parsed, text in NFC.
    pub json: Value,
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let is_gzip = content_coding(&request)?;
            let received = tokio_timeout(receive(&mut payload)).await?;
            let inflated = if is_gzip { inflate(&received)? } else { received };
            read(&inflated)
        })
    }
}

async fn tokio_timeout<T>(work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    actix_web::rt::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(Refusal::RequestTimeout.into()))
}

/// Whether the body is gzip.
fn content_coding(request: &HttpRequest) -> Result<bool, Problem> {
    let text = |name| request.headers().get(name).map_or(Ok(""), |value| value.to_str());
    let unsupported = |_| Problem::from(Refusal::UnsupportedMediaType);
    let media_type = text(header::CONTENT_TYPE).map_err(unsupported)?.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::UnsupportedMediaType.into());
    }
    match text(header::CONTENT_ENCODING).map_err(unsupported)?.trim() {
        "" | "identity" => Ok(false),
        coding if coding.eq_ignore_ascii_case("gzip") => Ok(true),
        _ => Err(Refusal::UnsupportedMediaType.into()),
    }
}

async fn receive(payload: &mut Payload) -> Result<Vec<u8>, Problem> {
    let mut received = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refusal::MalformedRequest)?;
        if received.len() + chunk.len() > JSON_BYTES {
            return Err(Refusal::PayloadTooLarge.into());
        }
        received.extend_from_slice(&chunk);
    }
    Ok(received)
}

fn inflate(received: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut inflated = Vec::new();
    let limit = INFLATED_BYTES as u64 + 1;
    MultiGzDecoder::new(received).take(limit).read_to_end(&mut inflated).map_err(|_| Refusal::MalformedRequest)?;
    if inflated.len() > INFLATED_BYTES { Err(Refusal::PayloadTooLarge.into()) } else { Ok(inflated) }
}

fn read<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Result<Body<T>, Problem> {
    let json = parse(bytes)?;
    let mut faults = Vec::new();
    find_null_characters(&json, &mut String::new(), &mut faults);
    if !faults.is_empty() {
        return Err(Refused::invalid(faults).into());
    }
    let value: T =
        serde_path_to_error::deserialize(Typed(&json)).map_err(|error| Refused::invalid(vec![shape_fault(&error)]))?;
    if let Err(errors) = value.validate() {
        collect_faults(&errors, "", &mut faults);
        faults.sort_by(|left, right| left.pointer.cmp(&right.pointer));
        return Err(Refused::invalid(faults).into());
    }
    Ok(Body { value, json })
}

/// SQLite would keep U+0000 and PostgreSQL would not, so nobody may send it.
fn find_null_characters(value: &Value, pointer: &mut String, faults: &mut Vec<FieldFault>) {
    let mut visit = |name: &str, inner: &Value| {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&escaped(name));
        if name.contains('\0') {
            faults.push(FieldFault::new(pointer.replace('\0', ""), Fault::NullCharacter));
        }
        find_null_characters(inner, pointer, faults);
        pointer.truncate(length);
    };
    match value {
        Value::String(text) if text.contains('\0') => {
            faults.push(FieldFault::new(pointer.as_str(), Fault::NullCharacter))
        }
        Value::Array(values) => values.iter().enumerate().for_each(|(index, inner)| visit(&index.to_string(), inner)),
        Value::Object(members) => members.iter().for_each(|(name, inner)| visit(name, inner)),
        _ => {}
    }
}

/// A name as a JSON Pointer token (RFC 6901).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What does not fit the type, from serde's words, which are its only interface.
fn shape_fault(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldFault {
    let mut pointer = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", escaped(key))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let message = error.inner().to_string();
    let named = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("missing field") {
        return FieldFault::new(format!("{pointer}/{}", escaped(named)), Fault::Required);
    }
    let fault = match message.split(' ').next().and_then(Fault::from_code) {
        Some(fault) => fault,
        None if message.starts_with("unknown field") => Fault::UnknownMember,
        None if message.starts_with("unknown variant") => Fault::NotAllowed,
        None if message.starts_with("invalid value: integer") => Fault::OutOfRange,
        None => Fault::WrongType,
    };
    FieldFault::new(pointer, fault)
}

fn collect_faults(errors: &ValidationErrors, pointer: &str, faults: &mut Vec<FieldFault>) {
    for (name, kind) in errors.errors() {
        let here = format!("{pointer}/{}", escaped(name));
        match kind {
            ValidationErrorsKind::Struct(inner) => collect_faults(inner, &here, faults),
            ValidationErrorsKind::List(inner) => {
                inner.iter().for_each(|(index, inner)| collect_faults(inner, &format!("{here}/{index}"), faults));
            }
            ValidationErrorsKind::Field(found) => {
                faults.extend(found.iter().map(|error| FieldFault::new(here.as_str(), rule_fault(error))));
            }
        }
    }
}

fn rule_fault(error: &validator::ValidationError) -> Fault {
    if error.code != "length" {
        return Fault::from_code(&error.code).unwrap_or(Fault::OutOfRange);
    }
    let number = |name: &str| error.params.get(name).and_then(Value::as_u64);
    let length = match error.params.get("value") {
        Some(Value::String(text)) => text.chars().count() as u64,
        Some(Value::Array(values)) => values.len() as u64,
        _ => 0,
    };
    if number("min").is_some_and(|min| length < min) { Fault::TooShort } else { Fault::TooLong }
}

/// Reads an id that a phone made: UUIDv7, or v4.
pub fn phone_made_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<uuid::Uuid>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let read = |text: String| read_phone_made_id(&text).ok_or_else(|| de::Error::custom(Fault::BadFormat.code()));
    text.map(read).transpose()
}

/// As [`phone_made_id`], from a path.
pub fn read_phone_made_id(text: &str) -> Option<uuid::Uuid> {
    let id = uuid::Uuid::try_parse(text).ok()?;
    (text.len() == 36 && matches!(id.get_version_num(), 4 | 7)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[validate(length(min = 2, max = 3))]
        name: String,
        #[validate(range(min = 1, max = 9))]
        number: Option<i64>,
        #[validate(nested)]
        #[serde(default)]
        inner: Vec<Sample>,
    }

    fn outcome(text: &str) -> (Refusal, Vec<(String, Fault)>) {
        let refused = match read::<Sample>(text.as_bytes()) {
            Ok(_) => panic!("taken: {text}"),
            Err(problem) => problem.refused,
        };
        (refused.refusal, refused.faults.into_iter().map(|fault| (fault.pointer, fault.fault)).collect())
    }

    #[test]
    fn what_cannot_be_parsed_is_told_apart() {
        for text in ["", "{", "{} {}", "nul", r#"{"name":"\ud800"}"#, "{\"name\":\"a\x01b\"}", "1e999"] {
            assert_eq!(outcome(text).0, Refusal::MalformedJson, "{text}");
        }
        assert_eq!(outcome(r#"{"name":"ab","name":"ab"}"#).0, Refusal::DuplicateMember);
        assert_eq!(outcome(&format!("{}{}", "[".repeat(33), "]".repeat(33))).0, Refusal::TooDeep);
        assert_eq!(outcome(&"[".repeat(100_000)).0, Refusal::TooDeep);
        assert_eq!(outcome(&format!("{}{}", "[".repeat(32), "]".repeat(32))).0, Refusal::InvalidContent);
    }

    #[test]
    fn every_wrong_value_is_pointed_at() {
        for (text, pointer, fault) in [
            (r#"{}"#, "/name", Fault::Required),
            (r#"{"name":1}"#, "/name", Fault::WrongType),
            (r#"{"name":"ab","other":1}"#, "/other", Fault::UnknownMember),
            (r#"{"name":"ab","inner":[{"name":"ab"},{"name":"ab","a/b":0}]}"#, "/inner/1/a~1b", Fault::UnknownMember),
            (r#"{"name":"a"}"#, "/name", Fault::TooShort),
            (r#"{"name":"abcd"}"#, "/name", Fault::TooLong),
            (r#"{"name":"ab","number":10}"#, "/number", Fault::OutOfRange),
            (r#"{"name":"ab","inner":[{"name":"ab"},{"name":"abcd"}]}"#, "/inner/1/name", Fault::TooLong),
            ("{\"name\":\"a\\u0000\"}", "/name", Fault::NullCharacter),
            (r#"[]"#, "", Fault::WrongType),
        ] {
            assert_eq!(outcome(text), (Refusal::InvalidContent, vec![(pointer.to_owned(), fault)]), "{text}");
        }
    }

    #[test]
    fn text_typed_on_two_phones_is_one_text() {
        let body = read::<Sample>("{\"name\":\"e\u{302}\u{323}m\"}".as_bytes()).unwrap();
        assert_eq!(body.value.name, "ệm");
    }

    #[test]
    fn phones_make_ids_of_version_7_or_4() {
        assert!(read_phone_made_id("01998a3e-6b1c-7c3a-9a55-0d5f6c1b2a3e").is_some());
        assert!(read_phone_made_id("8c5ef5a4-7a43-4f6e-8f0b-2f2f6e0a1a11").is_some());
        for text in [
            "",
            "01998a3e6b1c7c3a9a550d5f6c1b2a3e",
            "00000000-0000-0000-0000-000000000000",
            "8c5ef5a4-7a43-1f6e-8f0b-2f2f6e0a1a11",
        ] {
            assert_eq!(read_phone_made_id(text), None, "{text}");
        }
    }
}
