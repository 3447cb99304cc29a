//! Signing in, staying signed in on a bad network, and proving it with every request.

use std::time::Duration;

use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::accounts::{self, SignedIn};
use super::{Context, Desk, Error};
use crate::domain::account::AccountState;
use crate::domain::citizen_code::CitizenCode;
use crate::domain::consent::Consents;
use crate::domain::phone::Phone;
use crate::domain::refusal::{Refusal, Refused};
use crate::domain::role::Role;
use crate::domain::session::{self, DeviceMode, Lifetime, RefreshDecision, TokenUse};
use crate::domain::time::Timestamp;
use crate::keys::passwords::Verdict;
use crate::keys::tokens::{Claims, LIFETIME_SECONDS};
use crate::store::accounts::AccountRow;
use crate::store::columns::{Instant, Key};
use crate::store::journal::{self, Event};
use crate::store::sessions::{RefreshTokenRow, SessionRow};
use crate::store::{self, Db};

/// The phone a person signs in with.
pub struct Device {
    pub name: String,
    pub mode: DeviceMode,
}

/// Who makes a request. Having one is proof that the token was good and the account is in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    pub account_id: Uuid,
    pub session_id: Uuid,
    pub consents: Consents,
}

/// Tokens verified before, by hash, and what was last known of a session and its account.
pub struct Believed {
    tokens: Cache<[u8; 32], Claims>,
    identities: Cache<Uuid, Identity>,
}

/// Verifying ES256 takes 60 µs, so a verified token is remembered; its expiry is looked at every time.
const TOKENS_REMEMBERED: u64 = 100_000;
/// How long another process may go on believing in an account that was disabled.
const IDENTITY_LIFETIME: Duration = Duration::from_secs(2);

impl Default for Believed {
    fn default() -> Self {
        let lifetime = Duration::from_secs(LIFETIME_SECONDS.unsigned_abs());
        Self {
            tokens: Cache::builder().max_capacity(TOKENS_REMEMBERED).time_to_live(lifetime).build(),
            identities: Cache::builder().max_capacity(TOKENS_REMEMBERED).time_to_live(IDENTITY_LIFETIME).build(),
        }
    }
}

/// Signs in by phone number or citizen code. Unknown, wrong and disabled look alike, in time too.
///
/// # Errors
/// `invalid-credentials`; `too-many-requests` after several failures; `unavailable` where too many sign in at once.
pub fn log_in(
    desk: &Desk,
    context: &mut Context,
    login: &str,
    password: &SecretString,
    device: Device,
) -> Result<SignedIn, Error> {
    let login = Login::parse(login);
    let account = desk.store.read(|db| login.find(db))?;
    let subject = account.as_ref().map_or_else(|| login.subject(), subject_of);
    count_attempt(desk, context.now, &subject)?;
    let kept = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let verdict = desk.passwords.verify(password.expose_secret(), kept)?;
    let account = account.filter(|account| verdict != Verdict::Wrong && account.state != AccountState::Disabled.code());
    let account = account.ok_or(Refusal::InvalidCredentials)?;
    let new_hash = match verdict {
        Verdict::RightButOutdated => Some(desk.passwords.hash(password.expose_secret(), context.random_bytes())?),
        _ => None,
    };
    context.actor = Some(account.id.0);
    let tokens = desk.store.write(&context.entry(), |db| {
        store::accounts::clear_login_failures(db, &desk.passwords.pseudonym(&subject))?;
        if let Some(new_hash) = &new_hash {
            store::accounts::set_password_hash(db, account.id.0, new_hash)?;
        }
        let tokens = open_session(desk, context, db, account.id.0, &device)?;
        let event = opened(&tokens, &account);
        Ok::<_, Error>((tokens, event))
    })?;
    accounts::signed_in(desk, context, account, tokens)
}

/// What a person types to say who they are, however they spell it.
enum Login {
    Phone(Phone),
    Code(CitizenCode),
    Neither,
}

impl Login {
    fn parse(text: &str) -> Self {
        let code = || CitizenCode::parse(text).map(Self::Code);
        Phone::parse(text).map(Self::Phone).or_else(code).unwrap_or(Self::Neither)
    }

    fn find(&self, db: &mut Db) -> Result<Option<AccountRow>, Error> {
        Ok(match self {
            Self::Phone(phone) => store::accounts::find_by_login_phone(db, &phone.e164())?,
            Self::Code(code) => store::accounts::find_by_citizen_code(db, code.as_str())?,
            Self::Neither => None,
        })
    }

    /// Under what failures are counted where there is no account: one name for every spelling, as with an account.
    fn subject(&self) -> String {
        match self {
            Self::Phone(phone) => phone.e164(),
            Self::Code(code) => code.as_str().to_owned(),
            Self::Neither => String::new(),
        }
    }
}

/// Under what an account's failures are counted, at whatever door.
pub(super) fn subject_of(account: &AccountRow) -> String {
    account.id.0.to_string()
}

/// The journal's word for a session that begins.
pub(super) fn opened(tokens: &Tokens, account: &AccountRow) -> Event {
    Event::new("session.opened", tokens.session_id).about(account.id.0).in_area(account.area_code.as_deref())
}

/// The journal's word for a session that ends.
fn ended(session_id: Uuid, account_id: Key, reason: &str) -> Event {
    Event::new("session.ended", session_id).about(account_id.0).with_detail(serde_json::json!({ "reason": reason }))
}

/// Counts a sign-in as failed before it is looked at, so that many at once gain nothing; success takes the count back.
pub(super) fn count_attempt(desk: &Desk, now: Timestamp, subject: &str) -> Result<(), Error> {
    if !desk.rate_limits {
        return Ok(());
    }
    let subject = desk.passwords.pseudonym(subject);
    desk.store.write_unjournalled(|db| {
        let (failures, last) = store::accounts::hold_login_failures(db, &subject, now)?;
        let delay = session::delay_seconds(failures, last, now);
        if delay > 0 {
            let seconds = u32::try_from(delay).unwrap_or(u32::MAX);
            return Err(Refused::retry_after(Refusal::TooManyRequests, seconds).into());
        }
        let remembered = session::remembered_failures(failures, last, now);
        store::accounts::put_login_failures(db, &subject, remembered.saturating_add(1), now)?;
        Ok(())
    })
}

/// A fresh pair of tokens and the session they belong to.
pub struct Tokens {
    pub session_id: Uuid,
    pub access_token: String,
    pub refresh_token: String,
    pub refresh_expires_at: Timestamp,
}

/// Opens a session within the caller's transaction.
pub(super) fn open_session(
    desk: &Desk,
    context: &mut Context,
    db: &mut Db,
    account_id: Uuid,
    device: &Device,
) -> Result<Tokens, Error> {
    let grants = store::accounts::grants_at(db, account_id, context.now)?;
    let is_official = grants.iter().filter_map(|grant| Role::from_code(&grant.role)).any(Role::is_official);
    let lifetime = Lifetime::of(device.mode, is_official);
    let session = SessionRow {
        id: Key(context.new_id()),
        account_id: Key(account_id),
        device_name: device.name.clone(),
        device_mode: device.mode.code().to_owned(),
        authenticated_at: Instant(context.now),
        last_used_at: Instant(context.now),
        idle_seconds: lifetime.idle_seconds,
        expires_at: Instant(context.now.plus_seconds(lifetime.absolute_seconds)),
        ended_at: None,
        end_reason: None,
    };
    store::sessions::insert(db, &session)?;
    Ok(issue(desk, context, db, &session)?.0)
}

/// Gives a session another pair of tokens; also answers the hash of the refresh token.
fn issue(desk: &Desk, context: &mut Context, db: &mut Db, session: &SessionRow) -> Result<(Tokens, [u8; 32]), Error> {
    let refresh_token: String = context.random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
    let token_hash = hash(&refresh_token);
    let row = RefreshTokenRow {
        token_hash: token_hash.to_vec(),
        session_id: session.id,
        issued_at: Instant(context.now),
        used_at: None,
        successor_hash: None,
        revoked: false,
    };
    store::sessions::insert_token(db, &row)?;
    let signed = desk.access_tokens.sign(
        session.account_id.0,
        session.id.0,
        context.new_id(),
        session.authenticated_at.0,
        context.now,
    );
    let access_token = signed.map_err(|_| Error::Broken("the token key cannot sign"))?;
    let idle_end = context.now.plus_seconds(session.idle_seconds);
    let tokens = Tokens {
        session_id: session.id.0,
        access_token,
        refresh_token,
        refresh_expires_at: idle_end.min(session.expires_at.0),
    };
    Ok((tokens, token_hash))
}

/// What a refresh came to, decided inside its transaction, which must be kept even where the session ends by it.
enum Refreshed {
    Tokens(Uuid, Box<Tokens>),
    Ended(Option<Uuid>),
}

/// Exchanges a refresh token for a new pair. A repeat whose answer was lost is answered again; two users of one token end
/// the session.
///
/// # Errors
/// `session-ended`.
pub fn refresh(desk: &Desk, context: &mut Context, refresh_token: &str) -> Result<SignedIn, Error> {
    let token_hash = hash(refresh_token);
    let refreshed = desk.store.write_unjournalled(|db| {
        let Some(token) = store::sessions::find_token(db, &token_hash)? else { return Ok(Refreshed::Ended(None)) };
        let before =
            store::sessions::find(db, token.session_id.0)?.ok_or(Error::Broken("a token without a session"))?;
        let session = store::sessions::touch(db, token.session_id.0, context.now)?;
        // Read again: another process may have used the token before this one held the session.
        let token = store::sessions::find_token(db, &token_hash)?.ok_or(Error::Broken("a token vanished"))?;
        let idle_end = before.last_used_at.0.plus_seconds(session.idle_seconds);
        if session.ended_at.is_some() {
            return Ok(Refreshed::Ended(None));
        }
        if context.now >= idle_end.min(session.expires_at.0) {
            return end_within(db, context, &session, "expired");
        }
        let successor = match &token.successor_hash {
            Some(successor) => store::sessions::find_token(db, successor)?,
            None => None,
        };
        let decision = session::decide_refresh(use_of(&token), successor.as_ref().map(use_of));
        if decision == RefreshDecision::Theft {
            return end_within(db, context, &session, "refresh_token_reused");
        }
        if let Some(lost) = successor {
            store::sessions::revoke_token(db, &lost.token_hash)?;
        }
        let (tokens, new_hash) = issue(desk, context, db, &session)?;
        store::sessions::mark_token_used(db, &token_hash, &new_hash, context.now)?;
        Ok::<_, Error>(Refreshed::Tokens(session.account_id.0, Box::new(tokens)))
    })?;
    match refreshed {
        Refreshed::Ended(session_id) => {
            if let Some(session_id) = session_id {
                desk.believed.identities.invalidate(&session_id);
            }
            Err(Refusal::SessionEnded.into())
        }
        Refreshed::Tokens(account_id, tokens) => {
            let account = desk.store.read(|db| store::accounts::find(db, account_id))?;
            let account = account.filter(|account| account.state != AccountState::Disabled.code());
            accounts::signed_in(desk, context, account.ok_or(Refusal::SessionEnded)?, *tokens)
        }
    }
}

fn end_within(db: &mut Db, context: &Context, session: &SessionRow, reason: &str) -> Result<Refreshed, Error> {
    store::sessions::end(db, session.id.0, context.now, reason)?;
    journal::append(db, &[(&context.entry(), &ended(session.id.0, session.account_id, reason))])?;
    Ok(Refreshed::Ended(Some(session.id.0)))
}

fn use_of(token: &RefreshTokenRow) -> TokenUse {
    TokenUse { used: token.used_at.is_some(), revoked: token.revoked }
}

/// Ends the session of a refresh token; an unknown token changes nothing and says nothing.
///
/// # Errors
/// Where the database fails.
pub fn revoke(desk: &Desk, context: &mut Context, refresh_token: &str) -> Result<(), Error> {
    let session = desk.store.read(|db| {
        let token = store::sessions::find_token(db, &hash(refresh_token))?;
        token.map_or(Ok(None), |token| store::sessions::find(db, token.session_id.0))
    })?;
    let Some(session) = session.filter(|session| session.ended_at.is_none()) else { return Ok(()) };
    let session_id = session.id.0;
    context.actor = Some(session.account_id.0);
    desk.store.write(&context.entry(), |db| {
        store::sessions::end(db, session_id, context.now, "signed_out")?;
        Ok::<_, Error>(((), ended(session_id, session.account_id, "signed_out")))
    })?;
    desk.believed.identities.invalidate(&session_id);
    Ok(())
}

/// Who makes a request, where token and account were looked at a moment ago: without the database.
pub fn recall(desk: &Desk, now: Timestamp, access_token: &str) -> Option<Identity> {
    let claims = desk.believed.tokens.get(&hash(access_token)).filter(|claims| claims.exp > now.unix_seconds())?;
    desk.believed.identities.get(&claims.sid).filter(|identity| identity.account_id == claims.sub)
}

/// Finds out who makes a request by its access token.
///
/// # Errors
/// `unauthenticated` for a token that is not ours or has expired, `session-ended` for one whose session is over.
pub fn authenticate(desk: &Desk, now: Timestamp, access_token: &str) -> Result<Identity, Error> {
    let claims = believe(desk, now, access_token)?;
    let (session, standing) = desk.store.read(|db| {
        Ok::<_, Error>((store::sessions::find(db, claims.sid)?, store::accounts::standing(db, claims.sub)?))
    })?;
    let session = session.filter(|session| session.ended_at.is_none() && session.account_id == Key(claims.sub));
    let standing = standing.filter(|(state, _)| state != AccountState::Disabled.code());
    let (Some(_), Some((_, consents))) = (session, standing) else { return Err(Refusal::SessionEnded.into()) };
    let identity = Identity { account_id: claims.sub, session_id: claims.sid, consents: Consents(consents) };
    desk.believed.identities.insert(claims.sid, identity);
    Ok(identity)
}

fn believe(desk: &Desk, now: Timestamp, access_token: &str) -> Result<Claims, Error> {
    let token_hash = hash(access_token);
    if let Some(claims) = desk.believed.tokens.get(&token_hash).filter(|claims| claims.exp > now.unix_seconds()) {
        return Ok(claims);
    }
    let claims = desk.access_tokens.verify(access_token, now).map_err(|_| Refusal::Unauthenticated)?;
    desk.believed.tokens.insert(token_hash, claims.clone());
    Ok(claims)
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}
