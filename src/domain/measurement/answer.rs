//! One answer that counts, and its likelihood.

use super::ScoringError;
use super::item_response::{LANES, Parameters};

/// One answer that counts: an item and the category chosen, which the item has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredAnswer {
    parameters: Parameters,
    category: usize,
}

impl ScoredAnswer {
    /// # Errors
    /// A category above the item's highest.
    pub fn new(parameters: Parameters, category: usize) -> Result<Self, ScoringError> {
        let highest = parameters.highest_category();
        if category > highest {
            return Err(ScoringError::Category { chosen: category, highest });
        }
        Ok(Self { parameters, category })
    }

    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    pub fn category(&self) -> usize {
        self.category
    }

    /// ln P(chosen category | θ).
    pub fn log_likelihood(&self, theta: f64) -> f64 {
        self.parameters.log_probability(self.category, theta)
    }

    /// d ln P(chosen category | θ) / dθ, Fisher's score.
    pub fn slope(&self, theta: f64) -> f64 {
        self.parameters.slope(self.category, theta)
    }

    /// No slope is steeper than a·m.
    pub(super) fn slope_bound(&self) -> f64 {
        self.parameters.discrimination * self.parameters.steps as f64
    }

    /// −d² ln P / dθ² is at most a² m² / 4, the largest variance m + 1 categories can have
    /// (Popoviciu 1935).
    pub(super) fn curvature_bound(&self) -> f64 {
        self.slope_bound() * self.slope_bound() / 4.0
    }

    /// P(chosen category) as θ → −∞ and as θ → +∞.
    pub(super) fn limits(&self) -> [f64; 2] {
        let Parameters { lower, upper, steps, .. } = self.parameters;
        match self.category {
            0 => [1.0 - lower, if steps == 1 { 1.0 - upper } else { 0.0 }],
            k if k == steps => [if steps == 1 { lower } else { 0.0 }, upper],
            _ => [0.0, 0.0],
        }
    }

    /// Multiplies `likelihood[j]` by P(chosen category | first + j·step).
    ///
    /// On equally spaced nodes the odds of a step are a geometric sequence, so eight nodes share
    /// one exponential. Odds are held within e^{±650/m}, so that their product stays a number.
    pub(super) fn multiply_likelihood(&self, first: f64, step: f64, likelihood: &mut [f64]) {
        let Self { parameters: item, category: chosen } = self;
        let a = item.discrimination;
        let limit = 650.0 / item.steps as f64;
        let [below, above] = self.limits();
        let (floor, span) = (below.min(above), item.upper - item.lower);
        let rise: [f64; LANES] = powers(libm::exp(a * step));
        let fall = rise.map(f64::recip);
        for (chunk, lanes) in likelihood.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let theta = first + (chunk * LANES) as f64 * step;
            let odds = |h: usize| libm::exp((a * (theta - item.difficulties[h])).clamp(-limit, limit));
            // P(a better category) and P(a worse one), relative to P(chosen), by Horner's rule.
            let (mut better, mut worse) = ([0.0; LANES], [0.0; LANES]);
            for h in (*chosen..item.steps).rev() {
                let odds = odds(h);
                for (better, rise) in better.iter_mut().zip(&rise) {
                    *better = odds * rise * (1.0 + *better);
                }
            }
            for h in 0..*chosen {
                let odds = odds(h).recip();
                for (worse, fall) in worse.iter_mut().zip(&fall) {
                    *worse = odds * fall * (1.0 + *worse);
                }
            }
            for (lane, p) in lanes.iter_mut().enumerate() {
                *p *= floor + span / (1.0 + better[lane] + worse[lane]);
            }
        }
    }
}

/// 1, x, x² …
fn powers(x: f64) -> [f64; LANES] {
    let mut powers = [1.0; LANES];
    for index in 1..LANES {
        powers[index] = powers[index - 1] * x;
    }
    powers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likelihoods_on_nodes_are_the_probabilities() {
        let items = [
            Parameters::two_parameter(1.7, -0.4),
            Parameters::four_parameter(0.8, -1.0, 0.1, 0.95),
            Parameters::partial_credit(0.9, &[1.0, -1.0, 0.0, 2.0, -0.3]),
        ];
        for item in items.map(Result::unwrap) {
            for category in 0..=item.highest_category() {
                let mut likelihood = [1.0; 64];
                let answer = ScoredAnswer::new(item, category).unwrap();
                answer.multiply_likelihood(-8.0, 0.25, &mut likelihood);
                for (j, likelihood) in likelihood.into_iter().enumerate() {
                    let p = item.probabilities(-8.0 + 0.25 * j as f64)[category];
                    assert!((likelihood / p - 1.0).abs() < 1e-12, "{likelihood} is not {p}");
                }
            }
        }
    }
}
