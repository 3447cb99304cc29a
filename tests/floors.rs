//! The rules of the house (ARCHITECTURE), read from the sources: each breach is named by file and line.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

use source::{Function, Source, Token};

#[path = "floors/source.rs"]
mod source;

/// What each part of the house may take from the others.
const MAY_IMPORT: [(&str, &[&str]); 6] = [
    ("domain", &[]),
    ("store", &["domain"]),
    ("keys", &["domain"]),
    ("config", &["domain", "store"]),
    ("service", &["domain", "store", "keys", "config"]),
    ("http", &["domain", "store", "keys", "config", "service"]),
];

/// The homes of third-party crates, as beginnings of paths below `src/`.
const HOMES: [(&str, &[&str]); 11] = [
    ("actix_web", &["http", "main.rs"]),
    ("validator", &["http"]),
    ("governor", &["http"]),
    ("utoipa_swagger_ui", &["http"]),
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("r2d2", &["store"]),
    ("argon2", &["keys"]),
    ("jsonwebtoken", &["keys"]),
    ("aws_lc_rs", &["keys"]),
    ("moka", &["service/sessions.rs", "http/content.rs"]),
];

/// Names that say nothing about what is inside.
const DRAWERS: [&str; 7] = ["mod", "util", "utils", "common", "helper", "helpers", "manager"];

const LONGEST_FILE_LINES: usize = 400;
/// Lines between the braces of a function.
const LONGEST_BODY_LINES: usize = 49;

fn assert_none(breaches: impl IntoIterator<Item = String>) {
    let breaches: Vec<_> = breaches.into_iter().collect();
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
}

/// All Rust files of a folder, deep.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    files.retain(|path| path.extension() == Some("rs".as_ref()));
    files.sort();
    files
}

fn sources() -> Vec<Source> {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources: Vec<_> = files(&house)
        .into_iter()
        .map(|path| Source::new(path.strip_prefix(&house).unwrap().to_str().unwrap(), read_to_string(&path).unwrap()))
        .collect();
    assert!(sources.len() > 20, "the house was not found");
    sources
}

#[test]
fn imports_point_down() {
    assert_none(sources().iter().flat_map(imports_from_above));
}

fn imports_from_above(source: &Source) -> Vec<String> {
    let Some((floor, allowed)) = MAY_IMPORT.iter().find(|(floor, _)| *floor == source.floor()) else {
        return Vec::new();
    };
    let is_floor = |name: &str| MAY_IMPORT.iter().any(|(floor, _)| *floor == name);
    let mut imports = source.imports_of_the_house();
    imports.retain(|(_, name)| is_floor(name) && name != floor && !allowed.contains(&name.as_str()));
    imports.into_iter().map(|(line, name)| format!("src/{}:{line} takes from {name}", source.path)).collect()
}

#[test]
fn each_third_party_crate_has_one_home() {
    assert_none(sources().iter().flat_map(crates_away_from_home));
}

fn crates_away_from_home(source: &Source) -> Vec<String> {
    let away = HOMES.iter().filter(|(_, homes)| !homes.iter().any(|home| source.is_below(home)));
    away.flat_map(|(name, _)| {
        let lines = source.lines_with_path(&[name]).into_iter();
        lines.map(move |line| format!("src/{}:{line} uses {name}", source.path))
    })
    .collect()
}

#[test]
fn the_environment_is_read_in_the_configuration_alone() {
    assert_none(sources().iter().flat_map(readings_of_the_environment));
}

fn readings_of_the_environment(source: &Source) -> Vec<String> {
    let lines = source.lines_with_path(&["std", "env"]).into_iter();
    let lines = lines.filter(|_| !["config.rs", "main.rs"].contains(&source.path.as_str()));
    lines.map(|line| format!("src/{}:{line} reads the environment", source.path)).collect()
}

#[test]
fn no_file_and_no_module_is_a_drawer() {
    assert_none(sources().iter().flat_map(drawers));
}

fn drawers(source: &Source) -> Vec<String> {
    let stem = Path::new(&source.path).file_stem().and_then(|stem| stem.to_str()).unwrap();
    let file = DRAWERS.contains(&stem).then(|| format!("src/{}", source.path));
    let is_drawer = |pair: &&[Token]| pair[0].text == "mod" && DRAWERS.contains(&pair[1].text.as_str());
    let modules = source.tokens.windows(2).filter(is_drawer);
    let modules = modules.map(|pair| format!("src/{}:{} mod {}", source.path, pair[1].line, pair[1].text));
    file.into_iter().chain(modules).collect()
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = ["src", "tests", "benches", "tools"].into_iter().flat_map(|folder| files(&root.join(folder)));
    assert_none(all.filter_map(|path| {
        let lines = read_to_string(&path).unwrap().lines().count();
        (lines > LONGEST_FILE_LINES).then(|| format!("{} has {lines}", path.strip_prefix(root).unwrap().display()))
    }));
}

#[test]
fn no_function_has_fifty_lines() {
    assert_none(sources().iter().flat_map(long_functions));
}

fn long_functions(source: &Source) -> Vec<String> {
    let long = source.functions().into_iter().filter(|function| function.body_lines > LONGEST_BODY_LINES);
    let say = |Function { line, name, body_lines }| format!("src/{}:{line} {name} has {body_lines}", source.path);
    long.map(say).collect()
}

#[test]
fn nothing_is_unsafe_and_no_global_can_change() {
    assert_none(sources().iter().flat_map(unsafe_and_static_mut));
}

fn unsafe_and_static_mut(source: &Source) -> Vec<String> {
    let is_breach = |pair: &&[Token]| pair[0].text == "unsafe" || pair[0].text == "static" && pair[1].text == "mut";
    let breaches = source.tokens.windows(2).filter(is_breach);
    breaches.map(|pair| format!("src/{}:{} {}", source.path, pair[0].line, pair[0].text)).collect()
}

#[test]
fn nothing_is_unwrapped_outside_tests_and_in_the_domain_only_with_a_comment_beside() {
    let all = sources();
    let test_modules: Vec<_> = all.iter().flat_map(Source::test_modules).collect();
    assert!(!test_modules.is_empty(), "modules for tests were not found");
    let house = all.iter().filter(|source| !test_modules.iter().any(|module| source.is_below(module)));
    assert_none(house.flat_map(unwraps));
}

fn unwraps(source: &Source) -> Vec<String> {
    let lines = source.unwraps_outside_tests().into_iter();
    let breaches = lines.filter(|&line| source.floor() != "domain" || !source.has_comment_beside(line));
    breaches.map(|line| format!("src/{}:{line} unwraps", source.path)).collect()
}

#[test]
fn a_breach_of_each_rule_is_seen() {
    let text = |lines: &[&str]| lines.join("\n");
    let bad = Source::new(
        "domain/bad/utils.rs",
        text(&[
            "use crate::{domain::time, http::Shared};",
            "use super::super::super::service::Desk; // crate::store is a comment, \"diesel::\" a text",
            "use std::{env, fs};",
            "mod helpers { fn f(x: diesel::PgConnection) { unsafe { g(\"crate::keys\") } } }",
            "static mut COUNT: u8 = moka::COUNT;",
            "",
            "",
            "fn f<'a>(x: &'a str) -> u8 { x.parse().unwrap() + super::diesel::f('\"') }",
            "#[cfg(test)] mod tests { fn f() { g().unwrap() } }",
        ]),
    );
    let place = |what: &str| format!("src/domain/bad/utils.rs{what}");
    assert_eq!(imports_from_above(&bad), [place(":1 takes from http"), place(":2 takes from service")]);
    assert_eq!(crates_away_from_home(&bad), [place(":4 uses diesel"), place(":5 uses moka")]);
    assert_eq!(readings_of_the_environment(&bad), [place(":3 reads the environment")]);
    assert_eq!(drawers(&bad), [place(""), place(":4 mod helpers")]);
    assert_eq!(unsafe_and_static_mut(&bad), [place(":4 unsafe"), place(":5 static")]);
    assert_eq!(unwraps(&bad), [place(":8 unwraps")]);
    let long = format!("fn short() {{}}\nfn long() {{{}}}", "\n".repeat(51));
    assert_eq!(long_functions(&Source::new("store/long.rs", long)), ["src/store/long.rs:2 long has 50"]);
}
