//! The code on a citizen's card: an identifier, not a secret.

/// No look-alikes: 0 O D Q, 1 I L, 5 S, 2 Z, 8 B, U V W and G 6 never stand together. Prime in number, so that the check
/// character below catches every single slip and every swap of two neighbours.
const ALPHABET: &[u8; 23] = b"23456789ACEFHJKMNPRTVXY";
const DATA_CHARACTERS: usize = 7;

/// Eight characters: seven drawn, the eighth a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitizenCode(String);

impl CitizenCode {
    /// The code for a drawn number; all of `0..23^7` differ.
    pub fn from_number(number: u64) -> Self {
        let mut rest = number;
        let values: [u64; DATA_CHARACTERS] = std::array::from_fn(|_| {
            let value = rest % 23;
            rest /= 23;
            value
        });
        let all = values.into_iter().chain([check(&values)]);
        Self(all.map(|value| char::from(ALPHABET[value as usize])).collect())
    }

    /// Reads a typed code: any case, spaces and hyphens ignored. `None` where the check fails.
    pub fn parse(text: &str) -> Option<Self> {
        let typed = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-'));
        let values = typed
            .map(|byte| {
                ALPHABET.iter().position(|&letter| letter == byte.to_ascii_uppercase()).map(|value| value as u64)
            })
            .collect::<Option<Vec<_>>>()?;
        let (&last, data) = values.split_last()?;
        let data: [u64; DATA_CHARACTERS] = data.try_into().ok()?;
        let letters = values.iter().map(|&value| char::from(ALPHABET[value as usize]));
        (check(&data) == last).then(|| Self(letters.collect()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Weighted sum modulo 23 with the distinct weights 2..=8 (as ISO/IEC 7064 does with a pure modulus).
fn check(values: &[u64; DATA_CHARACTERS]) -> u64 {
    let sum: u64 = values.iter().zip(2..).map(|(value, weight)| value * weight).sum();
    (23 - sum % 23) % 23
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_slip_and_neighbour_swap_is_caught() {
        let code = CitizenCode::from_number(1_234_567_890);
        let letters: Vec<u8> = code.as_str().bytes().collect();
        for position in 0..8 {
            for &other in ALPHABET.iter().filter(|&&other| other != letters[position]) {
                let mut slip = letters.clone();
                slip[position] = other;
                assert_eq!(CitizenCode::parse(std::str::from_utf8(&slip).unwrap()), None);
            }
            if position < 7 && letters[position] != letters[position + 1] {
                let mut swap = letters.clone();
                swap.swap(position, position + 1);
                assert_eq!(CitizenCode::parse(std::str::from_utf8(&swap).unwrap()), None);
            }
        }
    }

    #[test]
    fn reads_what_people_type() {
        let code = CitizenCode::from_number(987_654_321);
        let typed = format!(" {}-{} ", &code.as_str()[..4].to_lowercase(), &code.as_str()[4..]);
        assert_eq!(CitizenCode::parse(&typed), Some(code));
        assert_eq!(CitizenCode::parse("0912345678"), None);
    }
}
