//! Rules on the words of stem and options.

use std::collections::BTreeSet;

use super::lexicon::*;
use super::words::{SENTENCE_ENDS, Word, contains, places, syllables, words};
use super::{ItemCheck, Rule};
use crate::domain::bank::Item;

const LONGEST_STEM_SYLLABLES: usize = 40;
const LONGEST_SENTENCE_SYLLABLES: usize = 15;

pub(super) const RULES: [Rule<ItemCheck>; 14] = [
    Rule::error("stem-length", stem_length, "Cut the stem: 40 syllables fit a small screen at large type."),
    Rule::error("sentence-length", sentence_length, "Part the sentence: 15 syllables can be followed by ear."),
    Rule::error("negative-stem", negative_stem, "Ask what to do, not what not to do."),
    Rule::error("option-about-options", about_options, "Write what the person does."),
    Rule::error("lone-absolute", lone_absolute, "Drop the absolute word, or use it in another option too."),
    Rule::error("stem-echo", stem_echo, "Say it with another word, or use the word in another option too."),
    Rule::error("digit", digit, "Leave the number out, or write it as a word."),
    Rule::error("amount-or-law", amount_or_law, "Leave amounts and legal texts to the dated facts beside the items."),
    Rule::error("web-address", web_address, "Leave addresses to the dated facts beside the items."),
    Rule::error("brand", brand, "Say what it is: the identity application, the social network, the shop."),
    Rule::error("machine-phrase", machine_phrase, "Say it as one says it aloud."),
    Rule::warning("stiff-phrase", stiff_phrase, "See whether plain people would say so."),
    Rule::error("pronoun", pronoun, "Use the name of the person in the story."),
    Rule::warning("tone-mark", tone_mark, "Set the mark on the first vowel: hòa, khỏe, thủy."),
];

fn stem_length(item: &Item) -> Vec<String> {
    let count = syllables(&item.stem.vi);
    if count <= LONGEST_STEM_SYLLABLES { vec![] } else { vec![format!("{count} syllables")] }
}

fn sentence_length(item: &Item) -> Vec<String> {
    let sentences = item.stem.vi.split(SENTENCE_ENDS).map(str::trim);
    sentences
        .filter(|sentence| syllables(sentence) > LONGEST_SENTENCE_SYLLABLES)
        .map(|sentence| format!("{} syllables: {sentence}", syllables(sentence)))
        .collect()
}

fn negative_stem(item: &Item) -> Vec<String> {
    let sentences = item.stem.vi.split_inclusive(SENTENCE_ENDS);
    let questions = sentences.filter(|sentence| sentence.ends_with('?'));
    questions.flat_map(|question| phrases_in(question, &NEGATIVE_QUESTIONS)).collect()
}

fn about_options(item: &Item) -> Vec<String> {
    let texts = shown(item).into_iter();
    texts.flat_map(|text| phrases_in(text, &OPTIONS_ABOUT_OPTIONS)).collect()
}

fn lone_absolute(item: &Item) -> Vec<String> {
    let options: Vec<_> = item.options.iter().map(|option| words(&option.text.vi)).collect();
    let holders = |phrase: &str| {
        let holds = |words: &&Vec<Word>| {
            let places = places(words, phrase);
            places.into_iter().any(|place| is_absolute(words, place, phrase))
        };
        options.iter().filter(holds).count()
    };
    let alone = ABSOLUTES.iter().filter(|phrase| holders(phrase) == 1);
    alone.map(|phrase| format!("\"{phrase}\" in one option alone")).collect()
}

/// Tells "always" from "at once" (luôn) and "every" from "everybody" and "as usual" (mọi).
fn is_absolute(words: &[Word], place: usize, phrase: &str) -> bool {
    let next = next_in_clause(words, place);
    match phrase {
        "mọi" => !next.is_some_and(|next| AFTER_HARMLESS_EVERY.contains(&next)),
        "luôn" => {
            let follows_subject = || BEFORE_ALWAYS.contains(&words[place - 1].lower.as_str());
            next.is_some() && (words[place].starts_clause || next == Some("luôn") || follows_subject())
        }
        _ => true,
    }
}

/// Content words of the stem that the best option alone takes up: a hint to whoever cannot read
/// the story. Names, which the story needs, are no hint.
fn stem_echo(item: &Item) -> Vec<String> {
    let Some(best) = item.best() else {
        return vec![];
    };
    let stem = words(&item.stem.vi);
    let best_words = words(&best.text.vi);
    let others = item.options.iter().filter(|option| option.id != best.id);
    let other_words: Vec<_> = others.flat_map(|option| words(&option.text.vi)).collect();
    let occurs = |list: &[Word], word: &str| list.iter().any(|other| other.lower == word);
    let is_name = |word: &str| {
        let mut all = stem.iter().chain(&best_words).filter(|other| other.lower == word);
        all.clone().any(|other| other.is_capitalised() && !other.starts_sentence) || all.all(Word::is_capitalised)
    };
    let echoes: BTreeSet<_> = best_words.iter().map(|word| word.lower.as_str()).collect();
    echoes
        .into_iter()
        .filter(|word| occurs(&stem, word) && !occurs(&other_words, word))
        .filter(|word| !is_function_word(word) && !is_name(word))
        .map(|word| format!("\"{word}\" stands in the stem and in the best option alone"))
        .collect()
}

fn digit(item: &Item) -> Vec<String> {
    let is_digit = |letter: char| letter.is_numeric() || matches!(letter, '%' | '‰');
    let texts = shown(item).into_iter().filter(|text| text.contains(is_digit));
    texts.map(|text| format!("digit or %: {text}")).collect()
}

fn amount_or_law(item: &Item) -> Vec<String> {
    let mut messages = Vec::new();
    for text in vietnamese(item) {
        messages.extend(phrases_in(text, &LEGAL_TEXTS));
        let words = words(text);
        for (place, word) in words.iter().enumerate() {
            let next = next_in_clause(&words, place);
            let is_million = word.text == "triệu" && !next.is_some_and(|next| AFTER_NO_MILLION.contains(&next));
            // Inside a sentence only an article of a law is written with a capital.
            let is_article = word.text == "Điều" && !word.starts_clause;
            if is_million || is_article {
                messages.push(format!("\"{}\": {text}", word.text));
            }
        }
    }
    messages
}

fn web_address(item: &Item) -> Vec<String> {
    let is_address = |text: &&str| text.split_whitespace().any(is_web_address);
    let texts = shown(item).into_iter().filter(is_address);
    texts.map(|text| format!("web address: {text}")).collect()
}

/// A scheme, `www.`, or a dot with a domain of two or more plain letters after it.
fn is_web_address(piece: &str) -> bool {
    let piece = piece.to_lowercase();
    let domains = piece.split('/').next().unwrap_or_default().split('.').skip(1);
    let is_domain = |label: &str| {
        let label = label.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        label.len() >= 2 && label.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    piece.contains("://") || piece.starts_with("www.") || (!piece.contains("..") && domains.into_iter().any(is_domain))
}

fn brand(item: &Item) -> Vec<String> {
    let vietnamese = vietnamese(item);
    let vietnamese = vietnamese.iter().flat_map(|text| phrases_in(text, &BRANDS));
    let english = english(item).into_iter().flat_map(brands_in_english);
    vietnamese.chain(english).collect()
}

fn brands_in_english(text: &str) -> Vec<String> {
    let words = words(text);
    let is_brand = |phrase: &&&str| {
        let sure = !BRANDS_AND_ENGLISH_WORDS.contains(phrase);
        let capital = |place: usize| words[place].is_capitalised() && !words[place].starts_sentence;
        places(&words, phrase).into_iter().any(|place| sure || capital(place))
    };
    let brands = BRANDS.iter().filter(is_brand);
    brands.map(|phrase| format!("\"{phrase}\": {text}")).collect()
}

fn machine_phrase(item: &Item) -> Vec<String> {
    let is_machine = |words: &[Word], place: usize, phrase: &str| {
        let next = next_in_clause(words, place + 1);
        phrase != "một cách" || next.is_some_and(|next| !AFTER_A_REAL_WAY.contains(&next))
    };
    let mut messages = Vec::new();
    for text in vietnamese(item) {
        let words = words(text);
        for phrase in MACHINE_PHRASES {
            let places = places(&words, phrase);
            if places.into_iter().any(|place| is_machine(&words, place, phrase)) {
                messages.push(format!("\"{phrase}\": {text}"));
            }
        }
    }
    messages
}

fn stiff_phrase(item: &Item) -> Vec<String> {
    let texts = vietnamese(item).into_iter();
    texts.flat_map(|text| phrases_in(text, &STIFF_PHRASES)).collect()
}

fn pronoun(item: &Item) -> Vec<String> {
    let addresses_reader = |text: &&str| {
        let words = words(text);
        let heads = places(&words, "bạn").into_iter().filter(|place| words[*place].starts_clause);
        heads.into_iter().any(|place| next_in_clause(&words, place).is_some_and(|next| AFTER_YOU.contains(&next)))
    };
    let texts = vietnamese(item).into_iter().filter(addresses_reader);
    texts.map(|text| format!("\"bạn\" addresses the reader: {text}")).collect()
}

/// Final oa, oe, uy with the mark on the second vowel, the older habit is on the first; after q the
/// u is a consonant (quý).
fn tone_mark(item: &Item) -> Vec<String> {
    const SECOND_VOWEL_MARKED: [&str; 15] =
        ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"];
    let is_marked = |word: &Word| {
        let mut endings = SECOND_VOWEL_MARKED.iter().filter_map(|ending| word.lower.strip_suffix(ending));
        endings.any(|start| !start.ends_with('q'))
    };
    let texts = vietnamese(item).into_iter();
    texts.flat_map(words).filter(is_marked).map(|word| format!("\"{}\"", word.text)).collect()
}

/// The word after a place, unless punctuation parts them.
fn next_in_clause(words: &[Word], place: usize) -> Option<&str> {
    let next = words.get(place + 1)?;
    (!next.starts_clause).then_some(&next.lower)
}

fn phrases_in(text: &str, phrases: &[&str]) -> Vec<String> {
    let words = words(text);
    let found = phrases.iter().filter(|phrase| contains(&words, phrase));
    found.map(|phrase| format!("\"{phrase}\": {text}")).collect()
}

fn vietnamese(item: &Item) -> Vec<&str> {
    let options = item.options.iter().map(|option| &option.text);
    [&item.stem].into_iter().chain(options).map(|text| text.vi.as_str()).collect()
}

fn english(item: &Item) -> Vec<&str> {
    let options = item.options.iter().map(|option| &option.text);
    [&item.stem].into_iter().chain(options).filter_map(|text| text.en.as_deref()).collect()
}

/// All that is shown with a scored item, in both languages.
fn shown(item: &Item) -> Vec<&str> {
    [vietnamese(item), english(item)].concat()
}
