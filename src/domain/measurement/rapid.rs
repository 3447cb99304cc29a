//! Answers too quick to have been read, which say nothing about ability (Wise & Kong 2005).

/// Above this share of rapid answers a profile says so.
const LARGEST_SHARE_PERCENT: usize = 30;

/// Whether an answer came faster than the item can be read: under a tenth of the item's median time
/// (Wise & Ma 2012), but under 2 seconds at least and 10 at most. Without a known median, under 2.
pub fn is_rapid(seconds: f64, median_seconds: Option<f64>) -> bool {
    seconds < (median_seconds.unwrap_or(0.0) / 10.0).clamp(2.0, 10.0)
}

/// Whether so many answers were rapid that the profile must say so: more than 30 %.
pub fn too_many_rapid(rapid: usize, answers: usize) -> bool {
    100 * rapid > LARGEST_SHARE_PERCENT * answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_a_tenth_of_the_median_between_2_and_10_seconds() {
        for (median, threshold) in [(5.0, 2.0), (20.0, 2.0), (73.0, 7.3), (100.0, 10.0), (500.0, 10.0)] {
            assert!(is_rapid(threshold - 0.01, Some(median)));
            assert!(!is_rapid(threshold + 0.01, Some(median)));
        }
        assert!(!is_rapid(2.0, None) && is_rapid(1.0, None));
    }

    #[test]
    fn a_share_of_exactly_30_percent_is_not_too_many() {
        assert!(!too_many_rapid(3, 10) && too_many_rapid(4, 10));
        assert!(!too_many_rapid(0, 0) && !too_many_rapid(16, 54) && too_many_rapid(17, 54));
    }
}
