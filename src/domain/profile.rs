//! A scored attempt as it is kept and shown, and which of a citizen's attempts speak for them today.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::attempt::Mode;
use super::competency::Competency;
use super::measurement::{AttemptScore, Band, Certainty, OverallLevel};
use super::time::Timestamp;

/// What a profile keeps: abilities in logits of a population with mean 0 and SD 1, and the levels decided from the exact
/// posterior when it was scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimates {
    /// The nine in order.
    pub competencies: [Estimate<Band>; 9],
    pub overall: Estimate<OverallLevel>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate<L> {
    pub mean: f32,
    pub sd: f32,
    /// Scored answers, at most 255 counted.
    pub answered: u8,
    pub level: L,
    pub certainty: Certainty,
}

/// Layout 1: version, then ten times mean and SD (little-endian f32), answers, level number; the overall stands last.
const LAYOUT: u8 = 1;
const ESTIMATE_BYTES: usize = 10;

impl Estimates {
    /// From a score of nine competencies; `None` for any other number.
    pub fn from_score(score: &AttemptScore) -> Option<Self> {
        let competencies: Vec<_> = score
            .competencies
            .iter()
            .map(|one| estimate(one.mean, one.sd, one.scored_answers, one.band, one.certainty))
            .collect();
        let overall = &score.overall;
        Some(Self {
            competencies: competencies.try_into().ok()?,
            overall: estimate(overall.mean, overall.sd, overall.scored_answers, overall.level, overall.certainty),
        })
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1 + 10 * ESTIMATE_BYTES);
        bytes.push(LAYOUT);
        for one in &self.competencies {
            push(&mut bytes, one, level_number(one.level as i16, one.certainty));
        }
        push(&mut bytes, &self.overall, level_number(self.overall.level as i16, self.overall.certainty));
        bytes
    }

    /// `None` where the bytes are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&layout, rest) = bytes.split_first()?;
        let (chunks, tail) = rest.as_chunks::<ESTIMATE_BYTES>();
        if layout != LAYOUT || chunks.len() != 10 || !tail.is_empty() {
            return None;
        }
        let competencies: Vec<_> = chunks[..9].iter().map(|chunk| pull(chunk, &Band::ALL)).collect::<Option<_>>()?;
        Some(Self { competencies: competencies.try_into().ok()?, overall: pull(&chunks[9], &OverallLevel::ALL)? })
    }

    /// The nine level columns, then the overall one: 0 insufficient, 1.. firm, 11.. tentative.
    pub fn level_columns(&self) -> ([i16; 9], i16) {
        let competencies = self.competencies.map(|one| level_number(one.level as i16, one.certainty));
        (competencies, level_number(self.overall.level as i16, self.overall.certainty))
    }

    /// Competencies in which there is most to gain, lowest ability first: two, and a third where it is not yet `confident`.
    /// Those without enough answers and those that are firmly `confident` are left out.
    pub fn next_steps(&self) -> Vec<Competency> {
        let mut candidates: Vec<_> = Competency::ALL.into_iter().zip(&self.competencies).collect();
        candidates.retain(|(_, one)| match one.certainty {
            Certainty::Insufficient => false,
            Certainty::Firm => one.level != Band::Confident,
            Certainty::Tentative => true,
        });
        candidates.sort_by(|(_, left), (_, right)| left.mean.total_cmp(&right.mean));
        let third_is_needed = |(_, one): &(Competency, &Estimate<Band>)| one.level != Band::Confident;
        let count = if candidates.get(2).is_some_and(third_is_needed) { 3 } else { 2 };
        candidates.into_iter().take(count).map(|(competency, _)| competency).collect()
    }
}

fn estimate<L>(mean: f64, sd: f64, answers: usize, level: L, certainty: Certainty) -> Estimate<L> {
    let answered = u8::try_from(answers).unwrap_or(u8::MAX);
    Estimate { mean: mean as f32, sd: sd as f32, answered, level, certainty }
}

fn push<L>(bytes: &mut Vec<u8>, one: &Estimate<L>, level_number: i16) {
    bytes.extend(one.mean.to_le_bytes());
    bytes.extend(one.sd.to_le_bytes());
    bytes.push(one.answered);
    // The level without its certainty would be lost for `insufficient`, and nothing asks for it.
    bytes.push(level_number as u8);
}

fn pull<L: Copy>(chunk: &[u8; ESTIMATE_BYTES], levels: &[L]) -> Option<Estimate<L>> {
    let float = |at: usize| Some(f32::from_le_bytes(chunk[at..at + 4].try_into().ok()?));
    let (position, certainty) = match chunk[9] {
        0 => (1, Certainty::Insufficient),
        number @ 1..=10 => (number, Certainty::Firm),
        number => (number - 10, Certainty::Tentative),
    };
    let level = *levels.get(usize::from(position).checked_sub(1)?)?;
    Some(Estimate { mean: float(0)?, sd: float(4)?, answered: chunk[8], level, certainty })
}

const fn level_number(position: i16, certainty: Certainty) -> i16 {
    match certainty {
        Certainty::Insufficient => 0,
        Certainty::Firm => position + 1,
        Certainty::Tentative => position + 11,
    }
}

/// The id of a profile follows from its attempt and model, so that scoring twice gives the same row (UUIDv8, RFC 9562).
pub fn profile_id(attempt_id: Uuid, model_version: &str) -> Uuid {
    let digest = Sha256::new().chain_update(attempt_id.as_bytes()).chain_update(model_version).finalize();
    let bytes: [u8; 16] = std::array::from_fn(|position| digest[position]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// What decides which profile speaks for a citizen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    pub profile_id: Uuid,
    pub attempt_id: Uuid,
    pub taken_at: Timestamp,
    pub mode: Mode,
    /// Scored answers.
    pub answered: i16,
    /// Only one part of a form of several was answered.
    pub partial: bool,
}

/// The profiles that speak for a citizen: the overall level may come from a later, shorter attempt than the bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Current {
    pub overall: Candidate,
    pub bands: Candidate,
}

/// Chooses from all of a citizen's profiles, one an attempt; the order in which they arrived does not matter.
///
/// The attempt taken last wins, but `assisted_entry` never displaces a fuller attempt of one's own, and part 1 alone moves
/// only the overall level once there are bands from more.
pub fn choose_current(mut candidates: Vec<Candidate>) -> Option<Current> {
    candidates.sort_by_key(|candidate| (candidate.taken_at, candidate.attempt_id));
    candidates.into_iter().fold(None, |current: Option<Current>, next| {
        let Some(current) = current else { return Some(Current { overall: next, bands: next }) };
        let held = [current.overall, current.bands];
        let is_fuller_own = |held: Candidate| held.mode == Mode::Alone && held.answered > next.answered;
        if next.mode == Mode::AssistedEntry && held.into_iter().any(is_fuller_own) {
            return Some(current);
        }
        let moves_bands = !next.partial || current.bands.partial;
        Some(Current { overall: next, bands: if moves_bands { next } else { current.bands } })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(minute: i64, mode: Mode, answered: i16, partial: bool) -> Candidate {
        let id = Uuid::from_u128(minute as u128);
        let taken_at = Timestamp::from_unix_milliseconds(0).plus_seconds(60 * minute);
        Candidate { profile_id: id, attempt_id: id, taken_at, mode, answered, partial }
    }

    #[test]
    fn the_attempt_taken_last_speaks_in_whatever_order_they_arrive() {
        let (first, second) = (candidate(1, Mode::Alone, 54, false), candidate(2, Mode::AssistedReading, 54, false));
        for order in [vec![first, second], vec![second, first]] {
            assert_eq!(choose_current(order), Some(Current { overall: second, bands: second }));
        }
        assert_eq!(choose_current(Vec::new()), None);
    }

    #[test]
    fn assisted_entry_never_displaces_a_fuller_attempt_of_ones_own() {
        let own = candidate(1, Mode::Alone, 36, false);
        let entered = candidate(2, Mode::AssistedEntry, 18, true);
        assert_eq!(choose_current(vec![entered, own]), Some(Current { overall: own, bands: own }));
        let fuller = candidate(3, Mode::AssistedEntry, 54, false);
        assert_eq!(choose_current(vec![fuller, entered, own]).unwrap().bands, fuller);
    }

    #[test]
    fn part_one_alone_moves_only_the_overall_level_once_there_are_bands() {
        let (whole, part) = (candidate(1, Mode::Alone, 54, false), candidate(2, Mode::Alone, 18, true));
        assert_eq!(choose_current(vec![part, whole]), Some(Current { overall: part, bands: whole }));
        assert_eq!(choose_current(vec![part]), Some(Current { overall: part, bands: part }));
        let later_part = candidate(3, Mode::Alone, 18, true);
        assert_eq!(choose_current(vec![part, later_part]).unwrap().bands, later_part);
    }

    #[test]
    fn estimates_come_back_as_they_were_kept() {
        let one = Estimate { mean: 0.25, sd: 0.5, answered: 6, level: Band::Capable, certainty: Certainty::Tentative };
        let mut estimates = Estimates {
            competencies: [one; 9],
            overall: Estimate {
                mean: 0.1,
                sd: 0.2,
                answered: 54,
                level: OverallLevel::Independent,
                certainty: Certainty::Firm,
            },
        };
        assert_eq!(Estimates::from_bytes(&estimates.to_bytes()), Some(estimates.clone()));
        assert_eq!(estimates.level_columns(), ([12; 9], 3));
        estimates.competencies[3].certainty = Certainty::Insufficient;
        assert_eq!(estimates.level_columns().0[3], 0);
        let mut damaged = estimates.to_bytes();
        damaged[10] = 200;
        assert_eq!(Estimates::from_bytes(&damaged), None);
    }

    #[test]
    fn next_steps_are_the_lowest_two_or_three() {
        let at = |mean, level, certainty| Estimate { mean, sd: 0.5, answered: 6, level, certainty };
        let mut competencies = [at(2.0, Band::Confident, Certainty::Firm); 9];
        competencies[4] = at(-1.0, Band::Learning, Certainty::Firm);
        competencies[7] = at(0.0, Band::Capable, Certainty::Tentative);
        competencies[2] = at(-2.0, Band::Learning, Certainty::Insufficient);
        let overall = at(1.0, Band::Confident, Certainty::Firm);
        let overall = Estimate {
            level: OverallLevel::Proficient,
            mean: overall.mean,
            sd: overall.sd,
            answered: 54,
            certainty: Certainty::Firm,
        };
        let mut estimates = Estimates { competencies, overall };
        assert_eq!(estimates.next_steps(), [Competency::ALL[4], Competency::ALL[7]]);
        estimates.competencies[0] = at(0.7, Band::Confident, Certainty::Tentative);
        assert_eq!(estimates.next_steps().len(), 2);
        estimates.competencies[0] = at(0.5, Band::Capable, Certainty::Firm);
        assert_eq!(estimates.next_steps(), [Competency::ALL[4], Competency::ALL[7], Competency::ALL[0]]);
    }
}
