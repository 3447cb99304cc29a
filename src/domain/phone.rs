//! Vietnamese mobile numbers: one number however it is written.

/// A mobile number as its nine digits after the trunk 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads 09…, +84…, 84…, 0084…, "+84 09…", with spaces, dots, hyphens and brackets anywhere.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plus = text.starts_with('+');
        let mut digits = String::with_capacity(text.len());
        for character in text.chars().skip(usize::from(plus)) {
            match character {
                '0'..='9' => digits.push(character),
                ' ' | '.' | '-' | '(' | ')' | '\u{a0}' => {}
                _ => return None,
            }
        }
        let national = match digits.strip_prefix("0084") {
            Some(rest) => rest,
            None if plus => digits.strip_prefix("84")?,
            None if digits.len() > 10 => digits.strip_prefix("84")?,
            None => digits.strip_prefix('0')?,
        };
        let national = national.strip_prefix('0').unwrap_or(national);
        is_mobile(national.as_bytes()).then(|| Self(national.to_owned()))
    }

    /// E.164, as kept: `+84912345678`.
    pub fn e164(&self) -> String {
        format!("+84{}", self.0)
    }

    /// As shown and exported: `0912345678`.
    pub fn national(e164: &str) -> String {
        e164.strip_prefix("+84").map_or_else(|| e164.to_owned(), |rest| format!("0{rest}"))
    }
}

/// The allotted ranges: `(3\d|7[06-9])\d{7} | 5([1689]\d|2[238]|59)\d{6} | 8([1-8]\d|9[6-9])\d{6} | 9([0-8]\d|9[013-9])\d{6}`.
fn is_mobile(digits: &[u8]) -> bool {
    let &[first, second, third, ..] = digits else { return false };
    digits.len() == 9
        && match (first, second) {
            (b'3', _) | (b'7', b'0' | b'6'..=b'9') => true,
            (b'5', b'1' | b'6' | b'8' | b'9') | (b'8', b'1'..=b'8') | (b'9', b'0'..=b'8') => true,
            (b'5', b'2') => matches!(third, b'2' | b'3' | b'8'),
            (b'5', b'5') => third == b'9',
            (b'8', b'9') => matches!(third, b'6'..=b'9'),
            (b'9', b'9') => matches!(third, b'0' | b'1' | b'3'..=b'9'),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_however_it_is_written() {
        for text in [
            "0912345678",
            "+84912345678",
            "84912345678",
            "0084912345678",
            "+84 0912 345 678",
            "0912.345.678",
            " 0912 345-678 ",
        ] {
            assert_eq!(Phone::parse(text).expect(text).e164(), "+84912345678");
        }
        assert_eq!(Phone::national("+84912345678"), "0912345678");
    }

    #[test]
    fn refuses_what_is_no_mobile_number() {
        for text in [
            "",
            "0212345678",
            "091234567",
            "09123456789",
            "0992345678",
            "0541234567",
            "+85912345678",
            "K7M2P4XA",
            "09123x5678",
        ] {
            assert_eq!(Phone::parse(text), None, "{text}");
        }
    }
}
