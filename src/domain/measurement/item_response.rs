//! What one answer says about an ability: the response models.

use super::ScoringError;

/// The most categories an item can have: five steps.
pub const MAX_CATEGORIES: usize = 6;

/// Nodes handled together, so that the compiler can use vector instructions.
pub(super) const LANES: usize = 8;

/// The parameters of one item version, checked when made.
///
/// All models are one formula. With step difficulties b₁…b_m the generalised partial credit model
/// (Muraki 1992) has P(k | θ) ∝ exp(Σ_{h≤k} a(θ − b_h)); one step is the two-parameter logistic
/// model, and with a lower asymptote c and an upper one d it becomes P(1 | θ) = c + (d − c)σ,
/// σ = 1 / (1 + e^{−a(θ − b)}) (Birnbaum 1968; Barton & Lord 1981).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameters {
    pub(super) discrimination: f64,
    pub(super) difficulties: [f64; MAX_CATEGORIES - 1],
    pub(super) steps: usize,
    pub(super) lower: f64,
    pub(super) upper: f64,
}

impl Parameters {
    /// The Rasch model: discrimination 1.
    ///
    /// # Errors
    /// A difficulty outside [−100, 100].
    pub fn one_parameter(b: f64) -> Result<Self, ScoringError> {
        Self::partial_credit(1.0, &[b])
    }

    /// The two-parameter logistic model; also the 1PL with a common discrimination other than 1.
    ///
    /// # Errors
    /// As [`Parameters::partial_credit`].
    pub fn two_parameter(a: f64, b: f64) -> Result<Self, ScoringError> {
        Self::partial_credit(a, &[b])
    }

    /// The three-parameter logistic model with guessing `c`, fixed by the format of the item.
    ///
    /// # Errors
    /// As [`Parameters::four_parameter`].
    pub fn three_parameter(a: f64, b: f64, c: f64) -> Result<Self, ScoringError> {
        Self::four_parameter(a, b, c, 1.0)
    }

    /// The four-parameter logistic model: probability `c` far below and `d` far above `b`.
    ///
    /// # Errors
    /// As [`Parameters::partial_credit`], and unless 0 ≤ c < d ≤ 1.
    pub fn four_parameter(a: f64, b: f64, c: f64, d: f64) -> Result<Self, ScoringError> {
        if !(0.0 <= c && c < d && d <= 1.0) {
            return Err(ScoringError::Asymptotes { lower: c, upper: d });
        }
        Ok(Self { lower: c, upper: d, ..Self::partial_credit(a, &[b])? })
    }

    /// The generalised partial credit model with one difficulty for each of its 1 to 5 steps.
    ///
    /// # Errors
    /// Unless `a` is in (0, 20] and each difficulty in [−100, 100].
    pub fn partial_credit(a: f64, difficulties: &[f64]) -> Result<Self, ScoringError> {
        if !(a > 0.0 && a <= 20.0) {
            return Err(ScoringError::Discrimination(a));
        }
        let steps = difficulties.len();
        if !(1..MAX_CATEGORIES).contains(&steps) {
            return Err(ScoringError::Steps(steps));
        }
        if let Some(&b) = difficulties.iter().find(|b| !(-100.0..=100.0).contains(*b)) {
            return Err(ScoringError::Difficulty(b));
        }
        let mut padded = [0.0; MAX_CATEGORIES - 1];
        padded[..steps].copy_from_slice(difficulties);
        Ok(Self { discrimination: a, difficulties: padded, steps, lower: 0.0, upper: 1.0 })
    }

    /// The best category; categories run from 0 to this.
    pub fn highest_category(&self) -> usize {
        self.steps
    }

    pub fn difficulties(&self) -> &[f64] {
        &self.difficulties[..self.steps]
    }

    pub fn discrimination(&self) -> f64 {
        self.discrimination
    }

    /// P(k | θ) for every category; 0 beyond the highest.
    pub fn probabilities(&self, theta: f64) -> [f64; MAX_CATEGORIES] {
        let mut p = self.exponents(theta);
        let largest = p[..=self.steps].iter().fold(f64::NEG_INFINITY, |m, &z| m.max(z));
        let mut sum = 0.0;
        for z in &mut p[..=self.steps] {
            *z = libm::exp(*z - largest);
            sum += *z;
        }
        for z in &mut p[..=self.steps] {
            *z /= sum;
        }
        if self.has_asymptotes() {
            [p[0], p[1]] =
                [(1.0 - self.lower) * p[0] + (1.0 - self.upper) * p[1], self.lower * p[0] + self.upper * p[1]];
        }
        p
    }

    /// E(K | θ), in categories.
    pub fn expected_score(&self, theta: f64) -> f64 {
        weighted(&self.probabilities(theta), |k| k)
    }

    /// ln P(k | θ): finite however improbable the answer.
    pub(super) fn log_probability(&self, category: usize, theta: f64) -> f64 {
        if self.has_asymptotes() {
            let curve = self.curve(theta);
            return libm::log(if category == 1 { curve.right } else { curve.wrong });
        }
        let z = &self.exponents(theta)[..=self.steps];
        let largest = z.iter().fold(f64::NEG_INFINITY, |m, &z| m.max(z));
        let sum: f64 = z.iter().map(|z| libm::exp(z - largest)).sum();
        z[category] - largest - libm::log(sum)
    }

    /// Fisher information on θ: a² Var(K | θ) for partial credit (Muraki 1993); P′²/(PQ) with
    /// asymptotes (Birnbaum 1968).
    pub fn information(&self, theta: f64) -> f64 {
        if self.has_asymptotes() {
            let curve = self.curve(theta);
            return curve.first * curve.first / (curve.right * curve.wrong);
        }
        let p = self.probabilities(theta);
        let mean = weighted(&p, |k| k);
        self.discrimination * self.discrimination * weighted(&p, |k| (k - mean) * (k - mean))
    }

    /// d ln P(k | θ) / dθ.
    pub(super) fn slope(&self, category: usize, theta: f64) -> f64 {
        if self.has_asymptotes() {
            let curve = self.curve(theta);
            return if category == 1 { curve.first / curve.right } else { -curve.first / curve.wrong };
        }
        self.discrimination * (category as f64 - self.expected_score(theta))
    }

    /// Warm's J = Σ_k P_k′ P_k″ / P_k (Warm 1989). For partial credit it is a³ times the third
    /// central moment of K, which is dI/dθ.
    pub(super) fn warm_term(&self, theta: f64) -> f64 {
        if self.has_asymptotes() {
            let curve = self.curve(theta);
            return curve.first * curve.second / (curve.right * curve.wrong);
        }
        let p = self.probabilities(theta);
        let mean = weighted(&p, |k| k);
        let third_moment = weighted(&p, |k| (k - mean) * (k - mean) * (k - mean));
        self.discrimination * self.discrimination * self.discrimination * third_moment
    }

    /// Whether guessing or slipping makes the likelihood lose its logarithmic concavity.
    pub(super) fn has_asymptotes(&self) -> bool {
        self.lower > 0.0 || self.upper < 1.0
    }

    fn exponents(&self, theta: f64) -> [f64; MAX_CATEGORIES] {
        let mut z = [0.0; MAX_CATEGORIES];
        for (k, b) in self.difficulties().iter().enumerate() {
            z[k + 1] = z[k] + self.discrimination * (theta - b);
        }
        z
    }

    /// P, Q and the derivatives of P for one step with asymptotes.
    fn curve(&self, theta: f64) -> Curve {
        // Beyond ±300 the exponential would square out of range; the derivatives are 0 long before.
        let x = (self.discrimination * (theta - self.difficulties[0])).clamp(-300.0, 300.0);
        let odds = libm::exp(x);
        let (sigma, complement) = (odds / (1.0 + odds), 1.0 / (1.0 + odds));
        let a = self.discrimination;
        let first = a * (self.upper - self.lower) * sigma * complement;
        Curve {
            right: self.lower * complement + self.upper * sigma,
            wrong: (1.0 - self.lower) * complement + (1.0 - self.upper) * sigma,
            first,
            second: a * first * (complement - sigma),
        }
    }
}

struct Curve {
    right: f64,
    wrong: f64,
    first: f64,
    second: f64,
}

fn weighted(p: &[f64; MAX_CATEGORIES], value: impl Fn(f64) -> f64) -> f64 {
    p.iter().enumerate().map(|(k, p)| p * value(k as f64)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::answer::ScoredAnswer;
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12, "{found} is not {expected}");
    }

    fn every_model() -> [Parameters; 6] {
        [
            Parameters::one_parameter(0.3),
            Parameters::two_parameter(1.7, -0.4),
            Parameters::three_parameter(1.2, 0.5, 0.27),
            Parameters::four_parameter(0.8, -1.0, 0.1, 0.95),
            Parameters::partial_credit(1.1, &[-0.5, 0.5]),
            Parameters::partial_credit(0.9, &[1.0, -1.0, 0.0, 2.0, -0.3]),
        ]
        .map(Result::unwrap)
    }

    /// By hand: at θ = 0 the exponents of a = 1, b = (−½, ½) are 0, ½, 0.
    #[test]
    fn partial_credit_at_its_centre_is_as_computed_by_hand() {
        let item = Parameters::partial_credit(1.0, &[-0.5, 0.5]).unwrap();
        let root = libm::exp(0.5);
        let p = item.probabilities(0.0);
        close(p[0], 1.0 / (2.0 + root));
        close(p[1], root / (2.0 + root));
        close(p[2], 1.0 / (2.0 + root));
        close(p[3], 0.0);
        close(item.expected_score(0.0), 1.0);
        close(item.information(0.0), 2.0 / (2.0 + root));
        close(item.warm_term(0.0), 0.0);
    }

    /// By hand: at θ = b, P = c + (1 − c)/2 and I = a² (Q/P) ((P − c)/(1 − c))² (Birnbaum 1968).
    #[test]
    fn three_parameters_at_the_difficulty_are_as_computed_by_hand() {
        let item = Parameters::three_parameter(1.5, 0.7, 0.2).unwrap();
        close(item.probabilities(0.7)[1], 0.6);
        close(item.information(0.7), 2.25 * (0.4 / 0.6) * 0.25);
        close(Parameters::two_parameter(2.0, 1.0).unwrap().information(1.0), 1.0);
    }

    #[test]
    fn slopes_and_warm_terms_are_the_derivatives_they_claim_to_be() {
        let h = 1e-4;
        for item in every_model() {
            for theta in [-3.0, -0.4, 0.0, 1.3, 4.0] {
                let (low, high) = (item.probabilities(theta - h), item.probabilities(theta + h));
                let p = item.probabilities(theta);
                let (mut information, mut warm_term) = (0.0, 0.0);
                for k in 0..=item.highest_category() {
                    let answer = ScoredAnswer::new(item, k).unwrap();
                    let first = (high[k] - low[k]) / (2.0 * h);
                    let second = (high[k] - 2.0 * p[k] + low[k]) / (h * h);
                    information += first * first / p[k];
                    warm_term += first * second / p[k];
                    assert!((answer.slope(theta) - first / p[k]).abs() < 1e-6);
                    close(answer.log_likelihood(theta), libm::log(p[k]));
                }
                assert!((item.information(theta) - information).abs() < 1e-6);
                assert!((item.warm_term(theta) - warm_term).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn far_from_the_item_everything_stays_a_number() {
        for item in every_model() {
            for theta in [-1e4, -700.0, 700.0, 1e4] {
                assert!((item.probabilities(theta).iter().sum::<f64>() - 1.0).abs() < 1e-12);
                assert!(item.information(theta).is_finite() && item.warm_term(theta).is_finite());
                for k in 0..=item.highest_category() {
                    let answer = ScoredAnswer::new(item, k).unwrap();
                    assert!(answer.log_likelihood(theta).is_finite() && answer.slope(theta).is_finite());
                }
            }
        }
    }

    #[test]
    fn impossible_items_and_answers_are_refused() {
        for a in [0.0, -1.0, 20.1, f64::NAN, f64::INFINITY] {
            assert!(matches!(Parameters::two_parameter(a, 0.0), Err(ScoringError::Discrimination(_))));
        }
        for b in [101.0, f64::NAN, f64::NEG_INFINITY] {
            assert!(matches!(Parameters::partial_credit(1.0, &[0.0, b]), Err(ScoringError::Difficulty(_))));
        }
        for (c, d) in [(-0.1, 1.0), (0.5, 0.5), (0.2, 1.1), (f64::NAN, 1.0), (0.2, f64::NAN)] {
            let refused = Parameters::four_parameter(1.0, 0.0, c, d);
            assert!(matches!(refused, Err(ScoringError::Asymptotes { .. })));
        }
        assert_eq!(Parameters::partial_credit(1.0, &[]), Err(ScoringError::Steps(0)));
        assert_eq!(Parameters::partial_credit(1.0, &[0.0; 6]), Err(ScoringError::Steps(6)));
        let item = Parameters::partial_credit(1.0, &[-0.5, 0.5]).unwrap();
        assert_eq!(ScoredAnswer::new(item, 3), Err(ScoringError::Category { chosen: 3, highest: 2 }));
    }
}
