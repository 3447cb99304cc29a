//! Content that is the same for everybody: built once per version and language, compressed once, served as shared bytes.

use std::io::Write;
use std::sync::Arc;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::language::Language;

/// Brotli's second highest effort: the highest takes ten times as long for two per cent.
const BROTLI_QUALITY: i32 = 9;
const ZSTD_LEVEL: i32 = 19;
/// Below this many bytes a coding is not worth its header.
const WORTH_CODING_BYTES: usize = 512;

/// How long a copy may be used unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Ask each time, by ETag.
    Revalidate,
    /// The address names this very content.
    Immutable,
    /// Keys and the like: five minutes.
    Minutes,
}

impl Freshness {
    const fn header(self) -> &'static str {
        match self {
            Self::Revalidate => "no-cache",
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Minutes => "public, max-age=300, stale-while-revalidate=86400",
        }
    }
}

/// One content in every coding.
pub struct Variants {
    content_type: String,
    language: Option<Language>,
    identity: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    zstd: Option<Bytes>,
    tag: String,
}

impl Variants {
    pub fn of_json(value: &impl Serialize, language: Option<Language>) -> Self {
        Self::new(json(value), "application/json", language)
    }

    /// JSON that is asked for once: coding it would cost more than it saves.
    pub fn uncoded(value: &impl Serialize, language: Option<Language>) -> Self {
        let identity = json(value);
        let tag = tag(&identity);
        Self {
            content_type: "application/json".to_owned(),
            language,
            brotli: None,
            gzip: None,
            zstd: None,
            tag,
            identity: identity.into(),
        }
    }

    pub fn new(identity: Vec<u8>, content_type: impl Into<String>, language: Option<Language>) -> Self {
        let coded = |coding: fn(&[u8]) -> std::io::Result<Vec<u8>>| {
            let coded = (identity.len() >= WORTH_CODING_BYTES).then(|| coding(&identity).ok())??;
            (coded.len() < identity.len()).then(|| Bytes::from(coded))
        };
        Self {
            content_type: content_type.into(),
            language,
            brotli: coded(brotli_coded),
            gzip: coded(gzip_coded),
            zstd: coded(|bytes| zstd::encode_all(bytes, ZSTD_LEVEL)),
            tag: tag(&identity),
            identity: Bytes::from(identity),
        }
    }

    /// The answer to a request: 304 where it has this content, else the best coding that it takes.
    pub fn answer(&self, request: &HttpRequest, freshness: Freshness) -> HttpResponse {
        let (body, coding) = self.choose(request);
        let tag = match coding {
            Some(coding) => format!("\"{}-{coding}\"", self.tag),
            None => format!("\"{}\"", self.tag),
        };
        let is_known = has_tag(request, &tag);
        let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header((header::ETAG, tag));
        response.insert_header((header::CACHE_CONTROL, freshness.header()));
        response.insert_header((header::VARY, "accept-encoding, accept-language"));
        if let Some(language) = self.language {
            response.insert_header((header::CONTENT_LANGUAGE, language.tag()));
        }
        if is_known {
            return response.finish();
        }
        if let Some(coding) = coding {
            response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static(coding)));
        }
        response.content_type(self.content_type.as_str()).body(body)
    }

    fn choose(&self, request: &HttpRequest) -> (Bytes, Option<&'static str>) {
        let accepted =
            request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let codings = [("br", &self.brotli), ("zstd", &self.zstd), ("gzip", &self.gzip)];
        let best = codings
            .into_iter()
            .find_map(|(name, body)| Some((body.clone()?, name)).filter(|_| accepts(accepted, name)));
        best.map_or_else(|| (self.identity.clone(), None), |(body, name)| (body, Some(name)))
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // The wire shapes have string keys and no failing parts.
    serde_json::to_vec(value).unwrap_or_default()
}

fn tag(identity: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(identity)[..12])
}

/// Whether `Accept-Encoding` names a coding with a weight above 0. Phones that send only `*` get the identity.
fn accepts(accepted: &str, coding: &str) -> bool {
    accepted.split(',').any(|part| {
        let mut parameters = part.split(';').map(str::trim);
        let is_named = parameters.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let is_excluded = parameters.any(|parameter| {
            parameter
                .strip_prefix("q=")
                .is_some_and(|weight| weight.chars().all(|character| matches!(character, '0' | '.')))
        });
        is_named && !is_excluded
    })
}

/// Weak comparison, as RFC 9110 §13.1.2 asks for `If-None-Match`.
fn has_tag(request: &HttpRequest, tag: &str) -> bool {
    let mut values = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    values
        .any(|value| value.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag))
}

fn brotli_coded(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut coded = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: BROTLI_QUALITY, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut coded, &parameters)?;
    Ok(coded)
}

fn gzip_coded(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Contents that were asked for, by a key that names content and language.
pub struct Cache(moka::sync::Cache<String, Arc<Variants>>);

impl Default for Cache {
    fn default() -> Self {
        Self(moka::sync::Cache::new(256))
    }
}

impl Cache {
    /// The content of a key, built by the first who asks.
    pub fn get(&self, key: String, build: impl FnOnce() -> Variants) -> Arc<Variants> {
        self.0.get_with(key, || Arc::new(build()))
    }
}
