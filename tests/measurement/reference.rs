//! Brute-force quadrature: Gauss–Legendre panels so small that nothing is left to approximate.

use std::f64::consts::PI;

use congdanso::domain::measurement::{Parameters, ScoredAnswer};

/// Abscissas and weights on [−1, 1] (Press et al. 2007, §4.6.1).
pub fn gauss_legendre(count: usize) -> Vec<(f64, f64)> {
    let rule = |index: usize| {
        let mut x = libm::cos(PI * (index as f64 + 0.75) / (count as f64 + 0.5));
        loop {
            let (mut p, mut previous) = (1.0, 0.0);
            for k in 1..=count {
                let k = k as f64;
                (p, previous) = (((2.0 * k - 1.0) * x * p - (k - 1.0) * previous) / k, p);
            }
            let derivative = count as f64 * (x * p - previous) / (x * x - 1.0);
            let change = p / derivative;
            x -= change;
            if change.abs() < 1e-14 {
                return (x, 2.0 / ((1.0 - x * x) * derivative * derivative));
            }
        }
    };
    (0..count).map(rule).collect()
}

/// A rule on each of the intervals between `breaks`, cut into `panels` equal parts.
pub fn piecewise(breaks: &[f64], panels: usize, rule: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut nodes = Vec::new();
    for ends in breaks.windows(2) {
        let half = (ends[1] - ends[0]) / panels as f64 / 2.0;
        for panel in 0..panels {
            let centre = ends[0] + (2 * panel + 1) as f64 * half;
            nodes.extend(rule.iter().map(|(x, w)| (centre + half * x, half * w)));
        }
    }
    nodes
}

pub fn normal(x: f64, mean: f64, sd: f64) -> f64 {
    let z = (x - mean) / sd;
    libm::exp(-z * z / 2.0) / (sd * (2.0 * PI).sqrt())
}

pub fn log_likelihood(answers: &[ScoredAnswer], theta: f64) -> f64 {
    answers.iter().map(|answer| answer.log_likelihood(theta)).sum()
}

/// How the answers of a made-up person fall.
#[derive(Debug, Clone, Copy)]
pub enum Pattern {
    Best,
    Worst,
    Mixed,
}

pub const PATTERNS: [Pattern; 3] = [Pattern::Best, Pattern::Worst, Pattern::Mixed];

pub fn answer(item: Parameters, pattern: Pattern, index: usize) -> ScoredAnswer {
    let highest = item.highest_category();
    let category = match pattern {
        Pattern::Best => highest,
        Pattern::Worst => 0,
        Pattern::Mixed => (index * 2 + index / 3) % (highest + 1),
    };
    ScoredAnswer::new(item, category).unwrap()
}

/// Graded scenarios of three options at the four target levels.
pub fn scenarios(count: usize, a: f64, shift: f64, pattern: Pattern) -> Vec<ScoredAnswer> {
    (0..count)
        .map(|index| {
            let b = [-1.5, -0.5, 0.5, 1.5][index % 4] + shift;
            answer(Parameters::partial_credit(a, &[b - 0.5, b + 0.5]).unwrap(), pattern, index)
        })
        .collect()
}

pub fn worst(largest: &mut f64, found: f64, expected: f64) {
    assert!(found.is_finite(), "found {found}, expected {expected}");
    *largest = largest.max((found - expected).abs());
}
