//! One competency by itself, with a normal prior or none.

use super::ScoringError;
use super::answer::ScoredAnswer;
use super::quadrature::{Nodes, Posterior, curvature, likelihood};

/// Distance of the nodes in units of 1/√J, with J as in [`super::quadrature`].
///
/// Measured against Gauss–Legendre panels for every model, 0 to 40 items, all best, all worst and
/// mixed, prior SD 0.3 to 5: mean 4e-7, SD 1.7e-6, log marginal likelihood 2e-7, probability
/// below a cut 1.3e-6 at most.
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
        (0..6)
            .find_map(|doublings| {
                let half_width = HALF_WIDTH * f64::from(1 << doublings);
                Self::on_nodes(prior, answers, Nodes::covering(half_width, step))
            })
            .ok_or(ScoringError::Improbable)
    }

    fn on_nodes(prior: Prior, answers: &[ScoredAnswer], standard: Nodes) -> Option<Self> {
        let density = standard.iter().map(|z| normal_density(z) * standard.step).collect();
        let nodes = standard.scaled(prior.mean, prior.sd);
        let (density, log_scale) = likelihood(answers, nodes, density).scaled();
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

#[cfg(test)]
mod tests {
    use super::super::fixture::{answers, close, rasch};
    use super::super::item_response::Parameters;
    use super::*;

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
            (rasch(0.0, 1, 0), -std::f64::consts::LN_2, 0.413241928283814, 0.91062127622205),
            (answers(&[(gpcm, 2)]), -1.15335077119722, 0.691674283932196, 0.840248565619075),
            (answers(&mixed), -2.117693924955159, 0.251306864309404, 0.891294828033749),
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
