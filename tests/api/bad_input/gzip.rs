//! Bodies in gzip: good, broken, and swollen.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::case::Case;
use super::scene::Scene;
use crate::app::TestApp;

both!(
    a_body_in_gzip_is_as_good_as_a_plain_one,
    a_broken_gzip_body_is_refused,
    a_gzip_bomb_is_refused,
    what_is_in_the_gzip_is_held_to_the_same_rules,
);

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn coded(case: Case, body: Vec<u8>) -> Case {
    case.header("content-encoding", "gzip").json(body)
}

fn a_body_in_gzip_is_as_good_as_a_plain_one(app: &TestApp) {
    let scene = Scene::new(app);
    let text = scene.submission().body.to_string();
    let small = gzip(text.as_bytes());
    assert!(small.len() * 2 < text.len());
    let first = coded(scene.submission().case(), small.clone()).send(app).expect(201);
    let capitals = scene.submission().case().header("content-encoding", "GZip").json(small);
    assert_eq!(capitals.send(app).expect(200), first);
    assert_eq!(scene.submission().case().json(text.clone()).send(app).expect(200), first);
    let plain = scene.submission().case().header("content-encoding", "identity").json(text.clone());
    assert_eq!(plain.send(app).expect(200), first);
    let with_charset = scene.submission().case().header("content-type", "Application/JSON; charset=utf-8");
    assert_eq!(with_charset.body(text.clone()).send(app).expect(200), first);
    // Several members one after the other are one body (RFC 1952).
    let halves = [gzip(&text.as_bytes()[..100]), gzip(&text.as_bytes()[100..])].concat();
    assert_eq!(coded(scene.submission().case(), halves).send(app).expect(200), first);
}

fn a_broken_gzip_body_is_refused(app: &TestApp) {
    super::sweep(app, |scene| {
        let whole = gzip(scene.submission().body.to_string().as_bytes());
        let mut damaged = whole.clone();
        damaged[whole.len() / 2] ^= 0x55;
        let mut wrong_sum = whole.clone();
        wrong_sum[whole.len() - 8] ^= 1;
        let broken = [
            Vec::new(),
            b"{}".to_vec(),
            vec![0x1f],
            whole[..5].to_vec(),
            whole[..10].to_vec(),
            whole[..whole.len() / 2].to_vec(),
            whole[..whole.len() - 1].to_vec(),
            [&whole[..], b"rubbish"].concat(),
            damaged,
            wrong_sum,
        ];
        let operations = scene.operations.iter();
        let broken = operations.flat_map(|operation| broken.iter().map(|body| coded(operation.case(), body.clone())));
        broken.map(|case| case.refused(400, "malformed-request")).collect()
    });
}

fn a_gzip_bomb_is_refused(app: &TestApp) {
    super::sweep(app, |scene| {
        let mut cases = Vec::new();
        for bomb in
            [gzip(&vec![b' '; 2 * 1024 * 1024 + 1]), gzip(&vec![b'['; 100 << 20]), gzip(&[b'0'; 64 << 10]).repeat(60)]
        {
            assert!(bomb.len() < 256 * 1024, "{}", bomb.len());
            let operations = scene.operations.iter();
            cases.extend(
                operations.map(|operation| coded(operation.case(), bomb.clone()).refused(413, "payload-too-large")),
            );
        }
        // As sent it is too large already.
        let stored = [gzip(b"{}"), vec![0; 256 * 1024]].concat();
        cases.push(coded(scene.submission().case(), stored).refused(413, "payload-too-large"));
        // Two MiB of spaces are allowed, and are not JSON.
        let most = gzip(&vec![b' '; 2 * 1024 * 1024]);
        cases.push(coded(scene.submission().case(), most).refused(400, "malformed-json"));
        cases
    });
}

fn what_is_in_the_gzip_is_held_to_the_same_rules(app: &TestApp) {
    super::sweep(app, |scene| {
        let rules = |text: &str| coded(scene.submission().case(), gzip(text.as_bytes()));
        vec![
            rules("{").refused(400, "malformed-json"),
            rules(r#"{"a":1,"a":2}"#).refused(400, "duplicate-member"),
            rules(&"[".repeat(1_000_000)).refused(400, "too-deep"),
            rules(r#"{"a":"\u0000"}"#).invalid("/a", "null-character"),
            rules("[]").invalid("", "wrong-type"),
        ]
    });
}
