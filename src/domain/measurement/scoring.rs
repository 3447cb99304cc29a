//! One attempt: from the answers that count to what is stored and shown.

use super::ScoringError;
use super::answer::ScoredAnswer;
use super::levels::{Band, Certainty, Cuts, OverallLevel};
use super::quadrature::Posterior;
use super::second_order::{OverallPosterior, SecondOrder};

/// How abilities belong together and where levels begin: a version of the model.
#[derive(Debug, Clone)]
pub struct ScoringModel {
    pub abilities: SecondOrder,
    pub cuts: Cuts,
}

/// The outcome of one attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptScore {
    /// In the order of the model.
    pub competencies: Vec<CompetencyScore>,
    pub overall: OverallScore,
}

/// The outcome for one competency; abilities in logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompetencyScore {
    /// Posterior mean.
    pub mean: f64,
    /// Posterior standard deviation.
    pub sd: f64,
    /// Where the posterior mean lies.
    pub band: Band,
    /// Posterior probabilities of [`Band::ALL`].
    pub band_probabilities: [f64; 3],
    pub certainty: Certainty,
    pub scored_answers: usize,
}

/// The outcome for the mean of all abilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverallScore {
    pub mean: f64,
    pub sd: f64,
    /// Where the posterior mean lies.
    pub level: OverallLevel,
    /// Posterior probabilities of [`OverallLevel::ALL`].
    pub level_probabilities: [f64; 4],
    pub certainty: Certainty,
    pub scored_answers: usize,
}

/// Scores one attempt: for each competency, in the order of the model, the answers that count. An
/// empty list is a competency of which nothing was seen.
///
/// # Errors
/// Another number of lists than competencies, or answers that are impossible under the model.
pub fn score_attempt<A: AsRef<[ScoredAnswer]>>(
    model: &ScoringModel,
    answers: &[A],
) -> Result<AttemptScore, ScoringError> {
    let joint = model.abilities.posterior(answers)?;
    let competencies = joint.competencies.iter().zip(answers);
    let competencies: Vec<CompetencyScore> = competencies
        .map(|(posterior, answers)| score_competency(&model.cuts, posterior, answers.as_ref().len()))
        .collect();
    let scored_answers = competencies.iter().map(|competency| competency.scored_answers).sum();
    let overall = score_overall(&model.cuts, &joint.overall, scored_answers);
    Ok(AttemptScore { competencies, overall })
}

fn score_competency(cuts: &Cuts, posterior: &Posterior, scored_answers: usize) -> CompetencyScore {
    let below = cuts.bands().map(|cut| posterior.probability_below(cut));
    let band_probabilities = intervals(&below);
    let band = cuts.band(posterior.mean());
    CompetencyScore {
        mean: posterior.mean(),
        sd: posterior.sd(),
        band,
        band_probabilities,
        certainty: Certainty::of(band_probabilities[band as usize], scored_answers),
        scored_answers,
    }
}

fn score_overall(cuts: &Cuts, posterior: &OverallPosterior, scored_answers: usize) -> OverallScore {
    let below = cuts.levels().map(|cut| posterior.probability_below(cut));
    let level_probabilities = intervals(&below);
    let level = cuts.level(posterior.mean());
    OverallScore {
        mean: posterior.mean(),
        sd: posterior.sd(),
        level,
        level_probabilities,
        certainty: Certainty::of(level_probabilities[level as usize], scored_answers),
        scored_answers,
    }
}

/// The probabilities between cuts from those below them; not negative, and 1 in sum.
fn intervals<const N: usize>(below: &[f64]) -> [f64; N] {
    let mut low = 0.0;
    std::array::from_fn(|index| {
        let high = below.get(index).map_or(1.0, |high| high.max(low));
        high - std::mem::replace(&mut low, high)
    })
}

#[cfg(test)]
mod tests {
    use super::super::ability::Prior;
    use super::super::item_response::Parameters;
    use super::*;

    fn model() -> ScoringModel {
        let abilities = SecondOrder::with_equal_correlation(&[Prior::STANDARD; 9], 0.5).unwrap();
        ScoringModel { abilities, cuts: Cuts::PROVISIONAL }
    }

    /// Nine competencies with six graded scenarios each, better and better answered.
    fn attempt() -> Vec<Vec<ScoredAnswer>> {
        let answer = |competency: usize, index: usize| {
            let b = [-1.5, -0.5, 0.5, 1.5][index % 4];
            let item = Parameters::partial_credit(1.0 + 0.05 * index as f64, &[b - 0.5, b + 0.5]);
            ScoredAnswer::new(item.unwrap(), (competency + index % 3) / 4).unwrap()
        };
        (0..9).map(|competency| (0..6).map(|index| answer(competency, index)).collect()).collect()
    }

    #[test]
    fn an_attempt_becomes_bands_and_a_level() {
        let score = score_attempt(&model(), &attempt()).unwrap();
        assert_eq!(score.competencies[0].band, Band::Learning);
        assert_eq!(score.competencies[8].band, Band::Confident);
        assert_eq!(score.overall.scored_answers, 54);
        for competency in &score.competencies {
            assert!((competency.band_probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let firm = competency.band_probabilities[competency.band as usize] >= 0.8;
            assert_eq!(competency.certainty == Certainty::Firm, firm);
        }
    }

    #[test]
    fn one_answer_is_not_enough_for_a_band_nor_for_a_level() {
        let mut answers = vec![Vec::new(); 9];
        answers[3] = attempt()[8][..1].to_vec();
        let score = score_attempt(&model(), &answers).unwrap();
        assert_eq!(score.overall.certainty, Certainty::Insufficient);
        assert_eq!(score.competencies[3].certainty, Certainty::Insufficient);
        answers[4] = attempt()[8][..1].to_vec();
        let score = score_attempt(&model(), &answers).unwrap();
        assert_ne!(score.overall.certainty, Certainty::Insufficient);
        assert_eq!(score.competencies[4].certainty, Certainty::Insufficient);
    }

    /// Recorded on x86-64 (rustc 1.95, libm 0.2.16): every machine must give these very bits.
    /// They change only with the model, the nodes or the order of summation, and then the model
    /// version must change.
    #[test]
    fn the_same_answers_give_the_same_bits() {
        let score = score_attempt(&model(), &attempt()).unwrap();
        let first = &score.competencies[0];
        let found = [first.mean, first.sd, first.band_probabilities[0], score.competencies[4].mean]
            .into_iter()
            .chain([score.overall.mean, score.overall.sd, score.overall.level_probabilities[1]])
            .map(f64::to_bits);
        let expected = [
            13834562431750250219_u64,
            4602823596839014418,
            4607142516373741192,
            13824781814660391043,
            13826747453526255486,
            4596511759947097075,
            4605926298349730199,
        ];
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
}
