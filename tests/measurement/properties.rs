use congdanso::domain::measurement::{
    Ability, Cuts, Estimate, Parameters, Prior, ScoredAnswer, ScoringModel, SecondOrder, maximum_a_posteriori,
    maximum_likelihood, score_attempt, weighted_likelihood,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

fn partial_credit() -> impl Strategy<Value = Parameters> {
    (0.2..3.0, vec(-3.0..3.0, 1..6)).prop_map(|(a, b)| Parameters::partial_credit(a, &b).unwrap())
}

fn any_item() -> impl Strategy<Value = Parameters> {
    let four = (0.2..3.0, -3.0..3.0, 0.0..0.4, 0.8..1.0);
    let four = four.prop_map(|(a, b, c, d)| Parameters::four_parameter(a, b, c, d).unwrap());
    prop_oneof![partial_credit(), four]
}

fn answers(item: impl Strategy<Value = Parameters>, most: usize) -> impl Strategy<Value = Vec<ScoredAnswer>> {
    let answer = (item, any::<Index>())
        .prop_map(|(item, index)| ScoredAnswer::new(item, index.index(item.highest_category() + 1)).unwrap());
    vec(answer, 0..most)
}

fn prior() -> impl Strategy<Value = Prior> {
    (-2.0..2.0, 0.3..5.0).prop_map(|(mean, sd)| Prior::new(mean, sd).unwrap())
}

/// The same answers, one of them a category better; `None` where all are best.
fn improved(answers: &[ScoredAnswer]) -> Option<Vec<ScoredAnswer>> {
    let index = answers.iter().position(|a| a.category() < a.parameters().highest_category())?;
    let mut better = answers.to_vec();
    better[index] = ScoredAnswer::new(*answers[index].parameters(), answers[index].category() + 1).unwrap();
    Some(better)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn category_probabilities_sum_to_one(item in any_item(), theta in -50.0..50.0) {
        let p = item.probabilities(theta);
        prop_assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(p.iter().all(|p| (0.0..=1.0).contains(p)));
    }

    #[test]
    fn a_better_answer_never_lowers_an_estimate(
        prior in prior(),
        answers in answers(partial_credit(), 12),
    ) {
        let Some(better) = improved(&answers) else { return Ok(()) };
        let eap = |answers: &[_]| Ability::estimate(prior, answers).unwrap().posterior.mean();
        prop_assert!(eap(&better) >= eap(&answers) - 1e-9);
        let mode = |answers: &[_]| maximum_a_posteriori(prior, answers);
        prop_assert!(mode(&better) >= mode(&answers) - 1e-9);
    }

    /// Brascamp & Lieb 1976: a log-concave likelihood never widens a normal prior.
    #[test]
    fn partial_credit_answers_never_widen_the_prior(
        prior in prior(),
        answers in answers(partial_credit(), 12),
    ) {
        let posterior = Ability::estimate(prior, &answers).unwrap().posterior;
        prop_assert!(posterior.sd() <= prior.sd() * (1.0 + 1e-9));
    }

    #[test]
    fn the_order_of_answers_does_not_matter(
        answers in answers(any_item(), 20).prop_flat_map(|a| (Just(a.clone()), Just(a).prop_shuffle())),
    ) {
        let estimate = |answers: Vec<_>| Ability::estimate(Prior::STANDARD, &answers).unwrap();
        let [one, other] = [answers.0, answers.1].map(estimate);
        prop_assert!((one.posterior.mean() - other.posterior.mean()).abs() < 1e-12);
        prop_assert!((one.posterior.sd() - other.posterior.sd()).abs() < 1e-12);
        let [one, other] = [one, other].map(|a| a.log_marginal_likelihood);
        prop_assert!((one - other).abs() < 1e-12 * one.abs().max(1.0));
    }

    #[test]
    fn point_estimates_are_numbers_and_roots(prior in prior(), answers in answers(any_item(), 12)) {
        let slope = |theta: f64| answers.iter().map(|a| a.slope(theta)).sum::<f64>();
        let mode = maximum_a_posteriori(prior, &answers);
        prop_assert!((slope(mode) - (mode - prior.mean()) / (prior.sd() * prior.sd())).abs() < 1e-6);
        if let Estimate::Finite(theta) = maximum_likelihood(&answers) {
            prop_assert!(slope(theta).abs() < 1e-6);
        }
        prop_assert!(weighted_likelihood(&answers).is_none_or(f64::is_finite));
    }

    #[test]
    fn a_mixed_pattern_of_two_parameter_items_has_a_finite_maximum(
        items in vec((0.2..3.0, -3.0..3.0), 2..12),
    ) {
        let item = |(a, b): &(f64, f64)| Parameters::two_parameter(*a, *b).unwrap();
        let answers: Vec<_> =
            items.iter().enumerate().map(|(i, p)| ScoredAnswer::new(item(p), i % 2).unwrap()).collect();
        prop_assert!(matches!(maximum_likelihood(&answers), Estimate::Finite(_)));
    }

    #[test]
    fn an_attempt_is_scored_in_numbers_and_a_better_answer_raises_it(
        lists in vec(answers(partial_credit(), 8), 9),
    ) {
        let abilities = SecondOrder::with_equal_correlation(&[Prior::STANDARD; 9], 0.5).unwrap();
        let model = ScoringModel { abilities, cuts: Cuts::PROVISIONAL };
        let score = score_attempt(&model, &lists).unwrap();
        for c in &score.competencies {
            prop_assert!(c.mean.is_finite() && c.sd > 0.0 && c.sd <= 1.0 + 1e-4);
            prop_assert!((c.band_probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-6);
        }
        prop_assert!((score.overall.level_probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-6);
        let mean = score.competencies.iter().map(|c| c.mean).sum::<f64>() / 9.0;
        prop_assert!((score.overall.mean - mean).abs() < 1e-5);
        if let Some(better) = improved(&lists[0]) {
            let improved = score_attempt(&model, &[&[better], &lists[1..]].concat()).unwrap();
            for (before, after) in score.competencies.iter().zip(&improved.competencies) {
                prop_assert!(after.mean >= before.mean - 1e-5);
            }
        }
    }
}
