//! Bodies that are too large or never end.

use std::io::Write;
use std::time::{Duration, Instant};

use super::case::Case;
use super::scene::{Operation, Scene};
use crate::answer::Answer;
use crate::app::TestApp;
use crate::requests::{exchange, read_answer};

both!(
    a_body_of_256_kib_is_read_and_one_byte_more_is_not,
    chunks_are_counted,
    a_length_that_lies_is_refused,
    a_body_that_does_not_come_is_given_up,
);

const MOST: usize = 256 * 1024;

/// The body of an operation, filled up with spaces.
fn padded(operation: &Operation, length: usize) -> Vec<u8> {
    let mut body = operation.body.to_string().into_bytes();
    body.resize(length, b' ');
    body
}

fn a_body_of_256_kib_is_read_and_one_byte_more_is_not(app: &TestApp) {
    super::sweep(app, |scene| {
        let mut cases = Vec::new();
        for operation in &scene.operations {
            for length in [MOST + 1, MOST + 100_000] {
                let case = operation.case().json(padded(operation, length));
                cases.push(case.refused(413, "payload-too-large"));
            }
            let broken = [padded(operation, MOST - 1), b"x".to_vec()].concat();
            cases.push(operation.case().json(broken).refused(400, "malformed-json"));
        }
        cases
    });
    let scene = Scene::new(app);
    let submission = scene.submission();
    submission.case().json(padded(submission, MOST)).send(app).expect(201);
}

/// The bytes of a request whose body comes in chunks of these sizes.
fn chunked(operation: &Operation, token: &str, body: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = format!(
        "{} {} HTTP/1.1\r\nhost: here\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        operation.method, operation.path
    )
    .into_bytes();
    for chunk in body.chunks(size) {
        bytes.extend([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}

fn chunks_are_counted(app: &TestApp) {
    let scene = Scene::new(app);
    let token = &scene.citizen.access_token;
    let send = |operation: &Operation, length: usize, size: usize| -> Answer {
        let bytes = chunked(operation, token, &padded(operation, length), size);
        let answer = exchange(app.connect(), &bytes).expect("an answer");
        app.check(operation.method, &operation.path, &answer);
        answer
    };
    for operation in &scene.operations {
        for size in [1000, 65_536, MOST + 1] {
            send(operation, MOST + 1, size).expect_problem(413, "payload-too-large");
        }
    }
    let text = scene.submission().body.to_string().len();
    send(scene.submission(), text, 1).expect(201);
    send(scene.submission(), MOST, 4096).expect(200);
}

fn a_length_that_lies_is_refused(app: &TestApp) {
    let scene = Scene::new(app);
    let operation = scene.submission();
    let before = scene.rows();
    let head = |length: &str| {
        format!(
            "PUT {} HTTP/1.1\r\nhost: here\r\nconnection: close\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\n{length}\r\n\r\n",
            operation.path, scene.citizen.access_token
        )
    };
    let body = operation.body.to_string();
    let mut found = Vec::new();
    for length in [
        "content-length: -1",
        "content-length: 5, 6",
        "content-length: 99999999999999999999999",
        "content-length: x",
        "content-length: 5\r\ncontent-length: 6",
        "content-length: 5\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked, gzip",
        "transfer-encoding: xyz",
        "content-length: 10",
        "content-length: 1099511627776",
    ] {
        let mut stream = app.connect();
        stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        stream.write_all(format!("{}{body}", head(length)).as_bytes()).unwrap();
        found.push(read_answer(&mut stream).map(|answer| answer.status));
    }
    assert!(found.iter().flatten().all(|status| (400..500).contains(status)), "{found:?}");
    assert_eq!(scene.rows(), before);
    Case::get("/health/live").send(app).expect(200);
}

fn a_body_that_does_not_come_is_given_up(app: &TestApp) {
    let scene = Scene::new(app);
    let request = scene.citizen.put(&scene.submission().path).json(&scene.submission().body).bytes();
    let mut stream = app.connect();
    let begun = Instant::now();
    stream.write_all(&request[..request.len() - 1]).unwrap();
    let answer = read_answer(&mut stream).expect("an answer");
    app.check("PUT", &scene.submission().path, &answer);
    answer.expect_problem(408, "request-timeout");
    assert!((9..15).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}
