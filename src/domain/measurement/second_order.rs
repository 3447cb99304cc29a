//! Several competencies that inform each other through one general ability.
//!
//! The second-order factor model (Schmid & Leiman 1957; for item responses de la Torre & Song 2009):
//! z_c = λ_c g + √(1 − λ_c²) u_c with g and all u_c independent N(0, 1), and θ_c = mean_c + sd_c z_c.
//! Given g the competencies are independent, so the joint posterior of any number of them
//! needs only sums over one z and over g, never a tensor product (the dimension reduction of Gibbons &
//! Hedeker 1992): with the likelihoods L_c,
//!
//! - evidence E_c(g) = ∫ L_c(z) φ(z | g) dz, and p(g | answers) ∝ φ(g) Π_c E_c(g);
//! - p(z_c | answers) ∝ L_c(z) ∫ φ(z | g) p(g | answers) / E_c(g) dg.

use super::ScoringError;
use super::ability::{Prior, normal_density};
use super::item_response::{LANES, ScoredAnswer};
use super::quadrature::{Nodes, Posterior, curvature, multiply_likelihood, rescale};

/// Distance of the nodes of z in units of 1/√J, with J as in [`super::quadrature`].
const STEP: f64 = 0.85;

/// Distance of the nodes of g in units of the standard deviation g would have if all z were known.
const GENERAL_STEP: f64 = 1.4;

/// Nodes reach at first this many standard deviations to either side.
const HALF_WIDTH: f64 = 5.25;

/// So many grids are kept ready, each with [`LANES`] nodes more than the one before.
const READY_GRIDS: usize = 8;

const LARGEST_LOADING: f64 = 0.99;

/// The model of several competencies, made once and used for every attempt.
#[derive(Debug, Clone)]
pub struct SecondOrder {
    competencies: Vec<Competency>,
    ready: Vec<Grid>,
}

#[derive(Debug, Clone, Copy)]
struct Competency {
    prior: Prior,
    loading: f64,
}

impl Competency {
    /// Precision of z given g.
    fn precision(&self) -> f64 {
        1.0 / (1.0 - self.loading * self.loading)
    }
}

impl SecondOrder {
    /// A prior and a loading λ for each competency; any two correlate by the product of their loadings.
    ///
    /// # Errors
    /// No competency, or a loading outside [−0.99, 0.99].
    pub fn with_loadings(competencies: &[(Prior, f64)]) -> Result<Self, ScoringError> {
        if competencies.is_empty() {
            return Err(ScoringError::Competencies { expected: 1, found: 0 });
        }
        let allowed = -LARGEST_LOADING..=LARGEST_LOADING;
        if let Some((_, loading)) = competencies.iter().find(|(_, l)| !allowed.contains(l)) {
            return Err(ScoringError::Loading(*loading));
        }
        let competencies: Vec<Competency> =
            competencies.iter().map(|&(prior, loading)| Competency { prior, loading }).collect();
        let mut model = Self { competencies, ready: Vec::new() };
        let coarsest = Nodes::count(HALF_WIDTH, model.step(&[]));
        let counts = (0..READY_GRIDS).map(|index| coarsest + index * LANES);
        model.ready = counts.map(|count| model.grid(HALF_WIDTH, count)).collect();
        Ok(model)
    }

    /// All pairs of competencies correlate by `correlation`.
    ///
    /// # Errors
    /// No competency, or a correlation outside [0, 0.98].
    pub fn with_equal_correlation(priors: &[Prior], correlation: f64) -> Result<Self, ScoringError> {
        if !(0.0..=0.98).contains(&correlation) {
            return Err(ScoringError::Loading(correlation));
        }
        let loading = correlation.sqrt();
        Self::with_loadings(&priors.iter().map(|&prior| (prior, loading)).collect::<Vec<_>>())
    }

    /// The number of competencies.
    pub fn competencies(&self) -> usize {
        self.competencies.len()
    }

    /// The exact joint posterior, given one list of answers for each competency.
    ///
    /// # Errors
    /// Another number of lists than competencies, or [`ScoringError::Improbable`].
    pub fn posterior<A: AsRef<[ScoredAnswer]>>(&self, answers: &[A]) -> Result<JointPosterior, ScoringError> {
        if answers.len() != self.competencies.len() {
            let (expected, found) = (self.competencies.len(), answers.len());
            return Err(ScoringError::Competencies { expected, found });
        }
        let step = self.step(&answers.iter().map(|list| curvature(list.as_ref())).collect::<Vec<_>>());
        (0..8)
            .find_map(|doublings| {
                let half_width = HALF_WIDTH * f64::from(1 << doublings);
                let count = Nodes::count(half_width, step);
                match self.ready.iter().find(|grid| doublings == 0 && grid.nodes.count == count) {
                    Some(ready) => self.on_grid(ready, answers),
                    None => self.on_grid(&self.grid(half_width, count), answers),
                }
            })
            .ok_or(ScoringError::Improbable)
    }

    /// The distance of nodes of z that answers with these curvatures need.
    fn step(&self, curvatures: &[f64]) -> f64 {
        let curvatures = curvatures.iter().chain(std::iter::repeat(&0.0));
        let sharpness = |(c, curvature): (&Competency, &f64)| c.precision() + c.prior.sd() * c.prior.sd() * curvature;
        STEP / self.competencies.iter().zip(curvatures).map(sharpness).fold(0.0, f64::max).sqrt()
    }

    fn grid(&self, half_width: f64, count: usize) -> Grid {
        let precision_of_general: f64 =
            1.0 + self.competencies.iter().map(|c| c.loading * c.loading * c.precision()).sum::<f64>();
        let general_step = GENERAL_STEP / precision_of_general.sqrt();
        let general = Nodes::spread(half_width, Nodes::count(half_width, general_step));
        let nodes = Nodes::spread(half_width, count);
        let mut conditionals: Vec<Conditional> = Vec::new();
        let of_competency = self.competencies.iter().map(|competency| {
            let same = |known: &Conditional| known.loading.to_bits() == competency.loading.to_bits();
            conditionals.iter().position(same).unwrap_or_else(|| {
                conditionals.push(Conditional::new(competency.loading, nodes, general));
                conditionals.len() - 1
            })
        });
        let of_competency = of_competency.collect();
        Grid { nodes, general, conditionals, of_competency }
    }

    /// `None` where the grid cuts off a part of the posterior that counts.
    fn on_grid<A: AsRef<[ScoredAnswer]>>(&self, grid: &Grid, answers: &[A]) -> Option<JointPosterior> {
        let mut general: Vec<f64> = grid.general.iter().map(normal_density).collect();
        let mut sums = vec![Cumulants::default(); general.len()];
        let mut single = Vec::with_capacity(answers.len());
        for ((competency, answers), conditional) in self.competencies.iter().zip(answers).zip(grid.conditionals()) {
            let prior = competency.prior;
            let nodes = grid.nodes.scaled(prior.mean(), prior.sd());
            let mut likelihood = vec![1.0; nodes.count];
            multiply_likelihood(answers.as_ref(), nodes, &mut likelihood);
            let moments = conditional.moments(&likelihood, grid.nodes);
            for ((general, sum), moments) in general.iter_mut().zip(&mut sums).zip(&moments) {
                *general *= moments[0];
                sum.add(Cumulants::from_moments(*moments), prior);
            }
            rescale(&mut general);
            single.push((nodes, likelihood, moments));
        }
        let overall = OverallPosterior::new(Posterior::new(grid.general, general)?, sums, answers.len());
        let marginal =
            |((nodes, likelihood, moments), conditional): ((Nodes, Vec<f64>, Vec<Moments>), &Conditional)| {
                Posterior::new(nodes, conditional.marginal(likelihood, &overall.general, &moments))
            };
        let competencies = single.into_iter().zip(grid.conditionals()).map(marginal).collect::<Option<_>>()?;
        Some(JointPosterior { competencies, overall })
    }
}

/// Nodes of z and g, and the density of z given g for each loading.
#[derive(Debug, Clone)]
struct Grid {
    nodes: Nodes,
    general: Nodes,
    conditionals: Vec<Conditional>,
    of_competency: Vec<usize>,
}

impl Grid {
    fn conditionals(&self) -> impl Iterator<Item = &Conditional> {
        self.of_competency.iter().map(|index| &self.conditionals[*index])
    }
}

/// φ(z_j | g_k)·h for one loading, in blocks of [`LANES`] values of g; within a block one row for each z.
#[derive(Debug, Clone)]
struct Conditional {
    loading: f64,
    blocks: Vec<Vec<[f64; LANES]>>,
}

impl Conditional {
    fn new(loading: f64, nodes: Nodes, general: Nodes) -> Self {
        let sd = (1.0 - loading * loading).sqrt();
        let means: Vec<f64> = general.iter().map(|g| loading * g).collect();
        let density = |z: f64, mean: f64| normal_density((z - mean) / sd) / sd * nodes.step;
        let block = |means: &[f64; LANES]| nodes.iter().map(|z| means.map(|mean| density(z, mean))).collect();
        Self { loading, blocks: means.as_chunks().0.iter().map(block).collect() }
    }

    /// The moments of L(z) φ(z | g) for each g.
    fn moments(&self, likelihood: &[f64], nodes: Nodes) -> Vec<Moments> {
        let mut moments = Vec::with_capacity(self.blocks.len() * LANES);
        for block in &self.blocks {
            let mut sums = [[0.0; LANES]; 4];
            for ((row, z), likelihood) in block.iter().zip(nodes.iter()).zip(likelihood) {
                let powers = [1.0, z, z * z, z * z * z].map(|power| likelihood * power);
                for (sum, power) in sums.iter_mut().zip(powers) {
                    for (sum, density) in sum.iter_mut().zip(row) {
                        *sum += density * power;
                    }
                }
            }
            moments.extend((0..LANES).map(|lane| sums.map(|sum| sum[lane])));
        }
        moments
    }

    /// Weights of z: L(z) ∫ φ(z | g) p(g | all answers) / E(g) dg.
    fn marginal(&self, mut likelihood: Vec<f64>, general: &Posterior, moments: &[Moments]) -> Vec<f64> {
        let others: Vec<f64> = general
            .nodes()
            .zip(moments)
            .map(|((_, weight), [evidence, ..])| weight / evidence.max(f64::MIN_POSITIVE))
            .collect();
        for (j, weight) in likelihood.iter_mut().enumerate() {
            let mut lanes = [0.0; LANES];
            for (block, others) in self.blocks.iter().zip(others.as_chunks::<LANES>().0) {
                for lane in 0..LANES {
                    lanes[lane] += block[j][lane] * others[lane];
                }
            }
            *weight *= lanes.iter().sum::<f64>();
        }
        likelihood
    }
}

/// ∫ zᵖ L(z) φ(z | g) dz for p = 0 (the evidence) to 3.
type Moments = [f64; 4];

/// Mean, variance and third central moment: those of a sum of independent variables add up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Cumulants {
    mean: f64,
    variance: f64,
    third: f64,
}

impl Cumulants {
    fn from_moments(moments: Moments) -> Self {
        let [mean, second, third] = [1, 2, 3].map(|p| moments[p] / moments[0].max(f64::MIN_POSITIVE));
        let square = mean * mean;
        Self { mean, variance: (second - square).max(0.0), third: third - mean * (3.0 * second - 2.0 * square) }
    }

    /// Adds the ability `prior.mean + prior.sd · z`.
    fn add(&mut self, z: Self, prior: Prior) {
        let sd = prior.sd();
        self.mean += prior.mean() + sd * z.mean;
        self.variance += sd * sd * z.variance;
        self.third += sd * sd * sd * z.third;
    }

    /// P(variable < cut) by the normal distribution and the first term of Edgeworth's series.
    fn probability_below(&self, cut: f64) -> f64 {
        let sd = self.variance.max(f64::MIN_POSITIVE).sqrt();
        let z = (cut - self.mean) / sd;
        let skewness = self.third / (sd * sd * sd);
        let normal = 0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2);
        normal - skewness / 6.0 * (z * z - 1.0) * normal_density(z)
    }
}

/// What all answers together say.
#[derive(Debug, Clone, PartialEq)]
pub struct JointPosterior {
    /// In the order of the model.
    pub competencies: Vec<Posterior>,
    pub overall: OverallPosterior,
}

/// The posterior of the mean of all abilities.
///
/// Given g the abilities are independent, so the mean, variance and third moment of their mean are exact
/// sums, and by the tower rule its posterior mean and SD are exact too. Its distribution given g is
/// taken as normal but for its skewness (Edgeworth 1905), and the whole as the mixture over g.
#[derive(Debug, Clone, PartialEq)]
pub struct OverallPosterior {
    general: Posterior,
    /// Of the sum of the abilities, for each g.
    sums: Vec<Cumulants>,
    competencies: f64,
    mean: f64,
    sd: f64,
}

impl OverallPosterior {
    fn new(general: Posterior, sums: Vec<Cumulants>, competencies: usize) -> Self {
        let average = |value: &dyn Fn(&Cumulants) -> f64| -> f64 {
            general.nodes().zip(&sums).map(|((_, weight), sum)| weight * value(sum)).sum()
        };
        let mean = average(&|sum| sum.mean);
        let variance = average(&|sum| sum.variance + (sum.mean - mean) * (sum.mean - mean));
        let competencies = competencies as f64;
        Self { mean: mean / competencies, sd: variance.sqrt() / competencies, general, sums, competencies }
    }

    pub fn mean(&self) -> f64 {
        self.mean
    }

    pub fn sd(&self) -> f64 {
        self.sd
    }

    /// The posterior of the general ability g, on the scale of N(0, 1).
    pub fn general(&self) -> &Posterior {
        &self.general
    }

    /// P(mean of all abilities < cut).
    pub fn probability_below(&self, cut: f64) -> f64 {
        let below = |sum: &Cumulants| sum.probability_below(cut * self.competencies);
        let parts = self.general.nodes().zip(&self.sums).map(|((_, weight), sum)| weight * below(sum));
        parts.sum::<f64>().clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::measurement::item_response::Parameters;

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() < tolerance, "{found} is not {expected}");
    }

    /// By hand: without answers the mean of nine has variance ρ + (1 − ρ)/9.
    #[test]
    fn without_answers_the_posterior_is_the_prior() {
        let priors: Vec<_> = (0..9).map(|c| Prior::new(0.1 * c as f64, 1.0).unwrap()).collect();
        let model = SecondOrder::with_equal_correlation(&priors, 0.5).unwrap();
        let joint = model.posterior(&[[]; 9]).unwrap();
        for (posterior, prior) in joint.competencies.iter().zip(&priors) {
            close(posterior.mean(), prior.mean(), 1e-5);
            close(posterior.sd(), 1.0, 1e-5);
            close(posterior.probability_below(prior.mean() + 1.0), 0.841_344_746, 1e-5);
        }
        close(joint.overall.mean(), 0.4, 1e-5);
        close(joint.overall.sd(), (0.5f64 + 0.5 / 9.0).sqrt(), 1e-5);
        close(joint.overall.probability_below(0.4), 0.5, 1e-5);
    }

    /// E(z₂ | answers on 1) = λ₁λ₂ E(z₁ | answers on 1); 0.413241928283814 as in `ability`.
    #[test]
    fn a_competency_without_answers_learns_from_the_other() {
        let model = SecondOrder::with_loadings(&[(Prior::STANDARD, 0.8), (Prior::STANDARD, -0.5)]);
        let item = Parameters::one_parameter(0.0).unwrap();
        let joint = model.unwrap().posterior(&[vec![ScoredAnswer::new(item, 1).unwrap()], vec![]]).unwrap();
        close(joint.competencies[0].mean(), 0.413241928283814, 1e-5);
        close(joint.competencies[1].mean(), -0.4 * 0.413241928283814, 1e-5);
    }

    #[test]
    fn models_and_attempts_that_do_not_fit_are_refused() {
        let refused = SecondOrder::with_loadings(&[]).unwrap_err();
        assert_eq!(refused, ScoringError::Competencies { expected: 1, found: 0 });
        for loading in [1.0, -0.995, f64::NAN] {
            let refused = SecondOrder::with_loadings(&[(Prior::STANDARD, loading)]);
            assert!(matches!(refused, Err(ScoringError::Loading(_))));
        }
        for correlation in [-0.1, 1.0, f64::NAN] {
            let refused = SecondOrder::with_equal_correlation(&[Prior::STANDARD; 2], correlation);
            assert!(matches!(refused, Err(ScoringError::Loading(_))));
        }
        let model = SecondOrder::with_equal_correlation(&[Prior::STANDARD; 2], 0.5).unwrap();
        let refused = model.posterior(&[[]; 3]).unwrap_err();
        assert_eq!(refused, ScoringError::Competencies { expected: 2, found: 3 });
    }

    #[test]
    fn answers_that_contradict_any_correlation_end_in_a_number_or_a_clear_error() {
        let item = |b| Parameters::two_parameter(20.0, b).unwrap();
        let model = SecondOrder::with_equal_correlation(&[Prior::STANDARD; 2], 0.98).unwrap();
        for b in [2.0, 20.0, 100.0] {
            let up = vec![ScoredAnswer::new(item(b), 1).unwrap(); 40];
            let down = vec![ScoredAnswer::new(item(-b), 0).unwrap(); 40];
            match model.posterior(&[up, down]) {
                Ok(joint) => assert!(joint.overall.mean().abs() < 1e-6),
                Err(error) => assert_eq!(error, ScoringError::Improbable),
            }
        }
    }
}
