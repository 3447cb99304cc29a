//! Access tokens: RFC 9068 JSON Web Tokens, ES256, ten minutes.

use std::io;
use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::time::Timestamp;

/// How long an access token lives, in seconds.
pub const LIFETIME_SECONDS: i64 = 600;

/// How far another process's clock may be off, in seconds.
const CLOCK_LEEWAY_SECONDS: i64 = 60;

const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "congdanso";

/// What an access token says. Roles are not in it: they are looked up, so that taking one away works at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    jti: Uuid,
    client_id: String,
    iat: i64,
    nbf: i64,
    /// Unix seconds.
    pub exp: i64,
    /// When the password was last given, in Unix seconds.
    pub auth_time: i64,
    acr: String,
}

/// A public key as `/.well-known/jwks.json` lists it (RFC 7517).
#[derive(Debug, Clone, Serialize)]
pub struct PublicKey {
    pub kty: &'static str,
    pub crv: &'static str,
    pub x: String,
    pub y: String,
    pub kid: String,
    #[serde(rename = "use")]
    pub purpose: &'static str,
    pub alg: &'static str,
}

/// Why a token was not believed. Which of the many reasons it was helps an attacker only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// The key with which this service signs and reads access tokens.
pub struct AccessTokens {
    issuer: String,
    signing_key: EncodingKey,
    reading_key: DecodingKey,
    public_key: PublicKey,
}

impl AccessTokens {
    /// Reads the key file, or makes one (PKCS #8).
    ///
    /// # Errors
    /// Where the file cannot be read or made, or holds no P-256 key.
    pub fn load_or_create(path: &Path, issuer: &str) -> io::Result<Self> {
        let pkcs8 = super::files::load_or_create_with(path, || {
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
            Ok(document.map_err(|_| io::Error::other("no randomness"))?.as_ref().to_vec())
        })?;
        let no_key = |_| io::Error::new(io::ErrorKind::InvalidData, format!("{} holds no P-256 key", path.display()));
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).map_err(|e| no_key(e.to_string()))?;
        let public_key = public_key(pair.public_key().as_ref());
        let reading_key =
            DecodingKey::from_ec_components(&public_key.x, &public_key.y).map_err(|e| no_key(e.to_string()))?;
        Ok(Self { issuer: issuer.to_owned(), signing_key: EncodingKey::from_ec_der(&pkcs8), reading_key, public_key })
    }

    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Signs a token for an account's session.
    ///
    /// # Errors
    /// Where the key cannot sign, which loading it has ruled out.
    pub fn sign(
        &self,
        account: Uuid,
        session: Uuid,
        id: Uuid,
        authenticated_at: Timestamp,
        now: Timestamp,
    ) -> Result<String, Refused> {
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: account,
            sid: session,
            jti: id,
            client_id: AUDIENCE.to_owned(),
            iat: now.unix_seconds(),
            nbf: now.unix_seconds(),
            exp: now.unix_seconds() + LIFETIME_SECONDS,
            auth_time: authenticated_at.unix_seconds(),
            acr: "1".to_owned(),
        };
        encode(&self.header(), &claims, &self.signing_key).map_err(|_| Refused)
    }

    /// Reads a token, believing the algorithm, type and key of this service alone, at `now`.
    ///
    /// # Errors
    /// [`Refused`] for every other token.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Refused> {
        let header = decode_header(token).map_err(|_| Refused)?;
        if header != self.header() {
            return Err(Refused);
        }
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        // The library asks the machine's clock; this service's time is a value.
        validation.validate_exp = false;
        let claims = decode::<Claims>(token, &self.reading_key, &validation).map_err(|_| Refused)?.claims;
        let latest_start = now.unix_seconds() + CLOCK_LEEWAY_SECONDS;
        let is_current = claims.exp > now.unix_seconds() && claims.nbf.max(claims.iat) <= latest_start;
        if is_current { Ok(claims) } else { Err(Refused) }
    }

    /// The header of every token. None other is read, so no `crit`, `jku`, `jwk` or `x5u` is ever listened to.
    fn header(&self) -> Header {
        Header { typ: Some(TYPE.to_owned()), kid: Some(self.public_key.kid.clone()), ..Header::new(Algorithm::ES256) }
    }
}

/// From an uncompressed point: 4, then x and y of 32 bytes. `kid` is the thumbprint of RFC 7638.
fn public_key(point: &[u8]) -> PublicKey {
    let (x, y) = point[1..].split_at(32);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(members));
    PublicKey { kty: "EC", crv: "P-256", x, y, kid, purpose: "sig", alg: "ES256" }
}
