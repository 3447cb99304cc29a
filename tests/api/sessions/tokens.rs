//! Access tokens: only those of this service, of this form, for this time are believed.

use std::path::Path;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::{ORIGIN, TestApp};
use crate::citizens::Citizen;

/// The tests know the keys. Several services that start at once share them, as processes on one database do.
const KEYS: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/known-keys");

both!(with [("CONGDANSO_KEYS_DIR", super::KEYS)];
    a_token_signed_anew_is_as_good_as_the_first,
    a_token_with_another_header_is_refused,
    a_token_with_other_claims_is_refused,
    a_token_with_another_signature_is_refused,
    a_token_is_looked_for_in_its_header_alone,
    a_token_of_another_person_or_session_is_no_session,
);

/// A token taken apart.
struct Parts {
    header: Value,
    claims: Value,
}

impl Parts {
    fn of(token: &str) -> Self {
        let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
        let mut next = || serde_json::from_slice(&parts.next().unwrap()).unwrap_or_default();
        Self { header: next(), claims: next() }
    }

    fn unsigned(&self) -> String {
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        format!("{}.{}", encode(&self.header), encode(&self.claims))
    }

    /// Signed with the key of the service.
    fn signed(&self) -> String {
        sign(&self.unsigned(), &key())
    }

    fn with(&self, part: &str, member: &str, value: Value) -> Self {
        let mut changed = Self { header: self.header.clone(), claims: self.claims.clone() };
        let members = if part == "header" { &mut changed.header } else { &mut changed.claims };
        if value == json!("absent") {
            members.as_object_mut().unwrap().remove(member).expect("a member to take away");
        } else {
            members[member] = value;
        }
        changed
    }
}

fn pkcs8() -> Vec<u8> {
    std::fs::read(Path::new(KEYS).join("access-token.pk8")).unwrap()
}

fn key() -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8()).unwrap()
}

fn sign(unsigned: &str, key: &EcdsaKeyPair) -> String {
    let signature = key.sign(&SystemRandom::new(), unsigned.as_bytes()).unwrap();
    format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

fn me(app: &TestApp, token: &str) -> Answer {
    app.get("/v1/me").bearer(token).send()
}

#[track_caller]
fn assert_refused(app: &TestApp, cases: &[(String, String)]) {
    let mut believed = Vec::new();
    for (name, token) in cases {
        let answer = me(app, token);
        if answer.status != 401 || answer.json()["code"] != "unauthenticated" {
            believed.push(format!("{name}: {}", answer.text()));
        }
    }
    assert!(believed.is_empty(), "{}", believed.join("\n"));
}

/// Without this the others would prove nothing.
fn a_token_signed_anew_is_as_good_as_the_first(app: &TestApp) {
    let citizen = app.citizen();
    let parts = Parts::of(&citizen.access_token);
    assert_eq!((&parts.header["alg"], &parts.header["typ"]), (&json!("ES256"), &json!("at+jwt")));
    assert_eq!(parts.claims["iss"], ORIGIN);
    let anew = parts.with("claims", "jti", json!(app.new_id())).signed();
    assert_ne!(anew, citizen.access_token);
    assert_eq!(me(app, &anew).expect(200)["citizen_code"], json!(citizen.citizen_code));
    let keys = app.get("/.well-known/jwks.json").send().expect(200);
    assert_eq!(keys["keys"][0]["kid"], parts.header["kid"]);
}

fn a_token_with_another_header_is_refused(app: &TestApp) {
    let parts = Parts::of(&app.citizen().access_token);
    let (kid, jwk) = (&parts.header["kid"], app.get("/.well-known/jwks.json").send().expect(200)["keys"][0].clone());
    let changes = [
        ("alg", json!("none")),
        ("alg", json!("NONE")),
        ("alg", json!("HS256")),
        ("alg", json!("ES384")),
        ("alg", json!("RS256")),
        ("alg", json!("EdDSA")),
        ("alg", json!("es256")),
        ("alg", json!("absent")),
        ("alg", json!(null)),
        ("typ", json!("JWT")),
        ("typ", json!("vc+jwt")),
        ("typ", json!("sp+jwt")),
        ("typ", json!(null)),
        ("typ", json!("absent")),
        ("kid", json!("absent")),
        ("kid", json!("")),
        ("kid", json!(format!("{}x", kid.as_str().unwrap()))),
        ("kid", json!("../../dev/null")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(["b64"])),
        ("b64", json!(false)),
        ("jku", json!("https://example.com/jwks.json")),
        ("jwk", jwk),
        ("x5u", json!("https://example.com/cert.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("x")),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("enc", json!("A128GCM")),
        ("x", json!("an unknown member")),
    ];
    let changed =
        changes.map(|(member, value)| (format!("{member} {value}"), parts.with("header", member, value).signed()));
    assert_refused(app, &changed);
}

fn a_token_with_other_claims_is_refused(app: &TestApp) {
    let parts = Parts::of(&app.citizen().access_token);
    let now = app.clock.now().unix_seconds();
    let changes = [
        ("iss", json!("https://example.com")),
        ("iss", json!(format!("{ORIGIN}/"))),
        ("iss", json!("absent")),
        ("iss", json!(null)),
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("aud", json!([])),
        ("aud", json!("absent")),
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!("absent")),
        ("exp", json!(null)),
        ("exp", json!((now + 600).to_string())),
        ("iat", json!(now + 61)),
        ("iat", json!(now + 1_000_000)),
        ("iat", json!("absent")),
        ("nbf", json!(now + 61)),
        ("nbf", json!(now + 1_000_000)),
        ("sub", json!("absent")),
        ("sub", json!("x")),
        ("sub", json!(null)),
        ("sid", json!("absent")),
        ("sid", json!("x")),
        ("auth_time", json!("absent")),
        ("jti", json!("absent")),
    ];
    let changed =
        changes.map(|(member, value)| (format!("{member} {value}"), parts.with("claims", member, value).signed()));
    assert_refused(app, &changed);
    // A minute between the clocks of two processes is forgiven, a second before the end is in time.
    for (member, seconds) in [("iat", now + 60), ("exp", now + 1)] {
        me(app, &parts.with("claims", member, json!(seconds)).signed()).expect(200);
    }
}

fn a_token_with_another_signature_is_refused(app: &TestApp) {
    let citizen = app.citizen();
    let parts = Parts::of(&citizen.access_token);
    let (unsigned, good) = (parts.unsigned(), parts.signed());
    let with = |signature: &[u8]| format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature));
    let stranger = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let der = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8()).unwrap();
    let der = der.sign(&SystemRandom::new(), unsigned.as_bytes()).unwrap();
    let mut flipped = URL_SAFE_NO_PAD.decode(good.rsplit('.').next().unwrap()).unwrap();
    flipped[40] ^= 1;
    let none = parts.with("header", "alg", json!("none")).unsigned();
    let other = parts.with("claims", "jti", json!(app.new_id())).unsigned();
    let mut cases = vec![
        ("none", with(&[])),
        ("zeros", with(&[0; 64])),
        ("a bit flipped", with(&flipped)),
        ("of a stranger", sign(&unsigned, &stranger)),
        ("DER", with(der.as_ref())),
        ("padded", format!("{good}==")),
        ("alg none", format!("{none}.")),
        ("alg none in two parts", none),
        ("of other claims", format!("{other}.{}", good.rsplit('.').next().unwrap())),
        ("two parts", unsigned.clone()),
        ("four parts", format!("{good}.x")),
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("rubbish", "x.y.z".to_owned()),
        ("a refresh token", citizen.refresh_token.clone()),
        ("a space inside", good.replacen('.', ". ", 1)),
    ];
    // The well-known confusion: the public key as the secret of an HMAC.
    let hs256 = parts.with("header", "alg", json!("HS256")).unsigned();
    let jwk = app.get("/.well-known/jwks.json").send().expect(200)["keys"][0].to_string();
    let point = key().public_key().as_ref().to_vec();
    for secret in [&point[..], &point[1..], jwk.as_bytes(), b""] {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), hs256.as_bytes());
        cases.push(("HMAC with the public key", format!("{hs256}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))));
    }
    let cases: Vec<_> = cases.into_iter().map(|(name, token)| (name.to_owned(), token)).collect();
    assert_refused(app, &cases);
    me(app, &good).expect(200);
}

fn a_token_is_looked_for_in_its_header_alone(app: &TestApp) {
    let Citizen { access_token: token, .. } = &app.citizen();
    let refused = [
        app.get(&format!("/v1/me?access_token={token}")),
        app.get(&format!("/v1/me?token={token}&authorization=Bearer%20{token}")),
        app.get("/v1/me").header("cookie", &format!("access_token={token}; Authorization=Bearer {token}")),
        app.get("/v1/me").header("x-access-token", token),
        app.get("/v1/me").header("proxy-authorization", &format!("Bearer {token}")),
        app.get("/v1/me").header("authorization", token),
        app.get("/v1/me").header("authorization", &format!("Basic {token}")),
        app.get("/v1/me").header("authorization", &format!("DPoP {token}")),
        app.get("/v1/me").header("authorization", &format!("Bearer {token}, Bearer {token}")),
        app.get("/v1/me").header("authorization", &format!("Bearer \"{token}\"")),
        app.get("/v1/me").header("authorization", &format!("Bearer{token}")),
        app.get("/v1/me").header("authorization", "Bearer"),
        app.get("/v1/me").header("authorization", "Bearer "),
    ];
    for request in refused {
        let answer = request.send();
        answer.expect_problem(401, "unauthenticated");
        assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")));
    }
    // The scheme may be written in any case (RFC 9110 §11.1).
    app.get("/v1/me").header("authorization", &format!("bearer {token}")).send().expect(200);
}

fn a_token_of_another_person_or_session_is_no_session(app: &TestApp) {
    let (hoa, nam) = (app.citizen(), app.citizen());
    let (of_hoa, of_nam) = (Parts::of(&hoa.access_token), Parts::of(&nam.access_token));
    for (member, value) in [
        ("sub", of_nam.claims["sub"].clone()),
        ("sid", of_nam.claims["sid"].clone()),
        ("sub", json!(app.new_id())),
        ("sid", json!(app.new_id())),
    ] {
        let strange = of_hoa.with("claims", member, value).signed();
        me(app, &strange).expect_problem(401, "session-ended");
        // Nor when the owner of the session has just been here.
        hoa.get("/v1/me").send().expect(200);
        nam.get("/v1/me").send().expect(200);
        me(app, &strange).expect_problem(401, "session-ended");
    }
}
