//! The catalogue of texts that the service itself says, in both languages (`content/texts.toml`).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::language::Localized;
use super::measurement::{Band, Certainty, OverallLevel};
use super::refusal::{Fault, Refusal};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    problems: BTreeMap<String, ProblemText>,
    faults: BTreeMap<String, Localized>,
    bands: BTreeMap<String, Localized>,
    levels: BTreeMap<String, Localized>,
    certainties: BTreeMap<String, Localized>,
    pub dont_know: Localized,
    pub trial_notice: Localized,
    pub statement: Localized,
    pub statement_insufficient: Localized,
    pub notices: BTreeMap<String, Localized>,
    pub forms: BTreeMap<String, Localized>,
    pub problem_page: ProblemPage,
}

/// Title and detail of a problem document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemText {
    pub title: Localized,
    pub detail: Localized,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemPage {
    pub code: Localized,
    pub faults: Localized,
}

impl Texts {
    /// Reads the catalogue and makes sure that nothing is missing, so that looking up cannot fail later.
    ///
    /// # Errors
    /// What is wrong with the file, in words for its author.
    pub fn parse(file: &str) -> Result<Self, String> {
        let texts: Self = toml::from_str(file).map_err(|error| error.to_string())?;
        let missing = |group: &str, codes: Vec<&'static str>, has: &dyn Fn(&str) -> bool| {
            codes.into_iter().filter(|code| !has(code)).map(|code| format!("{group}.{code}")).collect::<Vec<_>>()
        };
        let mut gaps = missing("problems", Refusal::ALL.iter().map(|one| one.code()).collect(), &|code| {
            texts.problems.contains_key(code)
        });
        gaps.extend(missing("faults", Fault::ALL.iter().map(|one| one.code()).collect(), &|code| {
            texts.faults.contains_key(code)
        }));
        gaps.extend(missing("bands", Band::ALL.map(Band::code).to_vec(), &|code| texts.bands.contains_key(code)));
        gaps.extend(missing("levels", OverallLevel::ALL.map(OverallLevel::code).to_vec(), &|code| {
            texts.levels.contains_key(code)
        }));
        if gaps.is_empty() { Ok(texts) } else { Err(format!("no text for {}", gaps.join(", "))) }
    }

    pub fn problem(&self, refusal: Refusal) -> &ProblemText {
        &self.problems[refusal.code()]
    }

    pub fn fault(&self, fault: Fault) -> &Localized {
        &self.faults[fault.code()]
    }

    pub fn band(&self, band: Band) -> &Localized {
        &self.bands[band.code()]
    }

    pub fn level(&self, level: OverallLevel) -> &Localized {
        &self.levels[level.code()]
    }

    /// What is said beside a level; nothing where it is firm.
    pub fn certainty(&self, certainty: Certainty) -> Option<&Localized> {
        self.certainties.get(certainty.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_catalogue_has_every_text_in_both_languages() {
        let file = include_str!("../../content/texts.toml");
        Texts::parse(file).unwrap();
        let value: toml::Value = toml::from_str(file).unwrap();
        check("", &value);
    }

    fn check(path: &str, value: &toml::Value) {
        let Some(table) = value.as_table() else { return };
        if table.contains_key("vi") {
            assert!(table.contains_key("en"), "{path} has no English");
        }
        for (key, inner) in table {
            check(&format!("{path}.{key}"), inner);
        }
    }
}
