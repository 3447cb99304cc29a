//! Consent per purpose: what is asked, in which words, and what was answered.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::language::Language;

/// What personal data may be used for. Only `Profile` is needed to take the quiz.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    Profile,
    NamedSharing,
    NamedResults,
    HelperResult,
    Statistics,
    ItemResearch,
}

impl Purpose {
    pub const ALL: [Self; 6] = [
        Self::Profile,
        Self::NamedSharing,
        Self::NamedResults,
        Self::HelperResult,
        Self::Statistics,
        Self::ItemResearch,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::NamedSharing => "named_sharing",
            Self::NamedResults => "named_results",
            Self::HelperResult => "helper_result",
            Self::Statistics => "statistics",
            Self::ItemResearch => "item_research",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }

    /// `HelperResult` is given for one attempt, never for the account.
    pub const fn is_standing(self) -> bool {
        !matches!(self, Self::HelperResult)
    }

    const fn bit(self) -> i16 {
        match self {
            Self::Profile => 1,
            Self::NamedSharing => 1 << 1,
            Self::NamedResults => 1 << 2,
            Self::HelperResult => 0,
            Self::Statistics => 1 << 3,
            Self::ItemResearch => 1 << 4,
        }
    }
}

/// The standing consents of an account, as the bits kept with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Consents(pub i16);

impl Consents {
    #[must_use]
    pub fn with(self, purpose: Purpose, granted: bool) -> Self {
        if granted { Self(self.0 | purpose.bit()) } else { Self(self.0 & !purpose.bit()) }
    }

    pub fn has(self, purpose: Purpose) -> bool {
        self.0 & purpose.bit() != 0
    }
}

/// Who answers for the data; until an operator names one, the service is a trial ("bản dùng thử").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Controller {
    pub name: Option<String>,
    pub address: Option<String>,
    pub contact: Option<String>,
}

impl Controller {
    pub fn is_trial(&self) -> bool {
        self.name.is_none() || self.contact.is_none()
    }
}

/// One consent text in one language, exactly as shown or read aloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentText {
    pub purpose: Purpose,
    pub language: Language,
    pub text: String,
    pub sha256: [u8; 32],
}

/// All consent texts in force. Their version names the exact words, the controller included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentTexts {
    pub version: String,
    pub texts: Vec<ConsentText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentFile {
    version: String,
    trial_prefix: super::language::Localized,
    trial_controller: super::language::Localized,
    trial_contact: super::language::Localized,
    texts: std::collections::BTreeMap<String, super::language::Localized>,
}

impl ConsentTexts {
    /// Fills the controller into the shipped file (`content/consents.toml`).
    ///
    /// # Errors
    /// What is wrong with the file, in words for its author.
    pub fn compose(file: &str, controller: &Controller) -> Result<Self, String> {
        let file: ConsentFile = toml::from_str(file).map_err(|error| error.to_string())?;
        let mut texts = Vec::new();
        for purpose in Purpose::ALL {
            let template = file.texts.get(purpose.code()).ok_or_else(|| format!("no text for {}", purpose.code()))?;
            for language in Language::ALL {
                let name = controller.name.as_deref().unwrap_or_else(|| file.trial_controller.get(language));
                let contact = controller.contact.as_deref().unwrap_or_else(|| file.trial_contact.get(language));
                let address = controller.address.as_ref().map(|address| format!(" ({address})")).unwrap_or_default();
                let filled = template
                    .get(language)
                    .replace("{controller}", name)
                    .replace("{contact}", &format!("{contact}{address}"));
                let prefix = if controller.is_trial() { file.trial_prefix.get(language) } else { "" };
                let text = format!("{prefix}{filled}");
                let sha256 = Sha256::digest(text.as_bytes()).into();
                texts.push(ConsentText { purpose, language, text, sha256 });
            }
        }
        let all: Sha256 = texts.iter().fold(Sha256::new(), |hash, text| hash.chain_update(text.sha256));
        let mark: String = all.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { version: format!("{}-{mark}", file.version), texts })
    }

    pub fn find(&self, purpose: Purpose, version: &str, language: Language) -> Option<&ConsentText> {
        let in_force = version == self.version;
        self.texts.iter().find(|text| in_force && text.purpose == purpose && text.language == language)
    }
}

/// How a consent was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentMethod {
    Tap,
    ReadAloud,
    Paper,
}

impl ConsentMethod {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Tap => "tap",
            Self::ReadAloud => "read_aloud",
            Self::Paper => "paper",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../../content/consents.toml");

    fn controller(name: Option<&str>) -> Controller {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Controller { name: owned(name), address: None, contact: owned(name.map(|_| "0212345678")) }
    }

    #[test]
    fn until_a_controller_is_set_every_text_says_it_is_a_trial() {
        let texts = ConsentTexts::compose(FILE, &controller(None)).unwrap();
        assert_eq!(texts.texts.len(), 12);
        for text in &texts.texts {
            let trial = if text.language == Language::Vi { "Bản dùng thử" } else { "Trial version" };
            assert!(text.text.starts_with(trial), "{}", text.text);
            assert!(!text.text.contains('{'), "{}", text.text);
        }
    }

    #[test]
    fn another_controller_is_another_text_and_another_version() {
        let trial = ConsentTexts::compose(FILE, &controller(None)).unwrap();
        let named = ConsentTexts::compose(FILE, &controller(Some("UBND xã Sơn Hạ"))).unwrap();
        assert_ne!(trial.version, named.version);
        let text = named.find(Purpose::Profile, &named.version, Language::Vi).unwrap();
        assert!(text.text.contains("UBND xã Sơn Hạ") && !text.text.contains("Bản dùng thử"));
        assert_eq!(named.find(Purpose::Profile, &trial.version, Language::Vi), None);
    }

    #[test]
    fn consent_bits_are_set_and_cleared_one_by_one() {
        let both = Consents::default().with(Purpose::Profile, true).with(Purpose::Statistics, true);
        assert!(both.has(Purpose::Profile) && both.has(Purpose::Statistics) && !both.has(Purpose::NamedSharing));
        assert!(!both.with(Purpose::Profile, false).has(Purpose::Profile));
    }
}
