//! Requests, by a client that keeps its connections and by bare bytes. Every answer is held against the contract.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Method, Request};

use crate::answer::Answer;
use crate::app::TestApp;

/// A client that takes every answer as it comes: no redirections, no coding, an error status is no error.
pub fn client() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .accept_encoding("identity")
        .timeout_global(Some(Duration::from_secs(60)));
    config.build().new_agent()
}

/// A request that is being put together.
pub struct Outgoing<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl<'a> Outgoing<'a> {
    pub fn new(app: &'a TestApp, method: &str, path: &str) -> Self {
        Self { app, method: method.parse().unwrap(), path: path.to_owned(), headers: HeaderMap::new(), body: None }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", content_type)
    }

    /// Sends it and holds the answer against the contract.
    ///
    /// # Panics
    /// Where there is no answer.
    #[track_caller]
    pub fn send(self) -> Answer {
        let mut request =
            Request::builder().method(&self.method).uri(format!("http://{}{}", self.app.address(), self.path));
        *request.headers_mut().unwrap() = self.headers;
        let response = match self.body {
            Some(body) => self.app.client.run(request.body(body).unwrap()),
            None => self.app.client.run(request.body(()).unwrap()),
        };
        let (head, mut body) =
            response.unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.path)).into_parts();
        let bytes = body.with_config().limit(100 << 20).read_to_vec().unwrap();
        let answer = Answer::new(head.status.as_u16(), head.headers, bytes);
        self.app.check(self.method.as_str(), &self.path, &answer);
        answer
    }

    /// The request as it goes over the wire, for tests that cut it off.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes =
            format!("{} {} HTTP/1.1\r\nhost: {}\r\n", self.method, self.path, self.app.address()).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        let body = self.body.as_deref().unwrap_or_default();
        bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).into_bytes());
        bytes.extend(body);
        bytes
    }
}

/// Sends bytes as they are and reads one answer; `None` where the service hangs up without one.
pub fn exchange(mut stream: TcpStream, bytes: &[u8]) -> Option<Answer> {
    stream.write_all(bytes).ok()?;
    read_answer(&mut stream)
}

/// Reads one answer from a bare connection.
pub fn read_answer(stream: &mut TcpStream) -> Option<Answer> {
    let mut received = Vec::new();
    let head_end = loop {
        if let Some(position) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break position + 4;
        }
        let mut chunk = [0; 8192];
        let count = stream.read(&mut chunk).ok().filter(|&count| count > 0)?;
        received.extend(&chunk[..count]);
    };
    let head = String::from_utf8(received[..head_end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        headers.append(name.parse::<HeaderName>().unwrap(), value.trim().parse().unwrap());
    }
    let length = headers.get("content-length").map_or(0, |value| value.to_str().unwrap().parse().unwrap());
    let mut body = received.split_off(head_end);
    let here = body.len().min(length);
    body.resize(length, 0);
    stream.read_exact(&mut body[here..]).ok()?;
    Some(Answer::new(status, headers, body))
}
