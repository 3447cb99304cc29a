//! Sessions on own and shared phones: how long they last, what a repeated refresh means, how sign-ins are slowed down.

use super::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceMode {
    Own,
    Shared,
}

impl DeviceMode {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Shared => "shared",
        }
    }
}

/// How long a session lasts unused and in all, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    pub idle_seconds: i64,
    pub absolute_seconds: i64,
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Lifetime {
    /// Own phone 60 days / 365 days, shared phone 15 minutes / 12 hours, officials at most 12 hours / 7 days.
    pub const fn of(mode: DeviceMode, is_official: bool) -> Self {
        match (mode, is_official) {
            (DeviceMode::Shared, _) => Self { idle_seconds: 15 * MINUTE, absolute_seconds: 12 * HOUR },
            (DeviceMode::Own, true) => Self { idle_seconds: 12 * HOUR, absolute_seconds: 7 * DAY },
            (DeviceMode::Own, false) => Self { idle_seconds: 60 * DAY, absolute_seconds: 365 * DAY },
        }
    }
}

/// What is known of a refresh token that is shown again or for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenUse {
    pub used: bool,
    pub revoked: bool,
}

/// What a refresh leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshDecision {
    /// First use: give a successor.
    Rotate,
    /// The answer was lost on the way, for nobody used the successor: revoke it and give another.
    AnswerAgain,
    /// Two hold the token: end the session.
    Theft,
}

/// Decides by the token shown and its successor, if it has one.
pub const fn decide_refresh(token: TokenUse, successor: Option<TokenUse>) -> RefreshDecision {
    match (token, successor) {
        (TokenUse { revoked: true, .. }, _) => RefreshDecision::Theft,
        (TokenUse { used: false, .. }, _) => RefreshDecision::Rotate,
        (_, Some(TokenUse { used: false, revoked: false })) => RefreshDecision::AnswerAgain,
        _ => RefreshDecision::Theft,
    }
}

/// Failures that cost nothing.
const FREE_FAILURES: i32 = 5;
/// The longest delay, in seconds: it slows a guesser down and locks nobody out.
const LONGEST_DELAY_SECONDS: i64 = 30;
/// After this long without a failure all are forgotten, in seconds.
const FORGET_AFTER_SECONDS: i64 = HOUR;

/// Failures that still count at `now`.
pub fn remembered_failures(failures: i32, last_failure_at: Timestamp, now: Timestamp) -> i32 {
    if now.seconds_since(last_failure_at) >= FORGET_AFTER_SECONDS { 0 } else { failures }
}

/// Seconds until the next sign-in is looked at: none for the first five failures, then 1, 2, 4 … 30.
pub fn delay_seconds(failures: i32, last_failure_at: Timestamp, now: Timestamp) -> i64 {
    let failures = remembered_failures(failures, last_failure_at, now);
    if failures < FREE_FAILURES {
        return 0;
    }
    let delay = 1_i64 << (failures - FREE_FAILURES).min(8);
    (delay.min(LONGEST_DELAY_SECONDS) - now.seconds_since(last_failure_at)).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: TokenUse = TokenUse { used: false, revoked: false };
    const USED: TokenUse = TokenUse { used: true, revoked: false };
    const REVOKED: TokenUse = TokenUse { used: false, revoked: true };

    #[test]
    fn a_lost_answer_is_given_again_and_a_stolen_token_ends_the_session() {
        assert_eq!(decide_refresh(FRESH, None), RefreshDecision::Rotate);
        assert_eq!(decide_refresh(USED, Some(FRESH)), RefreshDecision::AnswerAgain);
        assert_eq!(decide_refresh(USED, Some(USED)), RefreshDecision::Theft);
        assert_eq!(decide_refresh(USED, Some(REVOKED)), RefreshDecision::Theft);
        assert_eq!(decide_refresh(REVOKED, None), RefreshDecision::Theft);
    }

    #[test]
    fn delays_grow_end_at_thirty_seconds_and_are_forgotten() {
        let last = Timestamp::from_unix_milliseconds(0);
        let delays: Vec<_> = [4, 5, 6, 7, 9, 10, 40].map(|failures| delay_seconds(failures, last, last)).to_vec();
        assert_eq!(delays, [0, 1, 2, 4, 16, 30, 30]);
        assert_eq!(delay_seconds(40, last, last.plus_seconds(29)), 1);
        assert_eq!(delay_seconds(40, last, last.plus_seconds(3600)), 0);
    }
}
