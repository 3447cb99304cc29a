//! Vietnamese text as syllables and words: the language separates syllables, not words, by spaces,
//! and its letters with marks are letters, so phrases are matched syllable by syllable.

use unicode_normalization::UnicodeNormalization;

/// One syllable (or word of another language) of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// As written, in NFC, without punctuation around it.
    pub text: String,
    pub lower: String,
    pub starts_sentence: bool,
    /// Whether punctuation or the beginning stands before it.
    pub starts_clause: bool,
}

impl Word {
    pub fn is_capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }
}

/// What ends a sentence.
pub(super) const SENTENCE_ENDS: [char; 4] = ['.', '!', '?', '…'];

/// The number of pieces between spaces that hold a letter or digit.
pub(super) fn syllables(text: &str) -> usize {
    text.split_whitespace().filter(|piece| piece.chars().any(char::is_alphanumeric)).count()
}

/// The words in order. An apostrophe belongs to the word (H'Bia), a hyphen parts two.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut current = String::new();
    let (mut starts_sentence, mut starts_clause) = (true, true);
    for letter in text.nfc().chain([' ']) {
        if letter.is_alphanumeric() || (matches!(letter, '\'' | '’') && !current.is_empty()) {
            current.push(letter);
            continue;
        }
        if !current.is_empty() {
            words.push(Word {
                lower: current.to_lowercase(),
                text: std::mem::take(&mut current),
                starts_sentence,
                starts_clause,
            });
            (starts_sentence, starts_clause) = (false, false);
        }
        starts_sentence |= SENTENCE_ENDS.contains(&letter);
        starts_clause |= !letter.is_whitespace() && letter != '-';
    }
    words
}

/// The places in a text (counted in words) where a phrase of lower-case words begins, unbroken by
/// punctuation.
pub(super) fn places(words: &[Word], phrase: &str) -> Vec<usize> {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    let begins_at = |window: &[Word]| {
        let unbroken = window[1..].iter().all(|word| !word.starts_clause);
        unbroken && window.iter().map(|word| word.lower.as_str()).eq(phrase.iter().copied())
    };
    let windows = words.windows(phrase.len()).enumerate();
    windows.filter(|(_, window)| begins_at(window)).map(|(place, _)| place).collect()
}

pub(super) fn contains(words: &[Word], phrase: &str) -> bool {
    !places(words, phrase).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_counted_between_spaces_and_punctuation_alone_is_none() {
        assert_eq!(syllables("Bà Páo quay được – ai cũng cười."), 7);
        assert_eq!(syllables("  "), 0);
    }

    #[test]
    fn words_know_whether_they_begin_a_sentence_or_a_clause() {
        let words = words("Chị H'Bia vội, gọi con. Con wi-fi");
        let texts: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["Chị", "H'Bia", "vội", "gọi", "con", "Con", "wi", "fi"]);
        let at = |flag: fn(&Word) -> bool| -> Vec<_> { (0..8).filter(|at| flag(&words[*at])).collect() };
        assert_eq!(at(|word| word.starts_sentence), [0, 5]);
        assert_eq!(at(|word| word.starts_clause), [0, 3, 5]);
        assert_eq!(at(Word::is_capitalised), [0, 1, 5]);
    }

    #[test]
    fn a_phrase_is_found_as_whole_syllables_in_either_normal_form() {
        assert!(contains(&words("Mọi người đều đi"), "mọi"));
        assert!(contains(&words("Mo\u{323}i người"), "mọi"));
        assert!(!contains(&words("Gọi mõi mòn"), "mọi"));
        assert!(!contains(&words("các mọimọi"), "mọi"));
        assert_eq!(places(&words("một cách, một cách"), "một cách"), [0, 2]);
        assert!(!contains(&words("chỉ một, cách nhà"), "một cách"));
        assert!(!contains(&words("một"), "một cách"));
    }
}
