//! One competency in one number, where a density is not wanted: MAP, maximum likelihood, Warm's
//! estimate.

use super::ability::Prior;
use super::answer::ScoredAnswer;

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
    let precision = 1.0 / (prior.sd() * prior.sd());
    // The likelihood pulls with at most the sum of the slopes, so the mode is nearer than this.
    let reach = prior.sd() + answers.iter().map(ScoredAnswer::slope_bound).sum::<f64>() / precision;
    let deviation = |theta: f64| theta - prior.mean();
    let search = Search { low: prior.mean() - reach, high: prior.mean() + reach, answers };
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

/// Warm's weighted likelihood estimate, WLE (Warm 1989; Penfield & Bergeron 2005 for the GPCM):
/// the root of score + J/2I, finite for every pattern; `None` without answers. Where the 3PL has
/// several roots, the one with the largest likelihood times √I.
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
    use super::super::fixture::{answers, close, rasch};
    use super::super::item_response::Parameters;
    use super::*;

    /// Closed forms for r of n Rasch items alike: MLE = b + ln(r/(n − r)), and Warm's estimate
    /// b + ln((r + ½)/(n − r + ½)) (Warm 1989: half a point to either side).
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
        close(maximum_a_posteriori(prior, &[]), 0.7, 1e-12);
        close(maximum_a_posteriori(prior, &rasch(90.0, 2, 0)), 8.7, 1e-12);
    }
}
