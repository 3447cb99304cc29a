//! How answers become abilities, bands and levels: pure functions of numbers.
//!
//! The metric is logistic with D = 1; an ability is in logits of a population with mean 0 and
//! standard deviation 1. Read in this order: [`item_response`] (how an ability makes answers),
//! [`answer`] (what one answer says), [`quadrature`] (what several say, as a density),
//! [`ability`] and [`point_estimates`] (one competency), [`second_order`] (all, which inform each
//! other), [`levels`] (the words people are shown), [`scoring`] (from answers to words) and
//! [`rapid`] (which answers count).
//!
//! The same answers give the same bits on every machine: `exp`, `log`, `sin`, `cos` and `erfc`
//! come from `libm`, nodes and order of summation are fixed by the model and the items, and
//! everything else is an operation that IEEE 754 rounds exactly. Input is checked where a value is
//! made ([`Parameters`], [`ScoredAnswer`], [`Prior`], [`SecondOrder`], [`Cuts`]), so that what
//! comes after never meets a NaN.

use std::fmt;

pub mod ability;
pub mod answer;
#[cfg(test)]
mod fixture;
pub mod item_response;
pub mod levels;
pub mod point_estimates;
pub mod quadrature;
pub mod rapid;
pub mod scoring;
pub mod second_order;

pub use ability::{Ability, Prior};
pub use answer::ScoredAnswer;
pub use item_response::{MAX_CATEGORIES, Parameters};
pub use levels::{Band, Certainty, Cuts, OverallLevel};
pub use point_estimates::{Estimate, maximum_a_posteriori, maximum_likelihood, weighted_likelihood};
pub use quadrature::Posterior;
pub use scoring::{AttemptScore, CompetencyScore, OverallScore, ScoringModel, score_attempt};
pub use second_order::{JointPosterior, OverallPosterior, SecondOrder};

/// Why something cannot be measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ScoringError {
    /// The discrimination is not a number in (0, 20].
    Discrimination(f64),
    /// A difficulty is not a number in [−100, 100].
    Difficulty(f64),
    /// An item needs 1 to 5 steps.
    Steps(usize),
    /// The asymptotes are not 0 ≤ lower < upper ≤ 1.
    Asymptotes { lower: f64, upper: f64 },
    /// The item has no such category.
    Category { chosen: usize, highest: usize },
    /// The mean is not in [−100, 100] or the standard deviation not in (0, 100].
    Prior { mean: f64, sd: f64 },
    /// A loading is not in [−0.99, 0.99], or an equal correlation not in [0, 0.98].
    Loading(f64),
    /// The cuts are not finite and ascending.
    Cuts,
    /// Not one list of answers for each competency, or no competency at all.
    Competencies { expected: usize, found: usize },
    /// The answers contradict the model so strongly that their likelihood is below the smallest
    /// number.
    Improbable,
}

impl fmt::Display for ScoringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Discrimination(a) => write!(f, "discrimination {a} is not in (0, 20]"),
            Self::Difficulty(b) => write!(f, "difficulty {b} is not in [-100, 100]"),
            Self::Steps(count) => write!(f, "an item has 1 to 5 steps, not {count}"),
            Self::Asymptotes { lower, upper } => {
                write!(f, "asymptotes {lower}, {upper} are not 0 <= lower < upper <= 1")
            }
            Self::Category { chosen, highest } => {
                write!(f, "category {chosen} is not in 0..={highest}")
            }
            Self::Prior { mean, sd } => {
                write!(f, "prior mean {mean} is not in [-100, 100] or sd {sd} not in (0, 100]")
            }
            Self::Loading(loading) => write!(f, "loading or correlation {loading} is out of range"),
            Self::Cuts => write!(f, "cuts are not finite and ascending"),
            Self::Competencies { expected, found } => {
                write!(f, "answers for {found} competencies where {expected} are measured")
            }
            Self::Improbable => write!(f, "the answers are impossible under the model"),
        }
    }
}

impl std::error::Error for ScoringError {}
