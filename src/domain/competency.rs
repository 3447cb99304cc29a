//! The nine competencies of a digital citizen, and what the project says about each of them.

use serde::{Deserialize, Serialize};

use super::language::{Language, Localized};

/// The nine headings of the Ministry's handbook on digital transformation, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Competency {
    InformationAccess,
    DigitalCommunication,
    BasicSkills,
    OnlineCommerce,
    DigitalEthics,
    Wellbeing,
    RightsResponsibilities,
    IdentityData,
    Privacy,
}

impl Competency {
    pub const ALL: [Self; 9] = [
        Self::InformationAccess,
        Self::DigitalCommunication,
        Self::BasicSkills,
        Self::OnlineCommerce,
        Self::DigitalEthics,
        Self::Wellbeing,
        Self::RightsResponsibilities,
        Self::IdentityData,
        Self::Privacy,
    ];

    /// The stable code of the API and of all files.
    pub fn code(self) -> &'static str {
        match self {
            Self::InformationAccess => "information_access",
            Self::DigitalCommunication => "digital_communication",
            Self::BasicSkills => "basic_skills",
            Self::OnlineCommerce => "online_commerce",
            Self::DigitalEthics => "digital_ethics",
            Self::Wellbeing => "wellbeing",
            Self::RightsResponsibilities => "rights_responsibilities",
            Self::IdentityData => "identity_data",
            Self::Privacy => "privacy",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|competency| competency.code() == code)
    }

    /// The place in `ALL`, 0 to 8.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The number people use, 1 to 9.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|competency| competency.number() == number)
    }
}

/// What `content/competencies.toml` says. The handbook gives the nine headings only; sub-skills and
/// statements are the project's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    pub version: String,
    pub note: Localized,
    /// In the order of `Competency::ALL`.
    pub competencies: [CompetencyDescription; 9],
}

impl Framework {
    pub fn describe(&self, competency: Competency) -> &CompetencyDescription {
        &self.competencies[competency.index()]
    }

    /// Whether every description stands at the place of its competency, with its number and the
    /// sub-skills `a` to `e`.
    pub fn is_in_order(&self) -> bool {
        self.competencies.iter().zip(Competency::ALL).all(|(description, competency)| {
            let sub_skills = description.sub_skills.iter().map(|sub_skill| sub_skill.code.as_str());
            description.code == competency
                && description.number == competency.number()
                && sub_skills.eq(SUB_SKILL_CODES)
        })
    }
}

pub const SUB_SKILL_CODES: [&str; 5] = ["a", "b", "c", "d", "e"];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompetencyDescription {
    pub code: Competency,
    pub number: u8,
    /// The heading of the handbook, for exports and officials.
    pub official_name: Localized,
    /// What citizens read.
    pub everyday_name: Localized,
    pub sub_skills: [SubSkill; 5],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubSkill {
    /// One of `SUB_SKILL_CODES`.
    pub code: String,
    pub name: Localized,
    /// Competences of DigComp 2.2 that correspond, such as `4.2`.
    pub digcomp_2_2: Vec<String>,
    /// Items or groups of the Vietnamese frameworks that correspond (CV 3139, TT02).
    pub vietnam: Vec<String>,
    pub can_do: CanDo,
}

/// One can-do statement for each of the levels 1 to 4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanDo {
    pub vi: [String; 4],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<[String; 4]>,
}

impl CanDo {
    /// The four statements, easiest first, in the language asked for or else in Vietnamese.
    pub fn get(&self, language: Language) -> &[String; 4] {
        match (language, &self.en) {
            (Language::En, Some(en)) => en,
            _ => &self.vi,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_numbers_lead_back_to_the_competency() {
        for (competency, number) in Competency::ALL.into_iter().zip(1..) {
            assert_eq!(competency.number(), number);
            assert_eq!(Competency::from_number(number), Some(competency));
            assert_eq!(Competency::from_code(competency.code()), Some(competency));
        }
        assert_eq!(Competency::from_number(0), None);
        assert_eq!(Competency::from_number(10), None);
        assert_eq!(Competency::from_code("Privacy"), None);
    }

    #[test]
    fn a_competency_is_written_as_its_code() {
        for competency in Competency::ALL {
            let json = format!("\"{}\"", competency.code());
            assert_eq!(serde_json::to_string(&competency).unwrap(), json);
            assert_eq!(serde_json::from_str::<Competency>(&json).unwrap(), competency);
        }
    }
}
