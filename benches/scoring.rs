//! One attempt of nine competencies and 54 answers; the aim is under 50 µs.

use std::hint::black_box;

use congdanso::domain::measurement::{
    Ability, Cuts, Parameters, Prior, ScoredAnswer, ScoringModel, SecondOrder, score_attempt,
};
use criterion::{Criterion, criterion_group, criterion_main};

/// Graded scenarios with the experts' difficulties, shifted a little so that no two are alike.
fn answers(competency: usize, count: usize, discrimination: f64) -> Vec<ScoredAnswer> {
    (0..count)
        .map(|index| {
            let b = [-1.5, -0.5, 0.5, 1.5][index % 4] + 0.05 * competency as f64;
            let item = Parameters::partial_credit(discrimination, &[b - 0.5, b + 0.5]).unwrap();
            ScoredAnswer::new(item, (index + competency) % 3).unwrap()
        })
        .collect()
}

fn scoring(criterion: &mut Criterion) {
    let priors = [Prior::STANDARD; 9];
    let equal = SecondOrder::with_equal_correlation(&priors, 0.5).unwrap();
    let unequal: Vec<_> = (0..9).map(|c| (Prior::STANDARD, 0.6 + 0.03 * c as f64)).collect();
    let unequal = SecondOrder::with_loadings(&unequal).unwrap();
    for (name, abilities, count, a) in [
        ("54 answers, a = 1.0", &equal, 6, 1.0),
        ("54 answers, a = 1.3", &equal, 6, 1.3),
        ("54 answers, a = 1.0, nine loadings", &unequal, 6, 1.0),
        ("18 answers, a = 1.0", &equal, 2, 1.0),
    ] {
        let model = ScoringModel { abilities: abilities.clone(), cuts: Cuts::PROVISIONAL };
        let attempt: Vec<_> = (0..9).map(|competency| answers(competency, count, a)).collect();
        criterion
            .bench_function(name, |bencher| bencher.iter(|| score_attempt(black_box(&model), black_box(&attempt))));
    }
    let forty = answers(0, 40, 1.2);
    criterion.bench_function("one competency, 40 answers", |bencher| {
        bencher.iter(|| Ability::estimate(Prior::STANDARD, black_box(&forty)))
    });
}

criterion_group!(benches, scoring);
criterion_main!(benches);
