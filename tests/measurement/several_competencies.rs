use congdanso::domain::measurement::{Parameters, Prior, ScoredAnswer, SecondOrder};

use crate::reference::{PATTERNS, Pattern, gauss_legendre, log_likelihood, normal, piecewise, scenarios, worst};

const CUTS: [f64; 2] = [-0.6, 0.6];

type Model = [(Prior, f64)];

/// (θ, width × likelihood) for one competency, where the prior lets it count.
fn likelihood(prior: Prior, answers: &[ScoredAnswer], panels: usize) -> Vec<(f64, f64)> {
    let reach = 9.0 * prior.sd() + 1.0;
    let breaks = [prior.mean() - reach, CUTS[0], CUTS[1], prior.mean() + reach];
    let nodes = piecewise(&breaks, panels, &gauss_legendre(16));
    let logs: Vec<f64> = nodes.iter().map(|(theta, _)| log_likelihood(answers, *theta)).collect();
    let largest = logs.iter().fold(f64::NEG_INFINITY, |m, l| m.max(*l));
    let weighted = nodes.iter().zip(logs).map(|((t, w), log)| (*t, w * libm::exp(log - largest)));
    let weighted: Vec<_> = weighted.collect();
    let counts = |(t, w): &(f64, f64)| w * normal(*t, prior.mean(), 1.2 * prior.sd());
    let limit = 1e-18 * weighted.iter().map(counts).fold(0.0, f64::max);
    weighted.into_iter().filter(|node| counts(node) > limit).collect()
}

/// The multivariate normal density by its precision matrix, on the full tensor of nodes.
struct Tensor<'a> {
    model: &'a Model,
    axes: Vec<Vec<(f64, f64)>>,
    precision: Vec<Vec<f64>>,
    total: f64,
    /// Sums of θ, θ² and of what lies below each cut, for each competency.
    single: Vec<[f64; 4]>,
    /// Sums of the mean of all θ and of its square.
    overall: [f64; 2],
}

impl<'a> Tensor<'a> {
    fn new(model: &'a Model, answers: &[Vec<ScoredAnswer>], panels: usize) -> Self {
        let n = model.len();
        let correlation = |i: usize, j: usize| if i == j { 1.0 } else { model[i].1 * model[j].1 };
        let rows = (0..n).map(|i| (0..n).map(|j| correlation(i, j)).collect());
        let axes = model.iter().zip(answers).map(|((p, _), a)| likelihood(*p, a, panels)).collect();
        let precision = inverse(rows.collect());
        Self { model, axes, precision, total: 0.0, single: vec![[0.0; 4]; n], overall: [0.0; 2] }
    }

    fn visit(&mut self, theta: &mut Vec<f64>, weight: f64) {
        let axis = theta.len();
        if axis == self.axes.len() {
            return self.add(theta, weight);
        }
        for index in 0..self.axes[axis].len() {
            let (value, width) = self.axes[axis][index];
            theta.push(value);
            self.visit(theta, weight * width);
            theta.pop();
        }
    }

    fn add(&mut self, theta: &[f64], weight: f64) {
        let z = |i: usize| (theta[i] - self.model[i].0.mean()) / self.model[i].0.sd();
        let row = |i: usize| (0..theta.len()).map(|j| self.precision[i][j] * z(j)).sum::<f64>();
        let square: f64 = (0..theta.len()).map(|i| z(i) * row(i)).sum();
        let weight = weight * libm::exp(-square / 2.0);
        self.total += weight;
        for (sums, theta) in self.single.iter_mut().zip(theta) {
            let below = CUTS.map(|cut| f64::from(*theta < cut));
            for (sum, value) in sums.iter_mut().zip([*theta, theta * theta, below[0], below[1]]) {
                *sum += weight * value;
            }
        }
        let mean = theta.iter().sum::<f64>() / theta.len() as f64;
        self.overall[0] += weight * mean;
        self.overall[1] += weight * mean * mean;
    }

    /// Mean, SD and P(θ < cut) for each competency, mean and SD of their mean.
    fn integrate(mut self) -> (Vec<[f64; 4]>, [f64; 2]) {
        self.visit(&mut Vec::new(), 1.0);
        let sd = |mean: f64, square: f64| (square - mean * mean).sqrt();
        let single = self.single.iter().map(|sums| sums.map(|sum| sum / self.total));
        let single = single.map(|[mean, square, a, b]| [mean, sd(mean, square), a, b]).collect();
        let [mean, square] = self.overall.map(|sum| sum / self.total);
        (single, [mean, sd(mean, square)])
    }
}

/// Gauss–Jordan elimination of a positive definite matrix.
fn inverse(mut m: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = m.len();
    for (i, row) in m.iter_mut().enumerate() {
        row.extend((0..n).map(|j| f64::from(i == j)));
    }
    for i in 0..n {
        let pivot = m[i][i];
        m[i].iter_mut().for_each(|x| *x /= pivot);
        for k in (0..n).filter(|k| *k != i) {
            let (factor, row) = (m[k][i], m[i].clone());
            m[k].iter_mut().zip(row).for_each(|(x, y)| *x -= factor * y);
        }
    }
    m.into_iter().map(|row| row[n..].to_vec()).collect()
}

fn check(model: &Model, answers: &[Vec<ScoredAnswer>], panels: usize, errors: &mut [f64; 6]) {
    let joint = SecondOrder::with_loadings(model).unwrap().posterior(answers).unwrap();
    let (marginals, overall) = Tensor::new(model, answers, panels).integrate();
    for (posterior, expected) in joint.competencies.iter().zip(marginals) {
        let below = CUTS.map(|cut| posterior.probability_below(cut));
        let found = [posterior.mean(), posterior.sd(), below[0], below[1]];
        for ((found, expected), error) in found.into_iter().zip(expected).zip(errors.iter_mut()) {
            worst(error, found, expected);
        }
    }
    worst(&mut errors[4], joint.overall.mean(), overall[0]);
    worst(&mut errors[5], joint.overall.sd(), overall[1]);
}

fn prior(mean: f64, sd: f64) -> Prior {
    Prior::new(mean, sd).unwrap()
}

#[test]
fn two_competencies_agree_with_tensor_quadrature() {
    let mut errors = [0.0; 6];
    let models = [
        [(prior(0.0, 1.0), 0.5f64.sqrt()); 2],
        [(prior(0.3, 0.3), 0.8), (prior(-0.5, 2.0), -0.6)],
        [(prior(0.0, 1.0), 0.95), (prior(0.0, 1.0), 0.95)],
        [(prior(0.0, 5.0), 0.7), (prior(0.0, 1.0), 0.9)],
        [(prior(0.0, 1.0), 0.0), (prior(0.0, 1.0), 1e-4)],
    ];
    for model in models {
        for (counts, a) in [([0, 0], 1.0), ([1, 0], 1.0), ([0, 6], 1.0), ([6, 6], 1.3), ([2, 40], 1.0), ([40, 40], 1.8)]
        {
            for pattern in PATTERNS {
                let answers = vec![scenarios(counts[0], a, 0.0, pattern), scenarios(counts[1], a, 0.7, Pattern::Best)];
                check(&model, &answers, 10, &mut errors);
            }
        }
    }
    println!("mean, sd, below, below, overall mean, overall sd: {errors:.9?}");
    assert!(errors.iter().all(|error| *error < 1e-4), "{errors:?}");
}

/// The sharpest posteriors there are for their curvature bound: two-parameter items all alike,
/// half of them right.
#[test]
fn the_sharpest_posteriors_agree_with_tensor_quadrature() {
    let mut errors = [0.0; 6];
    for (a, b, count) in [(1.0, 0.6, 6), (2.0, -0.6, 12), (2.0, 0.5, 40), (3.0, 0.6, 40), (1.0, 2.0, 40)] {
        let item = Parameters::two_parameter(a, b).unwrap();
        let one: Vec<_> = (0..count).map(|index| ScoredAnswer::new(item, index % 2).unwrap()).collect();
        for loading in [0.3, 0.5f64.sqrt(), 0.9] {
            let model = [(Prior::STANDARD, loading); 2];
            check(&model, &[one.clone(), one.clone()], 12, &mut errors);
        }
    }
    println!("mean, sd, below, below, overall mean, overall sd: {errors:.9?}");
    assert!(errors.iter().all(|error| *error < 1e-4), "{errors:?}");
}

#[test]
fn three_competencies_agree_with_tensor_quadrature() {
    let mut errors = [0.0; 6];
    let equal = [(Prior::STANDARD, 0.5f64.sqrt()); 3];
    let unequal = [(prior(0.0, 1.0), 0.9), (prior(-0.4, 0.8), 0.5), (prior(0.2, 1.3), -0.3)];
    for (model, a) in [(equal, 1.0), (unequal, 1.3)] {
        let answers = vec![
            scenarios(6, a, 0.0, Pattern::Mixed),
            scenarios(2, a, 0.5, Pattern::Worst),
            scenarios(8, a, -0.5, Pattern::Best),
        ];
        check(&model, &answers, 3, &mut errors);
    }
    println!("mean, sd, below, below, overall mean, overall sd: {errors:.9?}");
    assert!(errors.iter().all(|error| *error < 1e-4), "{errors:?}");
}

const LOWEST: f64 = -10.0;
const STEP: f64 = 0.05;

/// The distribution of the sum of all θ on a lattice: for each g their densities are convolved.
fn distribution_of_sum(correlation: f64, answers: &[Vec<ScoredAnswer>]) -> Vec<f64> {
    let thetas: Vec<f64> = (0..401).map(|j| LOWEST + STEP * f64::from(j)).collect();
    let likelihood = |answers: &Vec<ScoredAnswer>| -> Vec<f64> {
        thetas.iter().map(|t| libm::exp(log_likelihood(answers, *t))).collect()
    };
    let likelihoods: Vec<_> = answers.iter().map(likelihood).collect();
    let (loading, sd) = (correlation.sqrt(), (1.0 - correlation).sqrt());
    let mut total = vec![0.0; answers.len() * (thetas.len() - 1) + 1];
    for g in (0..61).map(|k| -9.0 + 0.3 * f64::from(k)) {
        let mut sum = vec![normal(g, 0.0, 1.0)];
        for likelihood in &likelihoods {
            let mut next = vec![0.0; sum.len() + thetas.len() - 1];
            for ((j, theta), likelihood) in thetas.iter().enumerate().zip(likelihood) {
                let weight = likelihood * normal(*theta, loading * g, sd);
                if weight < 1e-20 {
                    continue;
                }
                next[j..].iter_mut().zip(&sum).for_each(|(next, sum)| *next += weight * sum);
            }
            sum = next;
        }
        total.iter_mut().zip(sum).for_each(|(total, sum)| *total += sum);
    }
    let all: f64 = total.iter().sum();
    total.iter().map(|weight| weight / all).collect()
}

#[test]
fn the_overall_posterior_is_that_of_convolution() {
    use Pattern::{Best, Mixed, Worst};
    for (n, limit) in [(1, 4e-4), (2, 1e-4), (3, 1e-4), (9, 3e-5)] {
        let model = SecondOrder::with_equal_correlation(&vec![Prior::STANDARD; n], 0.5).unwrap();
        let (mut moments, mut levels) = (0.0, 0.0);
        for (count, pattern) in [(0, Mixed), (2, Worst), (8, Best), (8, Mixed)] {
            let answers = |c: usize| scenarios(count, 1.2, 0.1 * c as f64 - 0.3, pattern);
            let answers: Vec<_> = (0..n).map(answers).collect();
            let overall = model.posterior(&answers).unwrap().overall;
            let distribution = distribution_of_sum(0.5, &answers);
            let lattice = |j: usize| LOWEST + STEP * j as f64 / n as f64;
            let average = |value: &dyn Fn(f64) -> f64| -> f64 {
                distribution.iter().enumerate().map(|(j, w)| w * value(lattice(j))).sum()
            };
            let mean = average(&|x| x);
            worst(&mut moments, overall.mean(), mean);
            worst(&mut moments, overall.sd(), average(&|x| (x - mean) * (x - mean)).sqrt());
            for cut in [-0.8, 0.0, 0.8] {
                // Each node stands for the interval around it.
                let position = (cut - LOWEST) * n as f64 / STEP + 0.5;
                let whole = position.floor() as usize;
                let below = distribution[..whole].iter().sum::<f64>();
                let below = below + position.fract() * distribution[whole];
                worst(&mut levels, overall.probability_below(cut), below);
            }
        }
        println!("{n} competencies: mean and sd {moments:.1e}, levels {levels:.1e}");
        assert!(moments < 1e-5 && levels < limit, "{n}: {moments}, {levels}");
    }
}
