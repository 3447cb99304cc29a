//! Registering, the first administrator, and one's own account.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::sessions::{self, Device, Tokens};
use super::{Context, Desk, Error};
use crate::domain::account::{Account, AccountState, Birth, Decision, RoleGrant, Sex};
use crate::domain::citizen_code::CitizenCode;
use crate::domain::consent::{ConsentMethod, Consents, Purpose};
use crate::domain::language::Language;
use crate::domain::password::is_weak;
use crate::domain::person_name::{PersonName, fold};
use crate::domain::phone::Phone;
use crate::domain::refusal::{Fault, FieldFault, Refusal, Refused};
use crate::domain::role::Role;
use crate::keys::passwords::Verdict;
use crate::store::accounts::{AccountRow, ConsentEventRow, GrantRow};
use crate::store::columns::{Instant, Key};
use crate::store::journal::Event;
use crate::store::{self, Db};

/// What a person enters to register, each value read already.
pub struct Registration {
    /// From the phone, so that a repeat is harmless.
    pub id: Option<Uuid>,
    pub phone: Option<Phone>,
    pub password: SecretString,
    pub name: PersonName,
    pub birth: Birth,
    pub area_code: String,
    pub hamlet_code: Option<String>,
    pub language: Language,
    pub consents: Vec<ConsentAnswer>,
    pub device: Device,
}

pub struct ConsentAnswer {
    pub purpose: Purpose,
    pub text_version: String,
    pub granted: bool,
    pub language: Language,
}

/// An account with fresh tokens.
pub struct SignedIn {
    pub account: Account,
    pub tokens: Tokens,
}

/// Citizen codes are drawn at random; where one is taken, or another process was quicker, another is drawn.
const DRAWS: usize = 5;

/// Registers a citizen: the account, the consents as events, and a session. False where it is a repeat.
///
/// # Errors
/// `invalid-content` with every fault; `content-conflict` where the id stands for somebody else.
pub fn register(desk: &Desk, context: &mut Context, registration: &Registration) -> Result<(SignedIn, bool), Error> {
    if let Some(id) = registration.id
        && let Some(known) = desk.store.read(|db| store::accounts::find(db, id))?
    {
        return Ok((sign_in_again(desk, context, registration, known)?, false));
    }
    let faults = faults(desk, context, registration)?;
    if !faults.is_empty() {
        return Err(Refused::invalid(faults).into());
    }
    let password_hash = desk.passwords.hash(registration.password.expose_secret(), context.random_bytes())?;
    for _ in 0..DRAWS {
        let account = account_row(desk, context, registration, &password_hash);
        match insert(desk, context, registration, account) {
            Err(Error::Store(store::Error::Duplicate)) => {
                // The id may have been taken in the meantime by a repeat that ran beside this one.
                if let Some(id) = registration.id
                    && let Some(known) = desk.store.read(|db| store::accounts::find(db, id))?
                {
                    return Ok((sign_in_again(desk, context, registration, known)?, false));
                }
            }
            outcome => return Ok((outcome?, true)),
        }
    }
    Err(Error::Broken("no free citizen code was drawn"))
}

/// A repeated registration: the same id and password open another session of the same account.
fn sign_in_again(
    desk: &Desk,
    context: &mut Context,
    registration: &Registration,
    known: AccountRow,
) -> Result<SignedIn, Error> {
    // The same door as signing in, so the same count.
    let subject = sessions::subject_of(&known);
    sessions::count_attempt(desk, context.now, &subject)?;
    let verdict = desk.passwords.verify(registration.password.expose_secret(), known.password_hash.as_deref())?;
    if verdict == Verdict::Wrong || known.state == AccountState::Disabled.code() {
        return Err(Refusal::ContentConflict.into());
    }
    context.actor = Some(known.id.0);
    let tokens = desk.store.write(&context.entry(), |db| {
        store::accounts::clear_login_failures(db, &desk.passwords.pseudonym(&subject))?;
        let tokens = sessions::open_session(desk, context, db, known.id.0, &registration.device)?;
        let event = sessions::opened(&tokens, &known);
        Ok::<_, Error>((tokens, event))
    })?;
    signed_in(desk, context, known, tokens)
}

fn faults(desk: &Desk, context: &Context, registration: &Registration) -> Result<Vec<FieldFault>, Error> {
    let mut faults = Vec::new();
    if !registration.birth.is_old_enough(context.now.day_in_viet_nam()) {
        faults.push(FieldFault::new("/birth_year", Fault::UnderAge));
    }
    let phone = registration.phone.as_ref().map(Phone::e164).unwrap_or_default();
    let known = [Phone::national(&phone), phone, registration.name.as_str().to_owned()];
    if is_weak(registration.password.expose_secret(), &known.each_ref().map(String::as_str)) {
        faults.push(FieldFault::new("/password", Fault::WeakPassword));
    }
    for (position, consent) in registration.consents.iter().enumerate() {
        if desk.consent_texts.find(consent.purpose, &consent.text_version, consent.language).is_none() {
            faults.push(FieldFault::new(format!("/consents/{position}/text_version"), Fault::UnknownConsentText));
        }
        let is_repeated = registration.consents[..position].iter().any(|before| before.purpose == consent.purpose);
        if is_repeated || !consent.purpose.is_standing() {
            faults.push(FieldFault::new(format!("/consents/{position}/purpose"), Fault::NotAllowed));
        }
    }
    if !consents_of(registration).has(Purpose::Profile) {
        faults.push(FieldFault::new("/consents", Fault::ConsentRequired));
    }
    faults.extend(desk.store.read(|db| faults_of_place(db, registration))?);
    Ok(faults)
}

fn faults_of_place(db: &mut Db, registration: &Registration) -> Result<Vec<FieldFault>, Error> {
    let mut faults = Vec::new();
    match store::areas::find(db, &registration.area_code)? {
        None => faults.push(FieldFault::new("/area_code", Fault::UnknownArea)),
        Some(area) if area.level != "commune" => faults.push(FieldFault::new("/area_code", Fault::NotACommune)),
        Some(_) => {}
    }
    if let Some(code) = &registration.hamlet_code {
        let hamlet = store::areas::find(db, code)?;
        if hamlet.is_none_or(|hamlet| hamlet.parent_code.as_ref() != Some(&registration.area_code)) {
            faults.push(FieldFault::new("/hamlet_code", Fault::UnknownArea));
        }
    }
    Ok(faults)
}

fn consents_of(registration: &Registration) -> Consents {
    registration.consents.iter().fold(Consents::default(), |bits, answer| bits.with(answer.purpose, answer.granted))
}

fn account_row(desk: &Desk, context: &mut Context, registration: &Registration, password_hash: &str) -> AccountRow {
    let name = registration.name.as_str();
    AccountRow {
        id: Key(registration.id.unwrap_or_else(|| context.new_id())),
        citizen_code: CitizenCode::from_number(context.random_number()).as_str().to_owned(),
        login_phone: registration.phone.as_ref().map(Phone::e164),
        contact_phone: registration.phone.as_ref().map(Phone::e164),
        display_name: name.to_owned(),
        name_folded: fold(name),
        name_sort_key: desk.order.person_key(name),
        birth_year: Some(registration.birth.year),
        birth_month: registration.birth.month,
        birth_day: registration.birth.day,
        sex: None,
        area_code: Some(registration.area_code.clone()),
        hamlet_code: registration.hamlet_code.clone(),
        hamlet_confirmed: false,
        language: registration.language.tag().to_owned(),
        password_hash: Some(password_hash.to_owned()),
        state: AccountState::Active.code().to_owned(),
        consents: consents_of(registration).0,
        enrolled_by: None,
        created_at: Instant(context.now),
    }
}

fn insert(
    desk: &Desk,
    context: &mut Context,
    registration: &Registration,
    mut account: AccountRow,
) -> Result<SignedIn, Error> {
    context.actor = Some(account.id.0);
    let events = consent_events(desk, context, registration, account.id);
    let tokens = desk.store.write(&context.entry(), |db| {
        claim_login_phone(db, &mut account)?;
        store::accounts::insert(db, &account)?;
        store::accounts::insert_consent_events(db, &events)?;
        let tokens = sessions::open_session(desk, context, db, account.id.0, &registration.device)?;
        let event =
            Event::new("account.registered", account.id.0).about(account.id.0).in_area(account.area_code.as_deref());
        Ok::<_, Error>((tokens, event))
    })?;
    signed_in(desk, context, account, tokens)
}

/// Households share numbers: the first account signs in with it, later ones with their citizen code.
fn claim_login_phone(db: &mut Db, account: &mut AccountRow) -> Result<(), Error> {
    if let Some(phone) = &account.login_phone
        && store::accounts::find_by_login_phone(db, phone)?.is_some()
    {
        account.login_phone = None;
    }
    Ok(())
}

fn consent_events(
    desk: &Desk,
    context: &mut Context,
    registration: &Registration,
    account_id: Key,
) -> Vec<ConsentEventRow> {
    let answers = registration.consents.iter();
    let event = |answer: &ConsentAnswer| {
        let text = desk.consent_texts.find(answer.purpose, &answer.text_version, answer.language)?;
        Some(ConsentEventRow {
            id: Key(context.new_id()),
            account_id,
            purpose: answer.purpose.code().to_owned(),
            granted: answer.granted,
            text_version: answer.text_version.clone(),
            text_language: answer.language.tag().to_owned(),
            text_sha256: text.sha256.to_vec(),
            method: ConsentMethod::Tap.code().to_owned(),
            assisted_by: None,
            decided_at: Instant(context.now),
        })
    };
    answers.filter_map(event).collect()
}

/// What the first administrator enters.
pub struct SetUp {
    pub code: SecretString,
    pub phone: Option<Phone>,
    pub password: SecretString,
    pub name: PersonName,
    pub device: Device,
}

/// Makes the first administrator with the code that was printed at start, once.
///
/// # Errors
/// `invalid-credentials` for a wrong or used code; `invalid-content` for a weak password.
pub fn set_up(desk: &Desk, context: &mut Context, set_up: &SetUp) -> Result<SignedIn, Error> {
    if is_weak(set_up.password.expose_secret(), &[set_up.name.as_str()]) {
        return Err(Refused::at("/password", Fault::WeakPassword).into());
    }
    let password_hash = desk.passwords.hash(set_up.password.expose_secret(), context.random_bytes())?;
    let mut account = administrator_row(desk, context, set_up, password_hash);
    let grant = GrantRow {
        id: Key(context.new_id()),
        account_id: account.id,
        role: Role::SystemAdmin.code().to_owned(),
        area_code: None,
        valid_from: Instant(context.now),
        valid_to: None,
        granted_by: None,
        created_at: Instant(context.now),
    };
    context.actor = Some(account.id.0);
    let tokens = desk.store.write(&context.entry(), |db| {
        if !store::accounts::take_setup_code(db, &Sha256::digest(set_up.code.expose_secret().trim()))? {
            return Err(Error::from(Refusal::InvalidCredentials));
        }
        claim_login_phone(db, &mut account)?;
        store::accounts::insert(db, &account)?;
        store::accounts::insert_grant(db, &grant)?;
        let tokens = sessions::open_session(desk, context, db, account.id.0, &set_up.device)?;
        let event = Event::new("administrator.set_up", account.id.0).about(account.id.0);
        Ok((tokens, event))
    })?;
    signed_in(desk, context, account, tokens)
}

fn administrator_row(desk: &Desk, context: &mut Context, set_up: &SetUp, password_hash: String) -> AccountRow {
    let name = set_up.name.as_str();
    AccountRow {
        id: Key(context.new_id()),
        citizen_code: CitizenCode::from_number(context.random_number()).as_str().to_owned(),
        login_phone: set_up.phone.as_ref().map(Phone::e164),
        contact_phone: set_up.phone.as_ref().map(Phone::e164),
        display_name: name.to_owned(),
        name_folded: fold(name),
        name_sort_key: desk.order.person_key(name),
        birth_year: None,
        birth_month: None,
        birth_day: None,
        sex: None,
        area_code: None,
        hamlet_code: None,
        hamlet_confirmed: false,
        language: context.language.tag().to_owned(),
        password_hash: Some(password_hash),
        state: AccountState::Active.code().to_owned(),
        consents: 0,
        enrolled_by: None,
        created_at: Instant(context.now),
    }
}

/// One's own account.
///
/// # Errors
/// `not-found` where it was erased since the request began.
pub fn me(desk: &Desk, context: &Context, account_id: Uuid) -> Result<Account, Error> {
    desk.store.read(|db| {
        let row = store::accounts::find(db, account_id)?.ok_or(Refusal::NotFound)?;
        load(db, context, row)
    })
}

pub(super) fn signed_in(desk: &Desk, context: &Context, row: AccountRow, tokens: Tokens) -> Result<SignedIn, Error> {
    let account = desk.store.read(|db| load(db, context, row))?;
    Ok(SignedIn { account, tokens })
}

/// An account with its latest consents and the roles that hold now.
fn load(db: &mut Db, context: &Context, row: AccountRow) -> Result<Account, Error> {
    let mut consents: Vec<Decision> = Vec::new();
    for event in store::accounts::consent_events(db, row.id.0)? {
        let decision = decision(event).ok_or(Error::Broken("a consent event cannot be read"))?;
        consents.retain(|earlier| earlier.purpose != decision.purpose);
        consents.push(decision);
    }
    let grants = store::accounts::grants_at(db, row.id.0, context.now)?;
    let roles = grants.into_iter().filter_map(|grant| {
        let valid_to = grant.valid_to.map(|instant| instant.0);
        Some(RoleGrant {
            role: Role::from_code(&grant.role)?,
            area_code: grant.area_code,
            valid_from: grant.valid_from.0,
            valid_to,
        })
    });
    Ok(Account {
        id: row.id.0,
        citizen_code: row.citizen_code,
        contact_phone: row.contact_phone,
        display_name: row.display_name,
        birth: row.birth_year.map(|year| Birth { year, month: row.birth_month, day: row.birth_day }),
        sex: row.sex.as_deref().and_then(Sex::from_code),
        area_code: row.area_code,
        hamlet_code: row.hamlet_code,
        language: language(&row.language),
        state: AccountState::from_code(&row.state).ok_or(Error::Broken("an account state cannot be read"))?,
        created_at: row.created_at.0,
        consents,
        roles: roles.collect(),
    })
}

fn decision(event: ConsentEventRow) -> Option<Decision> {
    Some(Decision {
        purpose: Purpose::from_code(&event.purpose)?,
        granted: event.granted,
        language: language(&event.text_language),
        text_version: event.text_version,
        decided_at: event.decided_at.0,
    })
}

pub(super) fn language(tag: &str) -> Language {
    Language::from_tag(tag).unwrap_or_default()
}
