//! Several answers on equally spaced nodes, and the posterior density they make.
//!
//! For a smooth density on the whole line the trapezoidal rule converges exponentially (Trefethen
//! & Weideman 2014): with nodes `h` apart the error for a normal density of standard deviation
//! `s` is 2·exp(−2π²s²/h²). No posterior has a detail sharper than 1/√J, where J adds the
//! precision of the prior to the curvature bounds of the items, so `h` is a fixed part of 1/√J.
//! Probabilities below a cut integrate the sinc interpolant, whose error falls half as fast, as
//! exp(−π²s²/2h²).

use std::f64::consts::{FRAC_PI_2, PI};

use super::answer::ScoredAnswer;
use super::item_response::LANES;

/// The largest posterior density at the ends of the nodes, relative to a standard normal's.
const NEGLIGIBLE: f64 = 1e-6;

/// Equally spaced nodes; their number is a multiple of [`LANES`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nodes {
    first: f64,
    pub step: f64,
    pub count: usize,
}

impl Nodes {
    /// From −`half_width` to `half_width`, at most `step` apart.
    pub fn covering(half_width: f64, step: f64) -> Self {
        let intervals = (2.0 * half_width / step).ceil() as usize;
        Self::spread(half_width, (intervals + 1).next_multiple_of(LANES))
    }

    /// From −`half_width` to `half_width`.
    pub fn spread(half_width: f64, count: usize) -> Self {
        Self { first: -half_width, step: 2.0 * half_width / (count - 1) as f64, count }
    }

    /// How far nodes that are not yet scaled reach.
    pub fn half_width(self) -> f64 {
        -self.first
    }

    /// The same nodes where 0 is `mean` and 1 is `mean + sd`.
    pub fn scaled(self, mean: f64, sd: f64) -> Self {
        Self { first: mean + sd * self.first, step: sd * self.step, count: self.count }
    }

    pub fn iter(self) -> impl Iterator<Item = f64> {
        (0..self.count).map(move |j| self.first + j as f64 * self.step)
    }
}

/// Sum of the curvature bounds of the answers: their part of J.
pub(super) fn curvature(answers: &[ScoredAnswer]) -> f64 {
    answers.iter().map(ScoredAnswer::curvature_bound).sum()
}

/// The likelihood of the answers at the nodes, starting from `density`.
pub(super) fn likelihood(answers: &[ScoredAnswer], nodes: Nodes, density: Vec<f64>) -> Product {
    let mut product = Product::new(density);
    for answer in answers {
        product.multiply(|values| answer.multiply_likelihood(nodes.first, nodes.step, values));
    }
    product
}

/// Products of many small factors, which a float could not hold: each is value · 2^exponent.
#[derive(Debug, Clone)]
pub(super) struct Product {
    values: Vec<f64>,
    exponents: Vec<i32>,
}

impl Product {
    pub fn new(values: Vec<f64>) -> Self {
        let exponents = vec![0; values.len()];
        Self { values, exponents }
    }

    /// Lets `factor` scale the values, then takes their binary exponents away.
    pub fn multiply(&mut self, factor: impl FnOnce(&mut [f64])) {
        const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;
        factor(&mut self.values);
        for (value, exponent) in self.values.iter_mut().zip(&mut self.exponents) {
            if *value < f64::MIN_POSITIVE {
                (*value, *exponent) = (0.0, i32::MIN / 2);
            } else {
                let bits = value.to_bits();
                *exponent += (bits >> MANTISSA_BITS) as i32 - EXPONENT_BIAS;
                let mantissa = bits & ((1 << MANTISSA_BITS) - 1);
                *value = f64::from_bits(mantissa | 1.0f64.to_bits());
            }
        }
    }

    /// The products divided by a power of two, so that the largest is in [1, 2), and that power's
    /// logarithm.
    pub fn scaled(mut self) -> (Vec<f64>, f64) {
        let largest = self.exponents.iter().copied().fold(i32::MIN, i32::max);
        for (value, exponent) in self.values.iter_mut().zip(&self.exponents) {
            *value *= power_of_two(exponent - largest);
        }
        (self.values, f64::from(largest) * std::f64::consts::LN_2)
    }
}

const EXPONENT_BIAS: i32 = f64::MAX_EXP - 1;

/// 2^exponent for an exponent up to 0, or 0 where that is below the smallest normal number.
fn power_of_two(exponent: i32) -> f64 {
    let biased = (exponent + EXPONENT_BIAS).max(0);
    f64::from_bits((biased as u64) << (f64::MANTISSA_DIGITS - 1))
}

/// A posterior density of one ability.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    nodes: Nodes,
    weights: Vec<f64>,
    mean: f64,
    sd: f64,
}

impl Posterior {
    /// From weights that need not sum to 1; `None` where their sum is 0 or beyond a float, or where
    /// the nodes cut off a part of the density that counts.
    pub(super) fn new(nodes: Nodes, mut weights: Vec<f64>) -> Option<Self> {
        let total: f64 = weights.iter().sum();
        if !total.is_normal() {
            return None;
        }
        weights.iter_mut().for_each(|weight| *weight /= total);
        let mean = expectation(nodes, &weights, |theta| theta);
        let variance = expectation(nodes, &weights, |theta| (theta - mean) * (theta - mean));
        let sd = variance.sqrt();
        let ends = weights[0] + weights[nodes.count - 1];
        (ends * sd <= NEGLIGIBLE * nodes.step).then_some(Self { nodes, weights, mean, sd })
    }

    /// The expected a posteriori ability, EAP (Bock & Mislevy 1982).
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The posterior standard deviation: the standard error of the EAP.
    pub fn sd(&self) -> f64 {
        self.sd
    }

    /// Abilities and their probabilities, which sum to 1: for sums over the posterior.
    pub fn nodes(&self) -> impl Iterator<Item = (f64, f64)> {
        self.nodes.iter().zip(self.weights.iter().copied())
    }

    /// P(θ < cut): the integral up to the cut of Σ_j w_j sinc((θ − θ_j)/h)/h, which is
    /// Σ_j w_j (1/2 + Si(π(cut − θ_j)/h)/π) (sinc quadrature, Stenger 1993). The cut is finite.
    pub fn probability_below(&self, cut: f64) -> f64 {
        let position = (cut - self.nodes.first) / self.nodes.step;
        // Nodes are π apart in the argument of Si, so sine and cosine only change their sign.
        let (mut sine, mut cosine) = (libm::sin(PI * position), libm::cos(PI * position));
        let mut sum = 0.0;
        for (j, weight) in self.weights.iter().enumerate() {
            // Most nodes are so far out that they cannot count.
            if *weight > 1e-12 {
                sum += weight * (0.5 + sine_integral(PI * (position - j as f64), sine, cosine) / PI);
            }
            (sine, cosine) = (-sine, -cosine);
        }
        sum.clamp(0.0, 1.0)
    }

    /// The probabilities of the intervals between ascending cuts: one more than there are cuts, not
    /// negative, and 1 in sum.
    pub fn interval_probabilities(&self, cuts: &[f64]) -> Vec<f64> {
        let mut low = 0.0;
        let below = cuts.iter().map(|cut| self.probability_below(*cut));
        below
            .chain([1.0])
            .map(|high| {
                let high = high.max(low);
                high - std::mem::replace(&mut low, high)
            })
            .collect()
    }
}

fn expectation(nodes: Nodes, weights: &[f64], value: impl Fn(f64) -> f64) -> f64 {
    nodes.iter().zip(weights).map(|(theta, weight)| weight * value(theta)).sum()
}

/// Si(x) = ∫₀ˣ sin(t)/t dt, given sin(x) and cos(x). Rational approximations of Abramowitz & Stegun
/// (5.2.38, 5.2.39) beyond 1, the power series (5.2.14) within; error below 6e-7.
fn sine_integral(x: f64, sine: f64, cosine: f64) -> f64 {
    let square = x * x;
    if square < 1.0 {
        return x * horner(square, [1.0 / 3_265_920.0, -1.0 / 35_280.0, 1.0 / 600.0, -1.0 / 18.0, 1.0]);
    }
    const F_ABOVE: [f64; 5] = [1.0, 38.027264, 265.187033, 335.677320, 38.102495];
    const F_BELOW: [f64; 5] = [1.0, 40.021433, 322.624911, 570.236280, 157.105423];
    const G_ABOVE: [f64; 5] = [1.0, 42.242855, 302.757865, 352.018498, 21.821899];
    const G_BELOW: [f64; 5] = [1.0, 48.196927, 482.485984, 1114.978885, 449.690326];
    let f = horner(square, F_ABOVE) / (x * horner(square, F_BELOW));
    let g = horner(square, G_ABOVE) / (square * horner(square, G_BELOW));
    FRAC_PI_2.copysign(x) - f * cosine - g * sine
}

fn horner(x: f64, coefficients: [f64; 5]) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Si(½), Si(1), Si(2), Si(10), Si(−40) from Abramowitz & Stegun, tables 5.1 and 5.2, and
    /// mpmath 1.3.
    #[test]
    fn the_sine_integral_is_that_of_the_tables() {
        let table = [
            (0.5, 0.493_107_418_043_067),
            (1.0, 0.946_083_070_367_183),
            (2.0, 1.605_412_976_802_695),
            (10.0, 1.658_347_594_218_874),
            (-40.0, -1.586_985_119_354_784),
        ];
        for (x, expected) in table {
            let found = sine_integral(x, libm::sin(x), libm::cos(x));
            assert!((found - expected).abs() < 6e-7, "Si({x}) = {found}, not {expected}");
        }
    }

    #[test]
    fn nodes_that_cut_off_what_counts_are_refused() {
        let on = |half_width: f64| {
            let nodes = Nodes::spread(half_width, 64);
            Posterior::new(nodes, nodes.iter().map(|z| libm::exp(-z * z / 2.0)).collect())
        };
        assert!(on(4.0).is_none());
        assert!(on(6.0).is_some());
        assert!(Posterior::new(Nodes::spread(1.0, 8), vec![0.0; 8]).is_none());
    }
}
