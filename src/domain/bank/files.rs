//! Reading the bank from the files of a `content/` folder.
//!
//! ```text
//! bank.toml              version = "2026.11.1"
//! competencies.toml      the framework
//! items/*.toml           competency = "…", then [[items]]; any number of files
//! practice.toml          [[items]], each with its competency (or one above them all)
//! resources.toml         [[resources]]
//! forms/*.toml           one form a file
//! ```
//!
//! What a reviewer may have forgotten (author, date, rationale, English …) is read as missing and
//! left to the linter, which says it for all items at once.

use std::fmt;

use chrono::NaiveDate;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

use super::{AnswerOption, Bank, Form, Item, Resource};
use crate::domain::competency::{Competency, Framework};
use crate::domain::language::Localized;

/// Why a file could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub file: String,
    /// Counted from 1.
    pub line: Option<usize>,
    pub cause: Cause,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Not TOML, an unknown key, a missing one or a value of the wrong kind, in the parser's words.
    Toml(String),
    /// Neither the file nor the item of this id says its competency.
    CompetencyMissing(String),
    /// The framework is not the nine competencies in order, each with its number and a to e.
    FrameworkOutOfOrder,
    /// A `.toml` file at a place where the bank has none.
    UnexpectedFile,
    FileMissing,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        match &self.cause {
            Cause::Toml(message) => write!(formatter, ": {message}"),
            Cause::CompetencyMissing(item) => write!(formatter, ": item {item} has no competency"),
            Cause::FrameworkOutOfOrder => {
                write!(formatter, ": competencies or sub-skills out of order")
            }
            Cause::UnexpectedFile => write!(formatter, ": no such file belongs to a bank"),
            Cause::FileMissing => write!(formatter, ": missing"),
        }
    }
}

impl std::error::Error for Fault {}

impl Bank {
    /// Reads the files of a `content/` folder: their paths in it (with `/`) and their texts. Files
    /// that are not `.toml` are passed over.
    ///
    /// # Errors
    /// All files that cannot be read, each with its first fault.
    pub fn from_files<P, T>(files: impl Iterator<Item = (P, T)>) -> Result<Self, Vec<Fault>>
    where
        P: AsRef<str>,
        T: AsRef<str>,
    {
        let mut reading = Reading::default();
        for (path, text) in files {
            if path.as_ref().ends_with(".toml")
                && let Err(fault) = reading.file(path.as_ref(), text.as_ref())
            {
                reading.faults.push(fault);
            }
        }
        reading.finish()
    }
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    version: Option<String>,
    framework: Option<Framework>,
    items: Vec<Item>,
    practice_items: Vec<Item>,
    forms: Vec<Form>,
    resources: Vec<Resource>,
    faults: Vec<Fault>,
}

impl Reading {
    fn file(&mut self, path: &str, text: &str) -> Result<(), Fault> {
        match path.split_once('/') {
            None if path == "bank.toml" => self.version = Some(parse::<BankFile>(path, text)?.version),
            None if path == "competencies.toml" => self.framework = Some(framework(path, text)?),
            None if path == "practice.toml" => self.practice_items.extend(items(path, text)?),
            None if path == "resources.toml" => self.resources.extend(resources(path, text)?),
            Some(("items", _)) => self.items.extend(items(path, text)?),
            Some(("forms", _)) => self.forms.push(form(path, text)?),
            _ => return Err(fault(path, Cause::UnexpectedFile)),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Bank, Vec<Fault>> {
        for (found, path) in [(self.version.is_some(), "bank.toml"), (self.framework.is_some(), "competencies.toml")] {
            if !found && !self.faults.iter().any(|fault| fault.file == path) {
                self.faults.push(fault(path, Cause::FileMissing));
            }
        }
        match (self.version, self.framework) {
            (Some(version), Some(framework)) if self.faults.is_empty() => {
                let mut bank = Bank {
                    version,
                    framework,
                    items: self.items,
                    practice_items: self.practice_items,
                    forms: self.forms,
                    resources: self.resources,
                };
                bank.sort();
                Ok(bank)
            }
            _ => Err(self.faults),
        }
    }
}

fn framework(path: &str, text: &str) -> Result<Framework, Fault> {
    let framework: Framework = parse(path, text)?;
    if framework.is_in_order() { Ok(framework) } else { Err(fault(path, Cause::FrameworkOutOfOrder)) }
}

fn items(path: &str, text: &str) -> Result<Vec<Item>, Fault> {
    let file: ItemsFile = parse(path, text)?;
    let competency_of_all = file.competency;
    let entries = file.items.into_iter();
    entries
        .map(|entry| match entry.competency.or(competency_of_all) {
            Some(competency) => Ok(entry.into_item(competency, path)),
            None => Err(fault(path, Cause::CompetencyMissing(entry.id))),
        })
        .collect()
}

fn resources(path: &str, text: &str) -> Result<Vec<Resource>, Fault> {
    let mut resources = parse::<ResourcesFile>(path, text)?.resources;
    for resource in &mut resources {
        resource.file = path.to_owned();
    }
    Ok(resources)
}

fn form(path: &str, text: &str) -> Result<Form, Fault> {
    let mut form: Form = parse(path, text)?;
    form.file = path.to_owned();
    Ok(form)
}

fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, Fault> {
    toml::from_str(text).map_err(|error| Fault {
        file: path.to_owned(),
        line: error.span().map(|span| 1 + text.as_bytes()[..span.start].iter().filter(|byte| **byte == b'\n').count()),
        cause: Cause::Toml(error.message().to_owned()),
    })
}

fn fault(path: &str, cause: Cause) -> Fault {
    Fault { file: path.to_owned(), line: None, cause }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BankFile {
    version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemsFile {
    competency: Option<Competency>,
    #[serde(default)]
    items: Vec<ItemEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemEntry {
    id: String,
    competency: Option<Competency>,
    #[serde(default)]
    version: u32,
    #[serde(default)]
    sub_skill: String,
    #[serde(default)]
    level: u8,
    #[serde(default)]
    author: String,
    #[serde(default)]
    reviewer: String,
    #[serde(default, deserialize_with = "toml_date")]
    reviewed_on: Option<NaiveDate>,
    stem: Localized,
    #[serde(default)]
    options: Vec<OptionEntry>,
    #[serde(default)]
    enemies: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionEntry {
    id: String,
    score: u8,
    vi: String,
    en: Option<String>,
    rationale: Option<Localized>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourcesFile {
    #[serde(default)]
    resources: Vec<Resource>,
}

impl ItemEntry {
    fn into_item(self, competency: Competency, file: &str) -> Item {
        Item {
            id: self.id,
            version: self.version,
            competency,
            sub_skill: self.sub_skill,
            level: self.level,
            author: self.author,
            reviewer: self.reviewer,
            reviewed_on: self.reviewed_on,
            stem: self.stem,
            options: self.options.into_iter().map(OptionEntry::into_option).collect(),
            enemies: self.enemies,
            file: file.to_owned(),
        }
    }
}

impl OptionEntry {
    fn into_option(self) -> AnswerOption {
        AnswerOption {
            id: self.id,
            score: self.score,
            text: Localized { vi: self.vi, en: self.en },
            rationale: self.rationale,
        }
    }
}

/// A TOML date without a time.
fn toml_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let written = Datetime::deserialize(deserializer)?;
    match written {
        Datetime { date: Some(date), time: None, offset: None } => {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        }
        _ => None,
    }
    .map(Some)
    .ok_or_else(|| D::Error::custom("expected a date such as 2026-11-21"))
}
