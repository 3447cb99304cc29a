//! Floor 3, the desk: one plain function per thing a person can do, at most one transaction each.

pub mod accounts;
pub mod areas;
pub mod attempts;
pub mod intake;
pub mod items;
pub mod profiles;
pub mod quarantine;
pub mod sessions;
pub mod start;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use crate::domain::consent::{ConsentTexts, Controller};
use crate::domain::language::Language;
use crate::domain::person_name::VietnameseOrder;
use crate::domain::refusal::{Refusal, Refused};
use crate::domain::texts::Texts;
use crate::domain::time::Timestamp;
use crate::keys::passwords::{Busy, Passwords};
use crate::keys::tokens::AccessTokens;
use crate::store::journal::Entry;
use crate::store::{self, Store};

/// Everything the functions of this floor work with, made once at start.
pub struct Desk {
    pub store: Arc<Store>,
    pub intake: intake::Intake,
    pub passwords: Passwords,
    pub access_tokens: AccessTokens,
    pub library: items::Library,
    pub texts: Texts,
    pub consent_texts: ConsentTexts,
    pub controller: Controller,
    pub order: VietnameseOrder,
    /// Off for load tests only.
    pub rate_limits: bool,
    pub(crate) believed: sessions::Believed,
}

/// The circumstances of one request. Time and randomness come in here and nowhere else.
pub struct Context {
    pub now: Timestamp,
    pub request_id: String,
    pub language: Language,
    /// The account that acts.
    pub actor: Option<Uuid>,
    random: StdRng,
}

impl Context {
    pub fn new(now: Timestamp, request_id: String, language: Language, actor: Option<Uuid>, seed: [u8; 32]) -> Self {
        Self { now, request_id, language, actor, random: StdRng::from_seed(seed) }
    }

    /// A new id in the order of time (UUIDv7).
    pub fn new_id(&mut self) -> Uuid {
        let milliseconds = u64::try_from(self.now.unix_milliseconds).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &self.random_bytes()).into_uuid()
    }

    pub fn random_bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill_bytes(&mut bytes);
        bytes
    }

    pub fn random_number(&mut self) -> u64 {
        self.random.next_u64()
    }

    pub fn entry(&self) -> Entry {
        Entry { at: self.now, actor: self.actor, request_id: self.request_id.clone() }
    }
}

/// Why something was not done.
#[derive(Debug)]
pub enum Error {
    /// The person can read why, and mostly do something about it.
    Refused(Refused),
    Store(store::Error),
    /// Something that cannot happen did.
    Broken(&'static str),
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// How long a phone waits before it knocks again at a busy door, in seconds.
const BUSY_RETRY_SECONDS: u32 = 2;

impl From<Busy> for Error {
    fn from(_: Busy) -> Self {
        Self::Refused(Refused::retry_after(Refusal::Unavailable, BUSY_RETRY_SECONDS))
    }
}

/// A page of a list, and where the next one begins.
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

/// A place in a list ordered by instant and id.
pub fn cursor(at: Timestamp, id: Uuid) -> String {
    let mut bytes = at.unix_milliseconds.to_be_bytes().to_vec();
    bytes.extend(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads what [`cursor`] wrote.
pub fn read_cursor(text: &str) -> Option<(Timestamp, Uuid)> {
    let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let (at, id) = bytes.split_at(8);
    Some((Timestamp::checked(i64::from_be_bytes(at.try_into().ok()?))?, Uuid::from_slice(id).ok()?))
}
