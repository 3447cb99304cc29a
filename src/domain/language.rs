//! The two languages of the service, texts that exist in one or both, and the choice for a request.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Vi,
    En,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// The BCP 47 tag, `vi` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The language a request prefers: lookup of RFC 4647 §3.4 over the weighted ranges of RFC 9110
    /// §12.5.4.
    ///
    /// A range is cut from its end until it names a language we have (`en-US` means `en`); `*`
    /// stands for whatever no other range names; weight 0 excludes; equal weights go by position in
    /// the header. Ranges that cannot be read are passed over, and where nothing fits the answer is
    /// Vietnamese.
    pub fn from_accept_language(header: &str) -> Self {
        let ranges: Vec<_> = header.split(',').filter_map(weighted_range).collect();
        let mut best = None;
        for language in Self::ALL {
            let Some((position, weight)) = preference(&ranges, language) else {
                continue;
            };
            let rank = (weight, std::cmp::Reverse(position));
            if weight > 0 && best.is_none_or(|(_, best_rank)| rank > best_rank) {
                best = Some((language, rank));
            }
        }
        best.map_or_else(Self::default, |(language, _)| language)
    }
}

/// One element of the header: the primary subtag of the range, and its weight in thousandths.
fn weighted_range(element: &str) -> Option<(&str, u16)> {
    let (range, parameter) = match element.split_once(';') {
        Some((range, parameter)) => (range, Some(parameter.trim())),
        None => (element, None),
    };
    let weight = match parameter {
        Some(parameter) => thousandths(parameter.strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('=')?.trim())?,
        None => 1000,
    };
    // Our languages are bare primary subtags: cutting a range step by step ends at its first.
    let primary = range.trim().split('-').next()?;
    (!primary.is_empty()).then_some((primary, weight))
}

/// A weight of RFC 9110: `0` or `1` with at most three decimals.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    if !matches!(whole, "0" | "1") || decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: u16 = format!("{whole}{decimals:0<3}").parse().ok()?;
    (value <= 1000).then_some(value)
}

/// The position and weight of the best range that names the language; of `*` only where none does.
fn preference(ranges: &[(&str, u16)], language: Language) -> Option<(usize, u16)> {
    let best_named = |name: &str| {
        ranges
            .iter()
            .enumerate()
            .filter(|(_, (primary, _))| primary.eq_ignore_ascii_case(name))
            .map(|(position, (_, weight))| (position, *weight))
            .max_by_key(|(position, weight)| (*weight, std::cmp::Reverse(*position)))
    };
    best_named(language.tag()).or_else(|| best_named("*"))
}

/// A text that always exists in Vietnamese and may exist in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Localized {
    pub vi: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl Localized {
    /// The text in the language asked for, or the Vietnamese one where that is missing or empty.
    pub fn get(&self, language: Language) -> &str {
        match (language, self.en.as_deref()) {
            (Language::En, Some(en)) if !en.is_empty() => en,
            _ => &self.vi,
        }
    }

    /// Whether the text exists in the language, so that `get` needs no fallback.
    pub fn has(&self, language: Language) -> bool {
        match language {
            Language::Vi => !self.vi.is_empty(),
            Language::En => self.en.as_deref().is_some_and(|en| !en.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_or_unreadable_header_means_vietnamese() {
        for header in ["", "fr", "fr-FR, de;q=0.5", ";;;", "en;q=abc", "en;q=1.001", "en;q=2", "en;q=0", "en;level=1"] {
            assert_eq!(Language::from_accept_language(header), Language::Vi, "{header}");
        }
    }

    #[test]
    fn a_regional_range_means_its_language() {
        assert_eq!(Language::from_accept_language("en-US"), Language::En);
        assert_eq!(Language::from_accept_language("EN-gb-oed, fr"), Language::En);
        assert_eq!(Language::from_accept_language("vi-VN,en"), Language::Vi);
        assert_eq!(Language::from_accept_language("eng"), Language::Vi);
    }

    #[test]
    fn the_higher_weight_wins_and_then_the_earlier_place() {
        assert_eq!(Language::from_accept_language("vi;q=0.5, en;q=0.9"), Language::En);
        assert_eq!(Language::from_accept_language("en;q=0.5,vi;q=0.501"), Language::Vi);
        assert_eq!(Language::from_accept_language("en, vi"), Language::En);
        assert_eq!(Language::from_accept_language("fr, en;Q = 0.8, *;q=0.1"), Language::En);
    }

    #[test]
    fn a_wildcard_stands_for_what_is_not_named() {
        assert_eq!(Language::from_accept_language("*"), Language::Vi);
        assert_eq!(Language::from_accept_language("vi;q=0, *"), Language::En);
        assert_eq!(Language::from_accept_language("en;q=0.5, *"), Language::Vi);
        assert_eq!(Language::from_accept_language("en, *;q=0.5"), Language::En);
    }

    #[test]
    fn a_text_falls_back_to_vietnamese_by_itself() {
        let both = Localized { vi: "Chợ".into(), en: Some("Market".into()) };
        assert_eq!((both.get(Language::Vi), both.get(Language::En)), ("Chợ", "Market"));
        for en in [None, Some(String::new())] {
            let one = Localized { vi: "Chợ".into(), en };
            assert_eq!(one.get(Language::En), "Chợ");
            assert!(one.has(Language::Vi) && !one.has(Language::En));
        }
    }

    #[test]
    fn languages_are_written_as_their_tags() {
        assert_eq!(serde_json::to_string(&Language::ALL).unwrap(), r#"["vi","en"]"#);
    }
}
