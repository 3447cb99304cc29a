//! What happens once when the service starts: areas and the item bank are brought up to date, the desk is set up.

use std::sync::Arc;

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::intake::Intake;
use super::items::{Library, ModelParameters, PUBLISHED, pack};
use super::{Context, Desk, Error, sessions};
use crate::config::Config;
use crate::domain::bank::Bank;
use crate::domain::consent::ConsentTexts;
use crate::domain::lint::{Severity, lint};
use crate::domain::person_name::{VietnameseOrder, fold};
use crate::domain::role::Role;
use crate::domain::texts::Texts;
use crate::keys;
use crate::keys::passwords::Passwords;
use crate::keys::tokens::AccessTokens;
use crate::store::areas::{self, AreaRow, LegacyAreaRow};
use crate::store::columns::Instant;
use crate::store::items::{BankVersionRow, ModelRow};
use crate::store::journal::{self, Event};
use crate::store::{Store, accounts, items};

/// The item bank, texts and consents as shipped.
#[derive(RustEmbed)]
#[folder = "content/"]
struct Content;

const TEXTS: &str = include_str!("../../content/texts.toml");
const CONSENTS: &str = include_str!("../../content/consents.toml");

const PROVINCES: &str = include_str!("../../data/areas/provinces.csv");
const COMMUNES: &str = include_str!("../../data/areas/communes.csv");
const COMMUNE_CHANGES: &str = include_str!("../../data/areas/commune_changes.csv");
/// The state of the administrative units that the files show.
pub const AREA_VINTAGE: &str = "2026-09-20";
/// The day the two tiers and their codes came into force.
const AREA_VALID_FROM: &str = "2025-07-01";

/// Why the service cannot start, in words for its operator.
#[derive(Debug)]
pub struct CannotStart(pub String);

impl<E: std::fmt::Display> From<E> for CannotStart {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Opens the database and the keys, loads what is shipped, and sets up the desk.
///
/// # Errors
/// [`CannotStart`] with the reason.
pub fn open(config: &Config, context: &Context) -> Result<Desk, CannotStart> {
    if let crate::store::Location::Sqlite(file) = &config.database
        && let Some(folder) = std::path::Path::new(file).parent()
    {
        keys::files::make_private_folder(folder)?;
    }
    let pepper = keys::files::load_or_create(&config.keys_dir.join("password-pepper"), 32)?;
    let access_tokens = AccessTokens::load_or_create(&config.keys_dir.join("access-token.pk8"), &config.public_origin)?;
    let order = VietnameseOrder::new().ok_or("the collation data lack Vietnamese")?;
    let store = Arc::new(Store::open(&config.database, config.database_connections)?);
    load_areas(&store, &order, context)?;
    publish_shipped_bank(&store, context)?;
    let consent_texts = ConsentTexts::compose(CONSENTS, &config.controller)?;
    keep_consent_texts(&store, &consent_texts, context)?;
    let library = store.read(|db| Ok::<_, CannotStart>(Library::new(items::banks(db)?, &items::models(db)?)?))?;
    Ok(Desk {
        intake: Intake::start(Arc::clone(&store))?,
        store,
        passwords: Passwords::new(pepper, config.workers).ok_or("argon2 refuses its parameters")?,
        access_tokens,
        library,
        texts: Texts::parse(TEXTS)?,
        consent_texts,
        controller: config.controller.clone(),
        order,
        rate_limits: config.rate_limits,
        believed: sessions::Believed::default(),
    })
}

fn keep_consent_texts(store: &Store, texts: &ConsentTexts, context: &Context) -> Result<(), CannotStart> {
    store.write_unjournalled(|db| {
        texts.texts.iter().try_for_each(|text| Ok(accounts::put_consent_text(db, text, &texts.version, context.now)?))
    })
}

/// The bank that this program ships, read from its files.
///
/// # Errors
/// Every fault of every file, a line each.
pub fn shipped_bank() -> Result<Bank, CannotStart> {
    let files = Content::iter().filter(|path| !["texts.toml", "consents.toml"].contains(&path.as_ref()));
    let texts = files.filter_map(|path| {
        let text = String::from_utf8(Content::get(&path)?.data.into_owned()).ok()?;
        Some((path.into_owned(), text))
    });
    Bank::from_files(texts).map_err(|faults| CannotStart(faults.iter().map(|fault| format!("{fault}\n")).collect()))
}

/// Publishes the shipped bank with its experts' model, unless that version is there. A version is published once: other
/// content needs another version.
fn publish_shipped_bank(store: &Store, context: &Context) -> Result<(), CannotStart> {
    let bank = shipped_bank()?;
    let content_hash = bank.content_hash();
    if is_published(store, &bank, &content_hash)? {
        return Ok(());
    }
    let errors = lint(&bank).into_iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 0 {
        return Err(CannotStart(format!("bank {} has {errors} faults: see `congdanso items lint`", bank.version)));
    }
    let now = Instant(context.now);
    let model = ModelRow {
        version: format!("expert-{}", bank.version),
        bank_version: bank.version.clone(),
        state: PUBLISHED.to_owned(),
        parameters: serde_json::to_string(&ModelParameters::from_experts(&bank))?,
        created_at: now,
        published_at: Some(now),
    };
    let row = BankVersionRow {
        version: bank.version.clone(),
        content_hash: content_hash.clone(),
        state: PUBLISHED.to_owned(),
        content: pack(&bank)?,
        imported_at: now,
        published_at: Some(now),
    };
    let event = Event::new("bank.published", &bank.version)
        .with_detail(serde_json::json!({ "content_hash": content_hash, "model": model.version }));
    store.write_unjournalled(|db| {
        if items::insert_bank(db, &row)? {
            items::insert_model(db, &model)?;
            journal::append(db, &[(&context.entry(), &event)])?;
        }
        Ok(())
    })
}

fn is_published(store: &Store, bank: &Bank, content_hash: &str) -> Result<bool, CannotStart> {
    let known = store.read(items::banks)?;
    match known.iter().find(|row| row.version == bank.version) {
        None => Ok(false),
        Some(row) if row.content_hash == content_hash => Ok(true),
        Some(_) => {
            let advice = "its items changed: give content/bank.toml a new version";
            Err(CannotStart(format!("bank {} is published and {advice}", bank.version)))
        }
    }
}

#[derive(serde::Deserialize)]
struct ProvinceRecord {
    code: String,
    name_vi: String,
    short_name: String,
    r#type: String,
}

#[derive(serde::Deserialize)]
struct CommuneRecord {
    code: String,
    province_code: String,
    name_vi: String,
    short_name: String,
    r#type: String,
}

#[derive(serde::Deserialize)]
struct ChangeRecord {
    old_code: String,
    old_name: String,
    old_district_code: String,
    old_district: String,
    old_province: String,
    new_code: String,
    relation: String,
    is_default: u8,
    default_basis: String,
}

/// Loads provinces, communes and the table of changes of July 2025, where the shipped files differ from what was loaded.
fn load_areas(store: &Store, order: &VietnameseOrder, context: &Context) -> Result<(), CannotStart> {
    let digest = Sha256::new().chain_update(PROVINCES).chain_update(COMMUNES).chain_update(COMMUNE_CHANGES).finalize();
    if store.read(|db| areas::data_set_hash(db, "areas"))?.as_deref() == Some(&digest[..]) {
        return Ok(());
    }
    let provinces = records(PROVINCES)?.map(|record| {
        let ProvinceRecord { code, name_vi, short_name, r#type } = record?;
        Ok(area(order, "province", code, None, name_vi, short_name, r#type))
    });
    let communes = records(COMMUNES)?.map(|record| {
        let CommuneRecord { code, province_code, name_vi, short_name, r#type } = record?;
        Ok(area(order, "commune", code, Some(province_code), name_vi, short_name, r#type))
    });
    let rows = provinces.chain(communes).collect::<Result<Vec<_>, csv::Error>>()?;
    let legacy =
        records(COMMUNE_CHANGES)?.map(|record| record.map(legacy_area)).collect::<Result<Vec<_>, csv::Error>>()?;
    let event = Event::new("areas.loaded", AREA_VINTAGE)
        .with_detail(serde_json::json!({ "areas": rows.len(), "changes": legacy.len() }));
    store.write_unjournalled(|db| {
        // Of several processes that start at once the first loads, the others wait here and find it done.
        if !areas::put_data_set(db, "areas", &digest, context.now)? {
            return Ok(());
        }
        areas::put_all(db, &rows)?;
        areas::close_missing(db, AREA_VINTAGE)?;
        areas::replace_legacy(db, &legacy)?;
        Ok(journal::append(db, &[(&context.entry(), &event)])?)
    })
}

fn records<T: serde::de::DeserializeOwned>(
    text: &'static str,
) -> Result<csv::DeserializeRecordsIntoIter<&'static [u8], T>, CannotStart> {
    Ok(csv::Reader::from_reader(text.as_bytes()).into_deserialize())
}

fn area(
    order: &VietnameseOrder,
    level: &str,
    code: String,
    parent_code: Option<String>,
    name: String,
    short_name: String,
    kind: String,
) -> AreaRow {
    AreaRow {
        code,
        level: level.to_owned(),
        parent_code,
        name_folded: fold(&name),
        // By the name proper: "Phường Ba Đình" stands under B.
        name_sort_key: order.key(&short_name),
        name,
        short_name,
        kind,
        vintage: AREA_VINTAGE.to_owned(),
        valid_from: AREA_VALID_FROM.to_owned(),
        valid_to: None,
        merged_into: None,
        confirmed: true,
    }
}

/// The five island districts had no communes: their own three-digit code stands for them.
fn legacy_area(record: ChangeRecord) -> LegacyAreaRow {
    let is_district = record.old_code.is_empty();
    LegacyAreaRow {
        old_code: if is_district { record.old_district_code } else { record.old_code },
        old_name: if is_district { record.old_district.clone() } else { record.old_name },
        new_code: record.new_code,
        old_district: record.old_district,
        old_province: record.old_province,
        relation: record.relation,
        is_default: record.is_default == 1,
        default_basis: Some(record.default_basis).filter(|basis| !basis.is_empty()),
    }
}

/// A one-time code with which the first administrator is made, new at each start until there is one.
///
/// # Errors
/// Where the database fails.
pub fn setup_code(desk: &Desk, context: &mut Context) -> Result<Option<String>, Error> {
    let code: String = context.random_bytes::<15>().iter().map(|byte| format!("{byte:02x}")).collect();
    desk.store.write_unjournalled(|db| {
        if accounts::has_grant_of_role(db, Role::SystemAdmin.code())? {
            return Ok(None);
        }
        accounts::put_setup_code(db, &Sha256::digest(&code), context.now)?;
        Ok(Some(code))
    })
}

/// Forgets what has lapsed (drafts after 90 days, ended sessions after 30, failed sign-ins after one), and scores attempts
/// whose bank is known by now.
///
/// # Errors
/// Where the database fails.
pub fn housekeeping(desk: &Desk, now: crate::domain::time::Timestamp) -> Result<(), Error> {
    const DAY_SECONDS: i64 = 24 * 60 * 60;
    desk.store.write_unjournalled(|db| {
        crate::store::attempts::delete_drafts_before(db, now.plus_seconds(-90 * DAY_SECONDS))?;
        crate::store::sessions::forget_ended_before(db, now.plus_seconds(-30 * DAY_SECONDS))?;
        accounts::forget_login_failures_before(db, now.plus_seconds(-DAY_SECONDS))?;
        Ok::<_, Error>(())
    })?;
    let released = super::quarantine::release(desk, now)?;
    if released > 0 {
        tracing::info!(released, "attempts left the quarantine");
    }
    Ok(())
}
