//! `/v1/auth/…`, `/v1/me` and the public keys.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use validator::Validate;

use super::body::{Body, phone_made_id};
use super::callers::{self, Knock, Visitor};
use super::content::{Freshness, Variants};
use super::problem::Problem;
use super::{Answer, Shared, at_desk};
use crate::domain::account::{Account, AccountState, Birth, Decision, Sex};
use crate::domain::consent::Purpose;
use crate::domain::language::Language;
use crate::domain::person_name::PersonName;
use crate::domain::phone::Phone;
use crate::domain::refusal::{Fault, FieldFault, Refused};
use crate::domain::session::DeviceMode;
use crate::domain::time::Timestamp;
use crate::keys::tokens::{LIFETIME_SECONDS, PublicKey};
use crate::service::accounts::{self, ConsentAnswer, Registration, SetUp, SignedIn};
use crate::service::sessions::{self, Device};

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct DeviceBody {
    #[validate(length(min = 1, max = 100))]
    name: String,
    mode: DeviceMode,
}

impl From<DeviceBody> for Device {
    fn from(body: DeviceBody) -> Self {
        Self { name: body.name, mode: body.mode }
    }
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct RegisterBody {
    #[serde(default, deserialize_with = "phone_made_id")]
    id: Option<Uuid>,
    #[serde(default)]
    login: Option<String>,
    password: SecretString,
    #[validate(length(min = 1, max = 100))]
    display_name: String,
    #[validate(range(min = 1900, max = 2100))]
    birth_year: i16,
    #[serde(default)]
    #[validate(range(min = 1, max = 12))]
    birth_month: Option<i16>,
    #[serde(default)]
    #[validate(range(min = 1, max = 31))]
    birth_day: Option<i16>,
    #[validate(length(min = 1, max = 36))]
    area_code: String,
    #[serde(default)]
    #[validate(length(min = 1, max = 36))]
    hamlet_code: Option<String>,
    #[serde(default)]
    language: Option<Language>,
    #[validate(nested)]
    consents: Vec<ConsentBody>,
    #[validate(nested)]
    device: DeviceBody,
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct ConsentBody {
    purpose: Purpose,
    #[validate(length(min = 1, max = 64))]
    text_version: String,
    granted: bool,
    #[serde(default)]
    language: Option<Language>,
}

/// Lengths of a password in characters: citizens, officials, everybody.
const CITIZEN_PASSWORD_SHORTEST: usize = 8;
const OFFICIAL_PASSWORD_SHORTEST: usize = 12;
const PASSWORD_LONGEST: usize = 128;

/// Checked by hand: the errors of `validator` carry the value with them.
fn check_password(shortest: usize, password: &SecretString, faults: &mut Vec<FieldFault>) {
    let length = password.expose_secret().chars().count();
    if length < shortest {
        faults.push(FieldFault::new("/password", Fault::TooShort));
    } else if length > PASSWORD_LONGEST {
        faults.push(FieldFault::new("/password", Fault::TooLong));
    }
}

/// One answer for each purpose at most.
const MOST_CONSENTS: usize = Purpose::ALL.len();

impl RegisterBody {
    /// Every value read, or every fault.
    fn read(self, preferred: Language) -> Result<Registration, Refused> {
        let mut faults = Vec::new();
        check_password(CITIZEN_PASSWORD_SHORTEST, &self.password, &mut faults);
        if self.consents.len() > MOST_CONSENTS {
            faults.push(FieldFault::new("/consents", Fault::TooLong));
        }
        let phone = read_phone(self.login.as_deref(), &mut faults);
        let name = PersonName::parse(&self.display_name);
        if name.is_none() {
            faults.push(FieldFault::new("/display_name", Fault::BadFormat));
        }
        let birth = Birth { year: self.birth_year, month: self.birth_month, day: self.birth_day };
        if !birth.exists() {
            faults.push(FieldFault::new(
                if self.birth_month.is_none() { "/birth_month" } else { "/birth_day" },
                Fault::OutOfRange,
            ));
        }
        let language = self.language.unwrap_or(preferred);
        let consents = self.consents.into_iter().map(|body| ConsentAnswer {
            purpose: body.purpose,
            text_version: body.text_version,
            granted: body.granted,
            language: body.language.unwrap_or(language),
        });
        match name {
            Some(name) if faults.is_empty() => Ok(Registration {
                id: self.id,
                phone,
                password: self.password,
                name,
                birth,
                area_code: self.area_code,
                hamlet_code: self.hamlet_code,
                language,
                consents: consents.collect(),
                device: self.device.into(),
            }),
            _ => Err(Refused::invalid(faults)),
        }
    }
}

fn read_phone(login: Option<&str>, faults: &mut Vec<FieldFault>) -> Option<Phone> {
    let phone = Phone::parse(login?);
    if phone.is_none() {
        faults.push(FieldFault::new("/login", Fault::BadFormat));
    }
    phone
}

pub async fn register(_: Knock, state: Shared, visitor: Visitor, body: Body<RegisterBody>) -> Answer {
    let Visitor { mut context } = visitor;
    let registration = body.value.read(context.language)?;
    let (signed_in, is_new) =
        at_desk(&state, move |desk| accounts::register(desk, &mut context, &registration)).await?;
    token_answer(signed_in, if is_new { StatusCode::CREATED } else { StatusCode::OK })
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SetUpBody {
    code: SecretString,
    #[serde(default)]
    login: Option<String>,
    password: SecretString,
    #[validate(length(min = 1, max = 100))]
    display_name: String,
    #[validate(nested)]
    device: DeviceBody,
}

pub async fn set_up(_: Knock, state: Shared, visitor: Visitor, body: Body<SetUpBody>) -> Answer {
    let Visitor { mut context } = visitor;
    let body = body.value;
    let mut faults = Vec::new();
    check_password(OFFICIAL_PASSWORD_SHORTEST, &body.password, &mut faults);
    let phone = read_phone(body.login.as_deref(), &mut faults);
    let name = PersonName::parse(&body.display_name);
    if name.is_none() {
        faults.push(FieldFault::new("/display_name", Fault::BadFormat));
    }
    let Some(name) = name.filter(|_| faults.is_empty()) else { return Err(Refused::invalid(faults).into()) };
    let entered = SetUp { code: body.code, phone, password: body.password, name, device: body.device.into() };
    let signed_in = at_desk(&state, move |desk| accounts::set_up(desk, &mut context, &entered)).await?;
    token_answer(signed_in, StatusCode::CREATED)
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct LogInBody {
    #[validate(length(min = 1, max = 40))]
    login: String,
    password: SecretString,
    #[validate(nested)]
    device: DeviceBody,
}

pub async fn log_in(_: Knock, state: Shared, visitor: Visitor, body: Body<LogInBody>) -> Answer {
    let Visitor { mut context } = visitor;
    let LogInBody { login, password, device } = body.value;
    let mut faults = Vec::new();
    check_password(1, &password, &mut faults);
    if !faults.is_empty() {
        return Err(Refused::invalid(faults).into());
    }
    let signed_in =
        at_desk(&state, move |desk| sessions::log_in(desk, &mut context, &login, &password, device.into())).await?;
    token_answer(signed_in, StatusCode::OK)
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum GrantType {
    RefreshToken,
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct TokenBody {
    #[serde(rename = "grant_type")]
    _grant_type: GrantType,
    #[validate(length(min = 1, max = 512))]
    refresh_token: String,
}

pub async fn refresh(_: Knock, state: Shared, visitor: Visitor, body: Body<TokenBody>) -> Answer {
    let Visitor { mut context } = visitor;
    let refresh_token = body.value.refresh_token;
    let signed_in = at_desk(&state, move |desk| sessions::refresh(desk, &mut context, &refresh_token)).await?;
    token_answer(signed_in, StatusCode::OK)
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct RevokeBody {
    #[validate(length(min = 1, max = 512))]
    refresh_token: String,
}

pub async fn revoke(_: Knock, state: Shared, visitor: Visitor, body: Body<RevokeBody>) -> Answer {
    let Visitor { mut context } = visitor;
    let refresh_token = body.value.refresh_token;
    at_desk(&state, move |desk| sessions::revoke(desk, &mut context, &refresh_token)).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub async fn me(state: Shared, account: callers::Account) -> Answer {
    let callers::Account { context, identity } = account;
    let account = at_desk(&state, move |desk| accounts::me(desk, &context, identity.account_id)).await?;
    Ok(HttpResponse::Ok().json(AccountDocument::from(account)))
}

#[derive(Serialize)]
struct TokenDocument {
    account: AccountDocument,
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    refresh_token: String,
    refresh_expires_at: Timestamp,
}

fn token_answer(signed_in: SignedIn, status: StatusCode) -> Answer {
    let SignedIn { account, tokens } = signed_in;
    let document = TokenDocument {
        account: account.into(),
        access_token: tokens.access_token,
        token_type: "Bearer",
        expires_in: LIFETIME_SECONDS,
        refresh_token: tokens.refresh_token,
        refresh_expires_at: tokens.refresh_expires_at,
    };
    Ok(HttpResponse::build(status).insert_header((header::PRAGMA, "no-cache")).json(document))
}

#[derive(Serialize)]
struct AccountDocument {
    id: Uuid,
    citizen_code: String,
    display_name: String,
    contact_phone: Option<String>,
    birth_year: Option<i16>,
    birth_month: Option<i16>,
    birth_day: Option<i16>,
    sex: Option<Sex>,
    area_code: Option<String>,
    hamlet_code: Option<String>,
    language: Language,
    state: AccountState,
    created_at: Timestamp,
    consents: Vec<ConsentDocument>,
    roles: Vec<RoleDocument>,
}

#[derive(Serialize)]
struct ConsentDocument {
    purpose: Purpose,
    granted: bool,
    text_version: String,
    language: Language,
    decided_at: Timestamp,
}

#[derive(Serialize)]
struct RoleDocument {
    role: &'static str,
    area_code: Option<String>,
    valid_from: Timestamp,
    valid_to: Option<Timestamp>,
}

impl From<Account> for AccountDocument {
    fn from(account: Account) -> Self {
        let roles = account.roles.into_iter().map(|grant| RoleDocument {
            role: grant.role.code(),
            area_code: grant.area_code,
            valid_from: grant.valid_from,
            valid_to: grant.valid_to,
        });
        Self {
            id: account.id,
            citizen_code: account.citizen_code,
            display_name: account.display_name,
            contact_phone: account.contact_phone.as_deref().map(Phone::national),
            birth_year: account.birth.map(|birth| birth.year),
            birth_month: account.birth.and_then(|birth| birth.month),
            birth_day: account.birth.and_then(|birth| birth.day),
            sex: account.sex,
            area_code: account.area_code,
            hamlet_code: account.hamlet_code,
            language: account.language,
            state: account.state,
            created_at: account.created_at,
            consents: account.consents.into_iter().map(ConsentDocument::from).collect(),
            roles: roles.collect(),
        }
    }
}

impl From<Decision> for ConsentDocument {
    fn from(decision: Decision) -> Self {
        Self {
            purpose: decision.purpose,
            granted: decision.granted,
            text_version: decision.text_version,
            language: decision.language,
            decided_at: decision.decided_at,
        }
    }
}

#[derive(Serialize)]
struct KeySet<'a> {
    keys: [&'a PublicKey; 1],
}

pub async fn keys(state: Shared, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let document = KeySet { keys: [state.desk.access_tokens.public_key()] };
    Ok(Variants::uncoded(&document, None).answer(&request, Freshness::Minutes))
}
