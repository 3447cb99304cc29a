//! The nodes of one z and of g, and what connects them.

use super::super::ability::normal_density;
use super::super::item_response::LANES;
use super::super::quadrature::{Nodes, Posterior};

/// ∫ zᵖ L(z) φ(z | g) dz for p = 0 (the evidence) to 3.
pub(super) type Moments = [f64; 4];

/// Nodes of z and g, and the density of z given g for each competency.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub nodes: Nodes,
    pub general: Nodes,
    conditionals: Vec<Conditional>,
    of_competency: Vec<usize>,
}

impl Grid {
    pub fn new(nodes: Nodes, general: Nodes, loadings: impl Iterator<Item = f64>) -> Self {
        let mut conditionals: Vec<Conditional> = Vec::new();
        let mut of_competency = Vec::new();
        for loading in loadings {
            let known = conditionals.iter().position(|known| known.loading == loading);
            of_competency.push(known.unwrap_or(conditionals.len()));
            if known.is_none() {
                conditionals.push(Conditional::new(loading, nodes, general));
            }
        }
        Self { nodes, general, conditionals, of_competency }
    }

    /// One for each competency; equal loadings share one.
    pub fn conditionals(&self) -> impl Iterator<Item = &Conditional> {
        self.of_competency.iter().map(|index| &self.conditionals[*index])
    }
}

/// φ(z_j | g_k)·h for one loading, in blocks of [`LANES`] values of g; within a block one row for
/// each z.
#[derive(Debug, Clone)]
pub(super) struct Conditional {
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
    pub fn moments(&self, likelihood: &[f64], nodes: Nodes) -> Vec<Moments> {
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
    pub fn marginal(&self, likelihood: &[f64], general: &Posterior, moments: &[Moments]) -> Vec<f64> {
        let others: Vec<f64> = general
            .nodes()
            .zip(moments)
            .map(|((_, weight), [evidence, ..])| weight / evidence.max(f64::MIN_POSITIVE))
            .collect();
        let weight = |(j, likelihood): (usize, &f64)| {
            let mut lanes = [0.0; LANES];
            for (block, others) in self.blocks.iter().zip(others.as_chunks::<LANES>().0) {
                for lane in 0..LANES {
                    lanes[lane] += block[j][lane] * others[lane];
                }
            }
            likelihood * lanes.iter().sum::<f64>()
        };
        likelihood.iter().enumerate().map(weight).collect()
    }
}
