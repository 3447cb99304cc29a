//! Floor 1, the thinking: pure functions and values. No clock, no randomness, no SQL, no HTTP.

pub mod account;
pub mod answers;
pub mod assemble;
pub mod attempt;
pub mod bank;
pub mod citizen_code;
pub mod competency;
pub mod consent;
pub mod language;
pub mod lint;
pub mod measurement;
pub mod password;
pub mod person_name;
pub mod phone;
pub mod profile;
pub mod refusal;
pub mod role;
pub mod session;
pub mod texts;
pub mod time;
