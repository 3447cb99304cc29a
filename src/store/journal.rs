//! The journal: who did what to what and when, in the transaction that did it. Ids and versions, never answers or names.

use std::collections::HashMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::columns::{Instant, Key};
use super::db::{Db, each};
use super::error::Error;
use super::schema::{journal, journal_subjects};
use crate::domain::time::Timestamp;

/// The circumstances of a write, the same for all its lines.
#[derive(Debug, Clone)]
pub struct Entry {
    pub at: Timestamp,
    /// The account that acts; `None` for the service itself and for people before they have an account.
    pub actor: Option<Uuid>,
    pub request_id: String,
}

/// What a write did. [`super::db::Store::write`] asks for one, so that none is forgotten.
#[derive(Debug, Clone)]
pub struct Event {
    pub action: &'static str,
    pub object_id: String,
    pub area_code: Option<String>,
    /// Further ids and versions.
    pub detail: serde_json::Value,
    /// The citizens whom it concerns, for "who looked at me".
    pub subjects: Vec<Uuid>,
}

impl Event {
    pub fn new(action: &'static str, object_id: impl ToString) -> Self {
        Self {
            action,
            object_id: object_id.to_string(),
            area_code: None,
            detail: serde_json::Value::Object(serde_json::Map::new()),
            subjects: Vec::new(),
        }
    }

    #[must_use]
    pub fn about(mut self, citizen: Uuid) -> Self {
        self.subjects.push(citizen);
        self
    }

    #[must_use]
    pub fn with_detail(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }

    #[must_use]
    pub fn in_area(mut self, code: Option<&str>) -> Self {
        self.area_code = code.map(str::to_owned);
        self
    }
}

#[derive(Insertable)]
#[diesel(table_name = journal, treat_none_as_default_value = false)]
struct Line<'a> {
    at: Instant,
    actor_id: Option<Key>,
    action: &'a str,
    object_id: &'a str,
    area_code: Option<&'a str>,
    detail: String,
    request_id: &'a str,
}

/// Writes lines, each with the circumstances of its own, and ties them to the citizens whom they concern.
pub fn append(db: &mut Db, lines: &[(&Entry, &Event)]) -> Result<(), Error> {
    let rows: Vec<_> = lines.iter().map(|(entry, event)| line(entry, event)).collect();
    let named = (journal::sequence, journal::request_id, journal::object_id);
    let written: Vec<(i64, String, String)> =
        each!(db, |c| diesel::insert_into(journal::table).values(&rows).returning(named).get_results(c))?;
    // The order of what comes back is nobody's promise, so lines are known by request and object.
    let sequences: HashMap<_, _> =
        written.iter().map(|(sequence, request, object)| ((&**request, &**object), *sequence)).collect();
    let subjects = lines.iter().flat_map(|(entry, event)| {
        let sequence = sequences.get(&(&*entry.request_id, &*event.object_id)).copied();
        event.subjects.iter().filter_map(move |subject| {
            Some((journal_subjects::citizen_id.eq(Key(*subject)), journal_subjects::journal_sequence.eq(sequence?)))
        })
    });
    let subjects: Vec<_> = subjects.collect();
    each!(db, |c| diesel::insert_into(journal_subjects::table).values(&subjects).execute(c))?;
    Ok(())
}

fn line<'a>(entry: &'a Entry, event: &'a Event) -> Line<'a> {
    Line {
        at: Instant(entry.at),
        actor_id: entry.actor.map(Key),
        action: event.action,
        object_id: &event.object_id,
        area_code: event.area_code.as_deref(),
        detail: event.detail.to_string(),
        request_id: &entry.request_id,
    }
}
