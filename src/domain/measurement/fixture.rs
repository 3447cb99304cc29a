//! What the tests of this room share.

use super::{Parameters, ScoredAnswer};

pub fn answers(list: &[(Parameters, usize)]) -> Vec<ScoredAnswer> {
    list.iter().map(|(item, k)| ScoredAnswer::new(*item, *k).unwrap()).collect()
}

pub fn rasch(b: f64, right: usize, wrong: usize) -> Vec<ScoredAnswer> {
    let item = Parameters::one_parameter(b).unwrap();
    answers(&[vec![(item, 1); right], vec![(item, 0); wrong]].concat())
}

pub fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() < tolerance, "{found} is not {expected}");
}
