//! An answer, and what tests ask of it.

use std::io::Read;

use serde_json::Value;
use ureq::http::HeaderMap;

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// As received, perhaps coded.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn new(status: u16, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        Self { status, headers, bytes }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body without its coding.
    pub fn plain_bytes(&self) -> Vec<u8> {
        let mut plain = Vec::new();
        match self.header("content-encoding") {
            None => return self.bytes.clone(),
            Some("br") => brotli::BrotliDecompress(&mut &self.bytes[..], &mut plain).map(|()| 0),
            Some("gzip") => flate2::read::GzDecoder::new(&self.bytes[..]).read_to_end(&mut plain),
            Some("zstd") => zstd::stream::copy_decode(&self.bytes[..], &mut plain).map(|()| 0),
            Some(other) => panic!("content-encoding: {other}"),
        }
        .unwrap();
        plain
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.plain_bytes()).expect("a body in UTF-8")
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        let text = self.text();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{} {error}: {text}", self.status))
    }

    /// Path and query of `Link: <…>; rel="next"`, wherever it leads.
    pub fn next_page(&self) -> Option<String> {
        let target = self.header("link")?.strip_suffix(">; rel=\"next\"")?.strip_prefix('<')?;
        Some(target.strip_prefix(crate::app::ORIGIN).unwrap_or(target).to_owned())
    }

    /// Insists on a status and gives the body.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// Insists on a problem and gives its document.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }

    /// Insists on one `invalid-content` with exactly these faults, as (pointer, code), in any order.
    #[track_caller]
    pub fn expect_faults(&self, expected: &[(&str, &str)]) {
        let problem = self.expect_problem(422, "invalid-content");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let errors = problem["errors"].as_array().unwrap().iter();
        let mut found: Vec<_> = errors.map(|error| (text(&error["pointer"]), text(&error["code"]))).collect();
        let mut expected: Vec<_> =
            expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}
