use congdanso::domain::measurement::{Ability, Parameters, Prior, ScoredAnswer};

use crate::reference::{PATTERNS, Pattern, answer, gauss_legendre, log_likelihood, normal, piecewise, worst};

const CUTS: [f64; 2] = [-0.6, 0.6];

/// Mean, SD, log marginal likelihood, P(θ < cut) by 32-point rules on 8 panels between each two
/// breaks.
fn exact(prior: Prior, answers: &[ScoredAnswer]) -> [f64; 5] {
    let reach = 9.0 * prior.sd() + 9.0;
    let (low, high) = (prior.mean() - reach, prior.mean() + reach);
    let breaks = [low, -6.0, CUTS[0], CUTS[1], 6.0, high];
    let nodes = piecewise(&breaks, 8, &gauss_legendre(32));
    let logs: Vec<f64> = nodes.iter().map(|(theta, _)| log_likelihood(answers, *theta)).collect();
    let largest = logs.iter().fold(f64::NEG_INFINITY, |m, l| m.max(*l));
    let density = nodes.iter().zip(&logs).map(|((theta, width), log)| {
        (*theta, width * normal(*theta, prior.mean(), prior.sd()) * libm::exp(log - largest))
    });
    let density: Vec<(f64, f64)> = density.collect();
    let total: f64 = density.iter().map(|(_, w)| w).sum();
    let average = |f: &dyn Fn(f64) -> f64| density.iter().map(|(t, w)| w * f(*t)).sum::<f64>() / total;
    let mean = average(&|t| t);
    let below = |cut: f64| average(&|t| f64::from(t < cut));
    let sd = average(&|t| (t - mean) * (t - mean)).sqrt();
    [mean, sd, largest + libm::log(total), below(CUTS[0]), below(CUTS[1])]
}

fn items(kind: usize, b: f64) -> Parameters {
    match kind {
        0 => Parameters::one_parameter(b),
        1 => Parameters::two_parameter(0.4, b),
        2 => Parameters::two_parameter(3.0, b),
        3 => Parameters::three_parameter(1.5, b, 0.27),
        4 => Parameters::four_parameter(2.0, b, 0.2, 0.95),
        5 => Parameters::partial_credit(1.0, &[b - 0.5, b + 0.5]),
        _ => Parameters::partial_credit(2.5, &[b - 0.8, b - 0.2, b, b + 0.6, b + 0.5]),
    }
    .unwrap()
}

fn attempt(kind: usize, count: usize, centre: f64, pattern: Pattern) -> Vec<ScoredAnswer> {
    let difficulty = |index: usize| centre + 1.5 * (index as f64 * 0.7).sin();
    (0..count).map(|index| answer(items(kind, difficulty(index)), pattern, index)).collect()
}

#[test]
fn agrees_with_brute_force_for_every_model_prior_length_and_pattern() {
    let mut errors = [0.0; 5];
    for kind in 0..7 {
        for (mean, sd) in [(0.0, 0.3), (0.0, 1.0), (-0.7, 2.0), (0.5, 5.0)] {
            for (count, centre) in [(0, 0.0), (1, 0.0), (2, 1.0), (6, 0.0), (40, 0.0), (40, 3.0)] {
                for pattern in PATTERNS {
                    let prior = Prior::new(mean, sd).unwrap();
                    let answers = attempt(kind, count, centre, pattern);
                    let ability = Ability::estimate(prior, &answers).unwrap();
                    let below = CUTS.map(|cut| ability.posterior.probability_below(cut));
                    let [mean, sd] = [ability.posterior.mean(), ability.posterior.sd()];
                    let found = [mean, sd, ability.log_marginal_likelihood, below[0], below[1]];
                    let expected = exact(prior, &answers);
                    for (error, (found, expected)) in errors.iter_mut().zip(found.into_iter().zip(expected)) {
                        worst(error, found, expected);
                    }
                }
            }
        }
    }
    println!("mean, sd, log marginal likelihood, below: {errors:.9?}");
    assert!(errors.iter().all(|error| *error < 1e-5), "{errors:?}");
}
