//! One competency by itself, with a normal prior or none.

use super::ScoringError;
use super::item_response::ScoredAnswer;
use super::quadrature::{Nodes, Posterior, curvature, multiply_likelihood};

/// Nodes per 1/√J: the error is 2·exp(−8π²) for moments and about 1e-9 for the sinc interpolant.
const STEP: f64 = 0.5;

/// Nodes reach at first this many prior standard deviations to either side.
const HALF_WIDTH: f64 = 8.0;

/// A normal distribution of ability before any answer, in logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    mean: f64,
    sd: f64,
}

impl Prior {
    /// The population: mean 0, standard deviation 1.
    pub const STANDARD: Self = Self { mean: 0.0, sd: 1.0 };

    /// # Errors
    /// Unless `mean` is in [−100, 100] and `sd` in (0, 100].
    pub fn new(mean: f64, sd: f64) -> Result<Self, ScoringError> {
        if (-100.0..=100.0).contains(&mean) && sd > 0.0 && sd <= 100.0 {
            Ok(Self { mean, sd })
        } else {
            Err(ScoringError::Prior { mean, sd })
        }
    }

    pub fn mean(&self) -> f64 {
        self.mean
    }

    pub fn sd(&self) -> f64 {
        self.sd
    }
}

/// What answers and a prior say about one ability.
#[derive(Debug, Clone, PartialEq)]
pub struct Ability {
    /// The density; its mean is the EAP.
    pub posterior: Posterior,
    /// ln ∫ P(answers | θ) φ(θ) dθ.
    pub log_marginal_likelihood: f64,
}

impl Ability {
    /// The exact posterior on nodes as close as the items need and as wide as the answers demand:
    /// mean ± 8 SD at first, twice as wide until nothing that counts lies outside.
    ///
    /// # Errors
    /// [`ScoringError::Improbable`] where no width holds the posterior.
    pub fn estimate(prior: Prior, answers: &[ScoredAnswer]) -> Result<Self, ScoringError> {
        let step = STEP / (1.0 + prior.sd * prior.sd * curvature(answers)).sqrt();
        (0..8)
            .find_map(|doublings| {
                let half_width = HALF_WIDTH * f64::from(1 << doublings);
                Self::on_nodes(prior, answers, Nodes::spread(half_width, Nodes::count(half_width, step)))
            })
            .ok_or(ScoringError::Improbable)
    }

    fn on_nodes(prior: Prior, answers: &[ScoredAnswer], standard: Nodes) -> Option<Self> {
        let mut density: Vec<f64> = standard.iter().map(|z| normal_density(z) * standard.step).collect();
        let nodes = standard.scaled(prior.mean, prior.sd);
        let log_scale = multiply_likelihood(answers, nodes, &mut density);
        let log_marginal_likelihood = log_scale + libm::log(density.iter().sum());
        let posterior = Posterior::new(nodes, density)?;
        Some(Self { posterior, log_marginal_likelihood })
    }
}

/// φ(z).
pub(super) fn normal_density(z: f64) -> f64 {
    const ONE_OVER_ROOT_TWO_PI: f64 = 0.398_942_280_401_432_7;
    ONE_OVER_ROOT_TWO_PI * libm::exp(-0.5 * z * z)
}

/// A point estimate that need not exist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Estimate {
    Finite(f64),
    DivergesToPlusInfinity,
    DivergesToMinusInfinity,
    /// No answers, or a likelihood equally large at both ends.
    Undefined,
}

/// The mode of the posterior, MAP (Samejima 1969).
pub fn maximum_a_posteriori(prior: Prior, answers: &[ScoredAnswer]) -> f64 {
    let precision = 1.0 / (prior.sd * prior.sd);
    // The likelihood pulls with at most the sum of the slopes, so the mode is nearer than this.
    let reach = prior.sd + answers.iter().map(ScoredAnswer::slope_bound).sum::<f64>() / precision;
    let deviation = |theta: f64| theta - prior.mean;
    let search = Search { low: prior.mean - reach, high: prior.mean + reach, answers };
    search.maximum(
        |theta| slope(answers, theta) - precision * deviation(theta),
        |theta| log_likelihood(answers, theta) - precision * deviation(theta) * deviation(theta) / 2.0,
    )
}

/// The ability under which the answers are most likely, MLE (Birnbaum 1968).
///
/// It diverges where the likelihood is greatest at an end: for the 1PL, 2PL and GPCM exactly where
/// all answers are best, or all worst.
pub fn maximum_likelihood(answers: &[ScoredAnswer]) -> Estimate {
    if answers.is_empty() {
        return Estimate::Undefined;
    }
    let [minus_infinity, plus_infinity] =
        [0, 1].map(|end| answers.iter().map(|answer| libm::log(answer.limits()[end])).sum::<f64>());
    let theta = Search::around_difficulties(answers)
        .maximum(|theta| slope(answers, theta), |theta| log_likelihood(answers, theta));
    let ends = minus_infinity.max(plus_infinity);
    if log_likelihood(answers, theta) > ends {
        Estimate::Finite(theta)
    } else if minus_infinity > plus_infinity {
        Estimate::DivergesToMinusInfinity
    } else if plus_infinity > minus_infinity {
        Estimate::DivergesToPlusInfinity
    } else {
        Estimate::Undefined
    }
}

/// Warm's weighted likelihood estimate, WLE (Warm 1989; Penfield & Bergeron 2005 for the GPCM): the
/// root of score + J/2I, finite for every pattern; `None` without answers. Where the 3PL has several
/// roots, the one with the largest likelihood times √I.
pub fn weighted_likelihood(answers: &[ScoredAnswer]) -> Option<f64> {
    if answers.is_empty() {
        return None;
    }
    let sum =
        |value: fn(&ScoredAnswer, f64) -> f64, theta| answers.iter().map(|answer| value(answer, theta)).sum::<f64>();
    let information = |theta| sum(|answer, theta| answer.parameters().information(theta), theta);
    let warm_term = |theta| sum(|answer, theta| answer.parameters().warm_term(theta), theta);
    Some(Search::around_difficulties(answers).maximum(
        |theta| slope(answers, theta) + warm_term(theta) / (2.0 * information(theta)),
        |theta| log_likelihood(answers, theta) + libm::log(information(theta)) / 2.0,
    ))
}

fn slope(answers: &[ScoredAnswer], theta: f64) -> f64 {
    answers.iter().map(|answer| answer.slope(theta)).sum()
}

fn log_likelihood(answers: &[ScoredAnswer], theta: f64) -> f64 {
    answers.iter().map(|answer| answer.log_likelihood(theta)).sum()
}

/// Where a maximum must lie, if there is one.
struct Search<'a> {
    low: f64,
    high: f64,
    answers: &'a [ScoredAnswer],
}

impl<'a> Search<'a> {
    /// Beyond every difficulty by twenty times the scale of the flattest item, where each item is
    /// within e^−20 of its limit.
    fn around_difficulties(answers: &'a [ScoredAnswer]) -> Self {
        let difficulties = || answers.iter().flat_map(|answer| answer.parameters().difficulties());
        let flattest = answers.iter().map(|a| a.parameters().discrimination()).fold(20.0, f64::min);
        Self {
            low: difficulties().fold(f64::INFINITY, |low, b| low.min(*b)) - 20.0 / flattest,
            high: difficulties().fold(f64::NEG_INFINITY, |high, b| high.max(*b)) + 20.0 / flattest,
            answers,
        }
    }

    /// The root of a falling `derivative` where `objective` is largest; `low` where there is none.
    ///
    /// Without asymptotes the objective has one maximum, hence one panel; with them it
    /// may have several, and panels as wide as half the scale of the steepest item tell them apart.
    fn maximum(&self, derivative: impl Fn(f64) -> f64, objective: impl Fn(f64) -> f64) -> f64 {
        let steepest = self.answers.iter().map(ScoredAnswer::slope_bound).fold(0.0, f64::max);
        let asymptotes = self.answers.iter().any(|answer| answer.parameters().has_asymptotes());
        let width = self.high - self.low;
        let panels = if asymptotes { (2.0 * steepest * width).ceil().clamp(1.0, 4000.0) } else { 1.0 };
        let edge = |index: usize| self.low + width * index as f64 / panels;
        (0..panels as usize)
            .map(|panel| (edge(panel), edge(panel + 1)))
            .filter(|(low, high)| derivative(*low) > 0.0 && derivative(*high) <= 0.0)
            .map(|(low, high)| falling_root(low, high, &derivative))
            .map(|theta| (theta, objective(theta)))
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map_or(self.low, |(theta, _)| theta)
    }
}

/// Bisection to the last bit, from `derivative(low)` > 0 ≥ `derivative(high)`.
fn falling_root(mut low: f64, mut high: f64, derivative: impl Fn(f64) -> f64) -> f64 {
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return low;
        }
        if derivative(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::measurement::item_response::Parameters;

    fn answers(list: &[(Parameters, usize)]) -> Vec<ScoredAnswer> {
        list.iter().map(|(item, k)| ScoredAnswer::new(*item, *k).unwrap()).collect()
    }

    fn rasch(b: f64, right: usize, wrong: usize) -> Vec<ScoredAnswer> {
        let item = Parameters::one_parameter(b).unwrap();
        answers(&[vec![(item, 1); right], vec![(item, 0); wrong]].concat())
    }

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() < tolerance, "{found} is not {expected}");
    }

    /// Adaptive quadrature of mpmath 1.3 at 15 digits: ln marginal likelihood, mean, SD.
    #[test]
    fn the_posterior_is_that_of_mpmath() {
        let gpcm = Parameters::partial_credit(1.0, &[-0.5, 0.5]).unwrap();
        let mixed = [
            (Parameters::three_parameter(1.5, 1.0, 0.2).unwrap(), 1),
            (Parameters::two_parameter(1.0, -1.0).unwrap(), 1),
            (Parameters::two_parameter(0.8, 0.0).unwrap(), 0),
        ];
        for (answers, log_marginal, mean, sd) in [
            (rasch(0.0, 1, 0), -0.693147180559945, 0.413241928283814, 0.910621276222050),
            (answers(&[(gpcm, 2)]), -1.153350771197220, 0.691674283932196, 0.840248565619075),
            (answers(&mixed), -2.117693924955159, 0.251306864309404, 0.891294802033749),
        ] {
            let ability = Ability::estimate(Prior::STANDARD, &answers).unwrap();
            close(ability.log_marginal_likelihood, log_marginal, 1e-12);
            close(ability.posterior.mean(), mean, 1e-12);
            close(ability.posterior.sd(), sd, 1e-12);
        }
        let ability = Ability::estimate(Prior::STANDARD, &answers(&mixed)).unwrap();
        let [low, _, high] = ability.posterior.interval_probabilities(&[-0.6, 0.6])[..] else { panic!() };
        close(low, 0.170694299903180, 1e-6);
        close(1.0 - high, 0.645231947041278, 1e-6);
    }

    /// Closed forms for r of n Rasch items alike: MLE = b + ln(r/(n − r)), and Warm's estimate
    /// b + ln((r + ½)/(n − r + ½)) (Warm 1989, §3: half a point to either side).
    #[test]
    fn estimates_for_items_all_alike_have_their_closed_forms() {
        for (right, wrong) in [(1, 1), (3, 1), (1, 9), (39, 1)] {
            let (r, w) = (right as f64, wrong as f64);
            let answers = rasch(0.4, right, wrong);
            let Estimate::Finite(mle) = maximum_likelihood(&answers) else { panic!() };
            close(mle, 0.4 + libm::log(r / w), 1e-10);
            close(weighted_likelihood(&answers).unwrap(), 0.4 + libm::log((r + 0.5) / (w + 0.5)), 1e-10);
        }
        for (right, wrong) in [(5, 0), (0, 40)] {
            let (r, w) = (right as f64, wrong as f64);
            let expected = -0.3 + libm::log((r + 0.5) / (w + 0.5));
            close(weighted_likelihood(&rasch(-0.3, right, wrong)).unwrap(), expected, 1e-10);
        }
    }

    #[test]
    fn maximum_likelihood_diverges_exactly_where_it_must() {
        let gpcm = Parameters::partial_credit(1.3, &[-0.5, 0.5]).unwrap();
        let guessed = Parameters::three_parameter(2.0, 0.0, 0.25).unwrap();
        let hard = Parameters::three_parameter(2.0, 2.0, 0.25).unwrap();
        let (plus, minus) = (Estimate::DivergesToPlusInfinity, Estimate::DivergesToMinusInfinity);
        assert_eq!(maximum_likelihood(&[]), Estimate::Undefined);
        assert_eq!(maximum_likelihood(&rasch(0.0, 40, 0)), plus);
        assert_eq!(maximum_likelihood(&rasch(0.0, 0, 1)), minus);
        assert_eq!(maximum_likelihood(&answers(&[(gpcm, 2), (gpcm, 2)])), plus);
        assert_eq!(maximum_likelihood(&answers(&[(gpcm, 0), (guessed, 0)])), minus);
        // Right on the hard item, wrong on the others: guessing explains it best.
        assert_eq!(maximum_likelihood(&answers(&[(guessed, 0), (guessed, 0), (hard, 1)])), minus);
        let middle = maximum_likelihood(&answers(&[(gpcm, 1)]));
        assert!(matches!(middle, Estimate::Finite(theta) if theta.abs() < 1e-12));
    }

    /// With one Rasch item right the mode solves 1/(1 + e^θ) = θ: 0.401058137541547 (mpmath 1.3).
    #[test]
    fn the_mode_solves_its_equation() {
        close(maximum_a_posteriori(Prior::STANDARD, &rasch(0.0, 1, 0)), 0.401058137541547, 1e-12);
        let prior = Prior::new(0.7, 2.0).unwrap();
        assert_eq!(maximum_a_posteriori(prior, &[]), 0.7);
        close(maximum_a_posteriori(prior, &rasch(90.0, 2, 0)), 8.7, 1e-12);
    }

    #[test]
    fn an_absurd_attempt_still_has_an_answer() {
        let item = |b| Parameters::two_parameter(15.0, b).unwrap();
        let contradiction = answers(&[vec![(item(4.0), 1); 20], vec![(item(-4.0), 0); 20]].concat());
        let ability = Ability::estimate(Prior::STANDARD, &contradiction).unwrap();
        close(ability.posterior.mean(), 0.0, 1e-9);
        assert!(ability.log_marginal_likelihood < -2000.0);
    }

    #[test]
    fn priors_that_are_none_are_refused() {
        for (mean, sd) in [(0.0, 0.0), (0.0, -1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (0.0, f64::NAN)] {
            assert!(Prior::new(mean, sd).is_err());
        }
    }
}
