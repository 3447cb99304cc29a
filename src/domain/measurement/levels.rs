//! The words people are shown instead of numbers, and how sure they are.

use super::ScoringError;

/// Below this posterior probability a band or level is only tentative.
const FIRM: f64 = 0.8;

/// With fewer scored answers nothing is said.
const SUFFICIENT_ANSWERS: usize = 2;

/// What a person can do in one competency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Đang làm quen.
    Learning,
    /// Tự làm được.
    Capable,
    /// Vững vàng.
    Confident,
}

impl Band {
    pub const ALL: [Self; 3] = [Self::Learning, Self::Capable, Self::Confident];

    /// As messages name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Learning => "learning",
            Self::Capable => "capable",
            Self::Confident => "confident",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.code() == code)
    }
}

/// What a person can do in all competencies together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OverallLevel {
    /// Bước đầu.
    Starting,
    /// Quen việc.
    Practised,
    /// Chủ động.
    Independent,
    /// Thành thạo.
    Proficient,
}

impl OverallLevel {
    pub const ALL: [Self; 4] = [Self::Starting, Self::Practised, Self::Independent, Self::Proficient];

    /// As messages name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Practised => "practised",
            Self::Independent => "independent",
            Self::Proficient => "proficient",
        }
    }
}

/// How sure a band or level is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// Its posterior probability is at least 0.8.
    Firm,
    Tentative,
    /// Fewer than 2 scored answers.
    Insufficient,
}

impl Certainty {
    /// As messages name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Firm => "firm",
            Self::Tentative => "tentative",
            Self::Insufficient => "insufficient",
        }
    }

    pub fn of(probability: f64, scored_answers: usize) -> Self {
        if scored_answers < SUFFICIENT_ANSWERS {
            Self::Insufficient
        } else if probability >= FIRM {
            Self::Firm
        } else {
            Self::Tentative
        }
    }
}

/// Where one band or level ends and the next begins, in logits; a cut belongs to the upper side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cuts {
    bands: [f64; 2],
    levels: [f64; 3],
}

impl Cuts {
    /// Until a standard-setting panel (modified Angoff) has met.
    pub const PROVISIONAL: Self = Self { bands: [-0.6, 0.6], levels: [-0.8, 0.0, 0.8] };

    /// # Errors
    /// Cuts that are not finite and ascending.
    pub fn new(bands: [f64; 2], levels: [f64; 3]) -> Result<Self, ScoringError> {
        let valid = |cuts: &[f64]| cuts.iter().all(|c| c.is_finite()) && cuts.is_sorted_by(|a, b| a < b);
        if valid(&bands) && valid(&levels) { Ok(Self { bands, levels }) } else { Err(ScoringError::Cuts) }
    }

    pub fn bands(&self) -> &[f64; 2] {
        &self.bands
    }

    pub fn levels(&self) -> &[f64; 3] {
        &self.levels
    }

    /// The band an ability lies in.
    pub fn band(&self, theta: f64) -> Band {
        Band::ALL[self.bands.iter().filter(|cut| theta >= **cut).count()]
    }

    /// The level a mean of abilities lies in.
    pub fn level(&self, theta: f64) -> OverallLevel {
        OverallLevel::ALL[self.levels.iter().filter(|cut| theta >= **cut).count()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_belongs_to_the_upper_band() {
        let cuts = Cuts::PROVISIONAL;
        assert_eq!([-0.61, -0.6, 0.59, 0.6].map(|theta| cuts.band(theta)), {
            use Band::*;
            [Learning, Capable, Capable, Confident]
        });
        assert_eq!([-0.9, -0.8, 0.0, 0.8].map(|theta| cuts.level(theta)), OverallLevel::ALL);
    }

    #[test]
    fn certainty_needs_two_answers_and_four_fifths() {
        assert_eq!(Certainty::of(0.99, 1), Certainty::Insufficient);
        assert_eq!(Certainty::of(0.8, 2), Certainty::Firm);
        assert_eq!(Certainty::of(0.79, 40), Certainty::Tentative);
    }

    #[test]
    fn cuts_out_of_order_or_not_finite_are_refused() {
        let levels = [-1.0, 0.0, 1.0];
        for bands in [[0.6, -0.6], [0.0, 0.0], [f64::NAN, 0.0], [0.0, f64::INFINITY]] {
            assert_eq!(Cuts::new(bands, levels), Err(ScoringError::Cuts));
        }
        assert!(Cuts::new([-0.5, 0.7], levels).is_ok());
    }
}
