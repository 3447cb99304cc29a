//! Names of people and places: what may stand in them, how they are searched and sorted.

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A person's name: 1 to 100 letters, marks, spaces, apostrophes, hyphens and dots, kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Takes NFC text; outer and repeated spaces are dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let allowed = |c: char| c.is_alphabetic() || is_combining_mark(c) || " '’-.".contains(c);
        let fits = name.chars().any(char::is_alphabetic) && name.chars().count() <= 100;
        (fits && name.chars().all(allowed)).then_some(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Folds for search, never for identity: no marks, đ and its look-alikes (Ð, Ɖ) as d, lower case, so Hoà = Hòa = hoa.
pub fn fold(text: &str) -> String {
    let unmarked = text.nfd().filter(|c| !is_combining_mark(*c));
    let plain = unmarked.map(|c| match c {
        'đ' | 'Đ' | 'ð' | 'Ð' | 'ɖ' | 'Ɖ' => 'd',
        '’' => '\'',
        other => other,
    });
    plain.flat_map(char::to_lowercase).collect()
}

/// Sort keys in Vietnamese order (CLDR `vi`): compare the bytes.
pub struct VietnameseOrder {
    collator: CollatorBorrowed<'static>,
}

impl VietnameseOrder {
    /// `None` where the compiled collation data lack Vietnamese, which a test rules out.
    pub fn new() -> Option<Self> {
        let collator = Collator::try_new(icu_locale_core::locale!("vi").into(), CollatorOptions::default()).ok()?;
        Some(Self { collator })
    }

    /// The key of a text as it stands: for places.
    pub fn key(&self, text: &str) -> Vec<u8> {
        let mut key = Vec::new();
        // Writing into a Vec cannot fail.
        let _ = self.collator.write_sort_key_to(text, &mut key);
        key
    }

    /// The key of a person's name: by the last word (the given name), then the rest.
    pub fn person_key(&self, name: &str) -> Vec<u8> {
        let (rest, given) = name.rsplit_once(' ').unwrap_or(("", name));
        // Sort keys hold no zero byte, so the whole given name decides before the rest is looked at.
        [self.key(given), vec![0], self.key(rest)].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_names_people_have() {
        for name in ["Nguyễn Thị Hòa", "H'Hen Niê", "Y Bliă", "Sùng A Páo", "Thạch Sa Rươl", "Út", "H’Bia Ê-ban"]
        {
            assert_eq!(PersonName::parse(name).expect(name).as_str(), name);
        }
        assert_eq!(PersonName::parse("  Nguyễn   Hòa ").unwrap().as_str(), "Nguyễn Hòa");
        for name in ["", "   ", "'", "Hòa1", "<b>", "=HYPERLINK(1)", "a\u{0}b"] {
            assert_eq!(PersonName::parse(name), None, "{name:?}");
        }
        assert_eq!(PersonName::parse(&"a".repeat(101)), None);
    }

    #[test]
    fn folds_tone_placement_and_look_alikes_together() {
        assert_eq!(fold("Hoà"), fold("Hòa"));
        assert_eq!(fold("Đồng Ɖăng Ðông"), "dong dang dong");
        assert_ne!(fold("Sơn Hà"), "sơn hà");
    }

    #[test]
    fn sorts_by_the_given_name_in_vietnamese_order() {
        let order = VietnameseOrder::new().unwrap();
        let mut names = vec!["Trần Văn Đức", "Lê Dung", "Nguyễn Ân", "Phạm An", "Bùi Ẩn", "Đỗ An", "Út"];
        names.sort_by_key(|name| order.person_key(name));
        assert_eq!(names, ["Đỗ An", "Phạm An", "Nguyễn Ân", "Bùi Ẩn", "Lê Dung", "Trần Văn Đức", "Út"]);
    }
}
