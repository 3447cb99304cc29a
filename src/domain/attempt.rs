//! One taking of the quiz: what a phone sends, what may be wrong with it, and when it was taken.

use std::collections::HashSet;

use uuid::Uuid;

use super::bank::{Bank, Form, FormKind, Item};
use super::language::Language;
use super::refusal::{Fault, FieldFault, Refused};
use super::time::Timestamp;

/// The choice that stands last in every question and scores 0: "Tôi chưa biết".
pub const DONT_KNOW: &str = "dont_know";

/// A phone's clock may differ this much from ours before the attempt is flagged, in milliseconds.
const CLOCK_SKEW_MILLISECONDS: u64 = 5 * 60 * 1000;

/// Who held the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[serde(rename = "self")]
    Alone,
    AssistedReading,
    AssistedEntry,
}

impl Mode {
    pub const ALL: [Self; 3] = [Self::Alone, Self::AssistedReading, Self::AssistedEntry];

    /// As the column holds it.
    pub const fn number(self) -> i16 {
        self as i16
    }

    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.number() == number)
    }
}

/// What makes an attempt worth a second look; bits of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The phone's clock was more than five minutes off.
    ClockSkew,
    /// More than 30 % of the answers came too fast to have been read.
    RapidAnswers,
    /// An adaptive attempt that left its plan.
    OffPath,
    /// Taken on a bank version that this service does not know.
    UnknownBank,
}

impl Flag {
    pub const ALL: [Self; 4] = [Self::ClockSkew, Self::RapidAnswers, Self::OffPath, Self::UnknownBank];

    pub const fn bit(self) -> i16 {
        1 << self as i16
    }

    pub fn from_bits(bits: i16) -> Vec<Self> {
        Self::ALL.into_iter().filter(|flag| bits & flag.bit() != 0).collect()
    }
}

/// One answer as sent. Array order is the order of asking.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub item: String,
    /// An option's id, `dont_know`, or null: seen and left. It must be said.
    #[serde(deserialize_with = "Option::deserialize")]
    pub choice: Option<String>,
    /// Whole seconds on the screen; null where the phone does not know.
    #[serde(default)]
    pub seconds: Option<u32>,
    /// Option ids in the order shown, without `dont_know`.
    #[serde(default)]
    pub shown: Option<Vec<String>>,
}

/// An attempt as a phone sends it; a draft is kept in this shape.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Sent {
    pub id: Uuid,
    pub form_id: String,
    pub bank_version: String,
    pub mode: Mode,
    pub supervised: bool,
    pub language: Language,
    pub campaign: Option<String>,
    pub plan: Option<String>,
    /// The phone's counter: of drafts the highest wins.
    pub revision: i64,
    pub answers: Vec<Answer>,
    pub client_started_at: Timestamp,
    pub client_submitted_at: Option<Timestamp>,
    pub client_sent_at: Option<Timestamp>,
}

/// A finished attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    pub sent: Sent,
    pub submitted_at: Timestamp,
    /// SHA-256 of the body without `client_sent_at`: what "the same content" means.
    pub content_sha256: [u8; 32],
}

/// The form that an attempt names, if it can be scored.
///
/// # Errors
/// `unknown-form`, or `form-not-scored` for a practice form.
pub fn scored_form<'a>(bank: &'a Bank, form_id: &str) -> Result<&'a Form, Refused> {
    let form = bank.forms.iter().find(|form| form.id == form_id);
    match form {
        None => Err(Refused::at("/form_id", Fault::UnknownForm)),
        Some(form) if form.kind == FormKind::Practice => Err(Refused::at("/form_id", Fault::FormNotScored)),
        Some(form) => Ok(form),
    }
}

/// Every fault in the answers, each with its pointer.
pub fn faults_of_answers<'a>(answers: &[Answer], find: impl Fn(&str) -> Option<&'a Item>) -> Vec<FieldFault> {
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    for (position, answer) in answers.iter().enumerate() {
        let at = |member: &str| format!("/answers/{position}/{member}");
        let Some(item) = find(&answer.item) else {
            faults.push(FieldFault::new(at("item"), Fault::UnknownItem));
            continue;
        };
        if !seen.insert(answer.item.as_str()) {
            faults.push(FieldFault::new(at("item"), Fault::ItemAnsweredTwice));
        }
        let is_option = |id: &str| item.options.iter().any(|option| option.id == id);
        if answer.choice.as_deref().is_some_and(|choice| choice != DONT_KNOW && !is_option(choice)) {
            faults.push(FieldFault::new(at("choice"), Fault::UnknownOption));
        }
        let Some(shown) = &answer.shown else { continue };
        let unknown = shown.iter().position(|id| !is_option(id));
        if let Some(index) = unknown {
            faults.push(FieldFault::new(format!("{}/{index}", at("shown")), Fault::UnknownOption));
        } else if shown.len() != item.options.len() || shown.iter().collect::<HashSet<_>>().len() != shown.len() {
            faults.push(FieldFault::new(at("shown"), Fault::WrongOrder));
        }
    }
    faults
}

/// When the attempt was taken, by our clock: the moment we received it less the time it lay on the phone between
/// submission and sending; never later than received, never before 1970.
pub fn taken_at(received: Timestamp, submitted: Timestamp, sent: Option<Timestamp>) -> Timestamp {
    let waited = sent.map_or(0, |sent| sent.unix_milliseconds - submitted.unix_milliseconds);
    let taken = received.unix_milliseconds - waited.max(0);
    Timestamp::from_unix_milliseconds(taken.max(0))
}

/// Whether the phone's clock was more than five minutes off when it sent.
pub fn clock_is_skewed(received: Timestamp, sent: Option<Timestamp>) -> bool {
    sent.is_some_and(|sent| received.unix_milliseconds.abs_diff(sent.unix_milliseconds) > CLOCK_SKEW_MILLISECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn an_attempt_is_taken_when_it_left_the_finger_whatever_the_phone_thinks_the_time_is() {
        let received = at("2026-11-21T12:00:00Z");
        // The phone's clock is two years slow, but it knows that it waited three hours.
        let (submitted, sent) = (at("2024-01-01T00:00:00Z"), at("2024-01-01T03:00:00Z"));
        assert_eq!(taken_at(received, submitted, Some(sent)), at("2026-11-21T09:00:00Z"));
        assert!(clock_is_skewed(received, Some(sent)));
    }

    #[test]
    fn an_attempt_is_never_taken_after_it_was_received_nor_before_phones_existed() {
        let received = at("2026-11-21T12:00:00Z");
        assert_eq!(taken_at(received, at("2099-01-01T00:00:00Z"), Some(at("2026-11-21T12:00:00Z"))), received);
        assert_eq!(taken_at(received, received, None), received);
        let ages = taken_at(received, at("1970-01-01T00:00:00Z"), Some(at("2099-01-01T00:00:00Z")));
        assert_eq!(ages, Timestamp::from_unix_milliseconds(0));
    }

    #[test]
    fn five_minutes_of_skew_are_forgiven() {
        let received = at("2026-11-21T12:00:00Z");
        assert!(!clock_is_skewed(received, Some(at("2026-11-21T12:05:00Z"))));
        assert!(clock_is_skewed(received, Some(at("2026-11-21T12:05:00.001Z"))));
        assert!(!clock_is_skewed(received, None));
    }
}
