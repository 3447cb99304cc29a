//! Password hashes: argon2id with a pepper, behind a queue that keeps a login storm from taking the machine.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::hmac;

/// OWASP's first choice for argon2id: 19,456 KiB, two passes, one lane; 27 ms on the machine it was chosen on.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Callers that may wait for their turn; one more is told to come back.
const LONGEST_QUEUE: usize = 32;

/// Written before each hash, so that the pepper can be changed and old hashes still be read.
const PEPPER_ID: &str = "1";

/// Too many people are signing in at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

/// What a password check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, and made with older parameters: hash it anew.
    RightButOutdated,
}

pub struct Passwords {
    pepper: Vec<u8>,
    params: Params,
    gate: Gate,
    /// Checked where there is no account, so that "unknown" costs the time of "wrong".
    decoy: String,
}

impl Passwords {
    /// `None` where argon2 refuses the parameters or the pepper.
    pub fn new(pepper: Vec<u8>, cores: usize) -> Option<Self> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
        let gate = Gate::new((cores / 2).max(1));
        let mut passwords = Self { pepper, params, gate, decoy: String::new() };
        passwords.decoy = passwords.hash("decoy", [0; 16]).ok()?;
        Some(passwords)
    }

    /// The hash to keep: pepper id, colon, PHC string. `salt` must be fresh randomness.
    ///
    /// # Errors
    /// [`Busy`] where the queue is full.
    pub fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, Busy> {
        let _turn = self.gate.enter()?;
        // Fails only for sizes that the checks on passwords and the fixed salt rule out.
        let hash = self.argon2().and_then(|argon2| argon2.hash_password_with_salt(password.as_bytes(), &salt).ok());
        Ok(format!("{PEPPER_ID}:{}", hash.ok_or(Busy)?))
    }

    /// Compares a password with a kept hash, or with nothing in the same time.
    ///
    /// # Errors
    /// [`Busy`] where the queue is full.
    pub fn verify(&self, password: &str, kept: Option<&str>) -> Result<Verdict, Busy> {
        let _turn = self.gate.enter()?;
        let right = self.matches(password, kept.unwrap_or(&self.decoy));
        Ok(match kept {
            Some(kept) if right && self.is_current(kept) => Verdict::Right,
            Some(_) if right => Verdict::RightButOutdated,
            _ => Verdict::Wrong,
        })
    }

    /// Stands for a login or an account where only equality matters, so that the table of failures names nobody
    /// (HMAC-SHA-256 with the pepper).
    pub fn pseudonym(&self, text: &str) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.pepper);
        hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
    }

    fn matches(&self, password: &str, kept: &str) -> bool {
        let Some((_pepper_id, phc)) = kept.split_once(':') else { return false };
        let (Ok(hash), Some(argon2)) = (PasswordHash::new(phc), self.argon2()) else { return false };
        argon2.verify_password(password.as_bytes(), &hash).is_ok()
    }

    fn is_current(&self, kept: &str) -> bool {
        kept.starts_with(&format!("{PEPPER_ID}:$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"))
    }

    fn argon2(&self) -> Option<Argon2<'_>> {
        Argon2::new_with_secret(&self.pepper, Algorithm::Argon2id, Version::V0x13, self.params.clone()).ok()
    }
}

/// Lets a few callers work at a time, some wait, and sends the rest away.
struct Gate {
    places: usize,
    state: Mutex<GateState>,
    freed: Condvar,
}

struct GateState {
    working: usize,
    waiting: usize,
}

impl Gate {
    fn new(places: usize) -> Self {
        Self { places, state: Mutex::new(GateState { working: 0, waiting: 0 }), freed: Condvar::new() }
    }

    fn enter(&self) -> Result<Turn<'_>, Busy> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.working >= self.places {
            if state.waiting >= LONGEST_QUEUE {
                return Err(Busy);
            }
            state.waiting += 1;
            while state.working >= self.places {
                state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.waiting -= 1;
        }
        state.working += 1;
        Ok(Turn(self))
    }
}

struct Turn<'a>(&'a Gate);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).working -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        Passwords::new(vec![7; 32], 2).unwrap()
    }

    #[test]
    fn a_hash_says_how_it_was_made_and_matches_its_password_alone() {
        let passwords = passwords();
        let kept = passwords.hash("con trâu đi trước", [1; 16]).unwrap();
        assert!(kept.starts_with("1:$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_eq!(passwords.verify("con trâu đi trước", Some(&kept)), Ok(Verdict::Right));
        assert_eq!(passwords.verify("con trâu đi sau", Some(&kept)), Ok(Verdict::Wrong));
        assert_eq!(passwords.verify("decoy", None), Ok(Verdict::Wrong));
    }

    #[test]
    fn another_pepper_opens_nothing() {
        let kept = passwords().hash("con trâu đi trước", [1; 16]).unwrap();
        let other = Passwords::new(vec![8; 32], 2).unwrap();
        assert_eq!(other.verify("con trâu đi trước", Some(&kept)), Ok(Verdict::Wrong));
    }

    #[test]
    fn weaker_parameters_are_told_apart() {
        let argon2 =
            Argon2::new_with_secret(&[7; 32], Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        let weak = argon2.unwrap().hash_password_with_salt(b"con tr\xc3\xa2u", &[2; 16]).unwrap();
        let verdict = passwords().verify("con trâu", Some(&format!("1:{weak}")));
        assert_eq!(verdict, Ok(Verdict::RightButOutdated));
    }

    #[test]
    fn a_full_queue_sends_people_away_at_once() {
        let gate = Gate::new(1);
        let turn = gate.enter().unwrap();
        gate.state.lock().unwrap().waiting = LONGEST_QUEUE;
        assert!(gate.enter().is_err());
        gate.state.lock().unwrap().waiting = 0;
        drop(turn);
        assert!(gate.enter().is_ok());
    }
}
