//! Who calls. Each type here is taken as an argument by handlers, and holding one is the proof of the right.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::future::LocalBoxFuture;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use rand::Rng;

use super::problem::Problem;
use super::{Shared, at_desk};
use crate::domain::language::Language;
use crate::domain::refusal::{Refusal, Refused};
use crate::service::Context;
use crate::service::sessions::{self, Identity};

/// What [`super::frame`] notes of every request before anything else.
#[derive(Clone)]
pub struct RequestNote {
    pub request_id: String,
    pub language: Language,
}

/// Anybody.
pub struct Visitor {
    pub context: Context,
}

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(context(request).map(|context| Self { context }))
    }
}

/// Somebody signed in, for what belongs to their own account.
pub struct Account {
    pub context: Context,
    pub identity: Identity,
}

impl FromRequest for Account {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (context, token, state) = (context(request), bearer_token(request), request.app_data::<Shared>().cloned());
        Box::pin(async move {
            let (mut context, token) = (context?, token?);
            let state = state.ok_or_else(Problem::internal)?;
            let now = context.now;
            let identity = match sessions::recall(&state.desk, now, &token) {
                Some(identity) => identity,
                None => at_desk(&state, move |desk| sessions::authenticate(desk, now, &token)).await?,
            };
            context.actor = Some(identity.account_id);
            Ok(Self { context, identity })
        })
    }
}

/// A citizen, for their own attempts and profiles. Every account may take the quiz.
pub type Citizen = Account;

/// Two arguments of which the second is looked at only when the first was found good: a body is not read for strangers.
pub struct Then<A, B>(pub A, pub B);

impl<A, B> FromRequest for Then<A, B>
where
    A: FromRequest<Error = Problem> + 'static,
    B: FromRequest<Error = Problem> + 'static,
{
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let first = A::from_request(&request, &mut Payload::None).await?;
            Ok(Self(first, B::from_request(&request, &mut payload).await?))
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "here randomness comes in")]
fn context(request: &HttpRequest) -> Result<Context, Problem> {
    let state = request.app_data::<Shared>().ok_or_else(Problem::internal)?;
    let note = request.extensions().get::<RequestNote>().cloned().ok_or_else(Problem::internal)?;
    let mut seed = [0; 32];
    rand::rng().fill_bytes(&mut seed);
    Ok(Context::new((state.clock)(), note.request_id, note.language, None, seed))
}

/// The token of an `Authorization: Bearer` header; no other place is looked at.
fn bearer_token(request: &HttpRequest) -> Result<String, Problem> {
    let value = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        value.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.map(|(_, token)| token.trim().to_owned()).ok_or_else(|| Refusal::Unauthenticated.into())
}

/// Knocks at the doors where secrets are tried, counted by address.
pub struct Knocks(DefaultKeyedRateLimiter<IpAddr>);

/// A commune signs in behind one address on a class evening: many at once, then a steady few each second.
const KNOCKS_AT_ONCE: u32 = 200;
const KNOCKS_EACH_SECOND: u32 = 10;

impl Default for Knocks {
    fn default() -> Self {
        let (at_once, each_second) = (KNOCKS_AT_ONCE.try_into(), KNOCKS_EACH_SECOND.try_into());
        let one = std::num::NonZeroU32::MIN;
        let quota = Quota::per_second(each_second.unwrap_or(one)).allow_burst(at_once.unwrap_or(one));
        Self(RateLimiter::keyed(quota))
    }
}

impl Knocks {
    /// Forgets addresses that were quiet for long enough.
    pub fn forget_quiet(&self) {
        self.0.retain_recent();
    }
}

/// An address that has not knocked too often.
pub struct Knock;

impl FromRequest for Knock {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(knock(request))
    }
}

fn knock(request: &HttpRequest) -> Result<Knock, Problem> {
    let state = request.app_data::<Shared>().ok_or_else(Problem::internal)?;
    let Some(address) = address(request, &state.trusted_proxies).filter(|_| state.desk.rate_limits) else {
        return Ok(Knock);
    };
    match state.knocks.0.check_key(&address) {
        Ok(()) => Ok(Knock),
        Err(early) => {
            let wait = early.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            Err(Refused::retry_after(Refusal::TooManyRequests, u32::try_from(wait).unwrap_or(u32::MAX)).into())
        }
    }
}

/// The caller's address: the peer's, or where that is a trusted proxy the last one in `X-Forwarded-For` that is not.
fn address(request: &HttpRequest, trusted_proxies: &[IpAddr]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    if !trusted_proxies.contains(&peer) {
        return Some(peer);
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let mut addresses: Vec<IpAddr> =
        forwarded.flat_map(|value| value.split(',')).filter_map(|part| part.trim().parse().ok()).collect();
    addresses.retain(|address| !trusted_proxies.contains(address));
    addresses.pop().or(Some(peer))
}
