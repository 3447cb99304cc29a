//! What the documents promise is what the sources have: personal data, configuration, links.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(ROOT).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder with this ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(Path::new(ROOT).join(folder)).unwrap().map(|entry| entry.unwrap());
    let below = entries.flat_map(|entry| {
        let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() { files(&name, ending) } else { vec![PathBuf::from(name)] }
    });
    below.filter(|path| path.to_str().unwrap().ends_with(ending)).collect()
}

/// (table, column) of every table that the migrations make, in order; later ones may add columns or drop tables.
fn columns() -> BTreeSet<(String, String)> {
    let mut columns = BTreeSet::new();
    let mut migrations = files("migrations/postgres", "up.sql");
    migrations.sort();
    for migration in migrations {
        let mut table = None;
        for line in read(migration).lines().map(str::trim) {
            let words: Vec<_> = line.trim_end_matches([';', '(', ',']).split_whitespace().collect();
            match (&words[..], &table) {
                (["CREATE", "TABLE", name], _) => table = Some((*name).to_owned()),
                (["ALTER", "TABLE", altered, "ADD", "COLUMN", column, ..], _) => {
                    columns.insert(((*altered).to_owned(), (*column).to_owned()));
                }
                (["ALTER", "TABLE", altered, "DROP", "COLUMN", column, ..], _) => {
                    columns.remove(&((*altered).to_owned(), (*column).to_owned()));
                }
                (["DROP", "TABLE", dropped], _) => columns.retain(|(table, _)| table != dropped),
                (["ALTER", "TABLE", ..], _) => panic!("this test does not understand: {line}"),
                (_, Some(_)) if line.starts_with(')') => table = None,
                (["--", ..] | [], _) => {}
                ([column, ..], Some(table))
                    if column.chars().all(|letter| letter.is_ascii_lowercase() || "_0123456789".contains(letter)) =>
                {
                    columns.insert((table.clone(), (*column).to_owned()));
                }
                _ => {}
            }
        }
    }
    columns
}

/// The first two cells of every row of the table that begins `| table | column |`.
fn inventory(document: &str) -> Vec<(String, String)> {
    let lines = document.lines().skip_while(|line| !line.starts_with("| table | column |"));
    let rows = lines.skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let mut cells = row.split('|').skip(1).map(|cell| cell.trim().trim_matches('`').to_owned());
        (cells.next().unwrap(), cells.next().unwrap())
    })
    .collect()
}

#[test]
fn the_inventory_of_personal_data_names_every_column_and_no_other() {
    let (document, columns) = (read("docs/privacy.md"), columns());
    assert!(
        columns.len() > 100 && columns.contains(&("accounts".to_owned(), "display_name".to_owned())),
        "{columns:?}"
    );
    let rows = inventory(&document);
    let named: BTreeSet<_> = rows.iter().cloned().collect();
    assert_eq!(named.len(), rows.len(), "a column is named twice");
    let heading = "Tables without personal data:";
    let line = document.lines().find_map(|line| line.strip_prefix(heading)).expect("a list of the other tables");
    let others: BTreeSet<_> =
        line.trim().trim_end_matches('.').split(',').map(|name| name.trim().trim_matches('`')).collect();

    let tables: BTreeSet<_> = columns.iter().map(|(table, _)| table.as_str()).collect();
    let stale: Vec<_> = others.iter().filter(|table| !tables.contains(*table)).collect();
    assert!(stale.is_empty(), "no such tables: {stale:?}");
    let both: Vec<_> = others.iter().filter(|table| named.iter().any(|(name, _)| name == *table)).collect();
    assert!(both.is_empty(), "with and without personal data: {both:?}");
    let personal: BTreeSet<_> = columns.iter().filter(|(table, _)| !others.contains(table.as_str())).cloned().collect();
    let forgotten: Vec<_> = personal.difference(&named).collect();
    assert!(forgotten.is_empty(), "not in the inventory: {forgotten:?}");
    let gone: Vec<_> = named.difference(&personal).collect();
    assert!(gone.is_empty(), "in the inventory, and no such column: {gone:?}");
}

#[test]
fn every_row_of_the_inventory_says_what_why_who_and_how_long() {
    let document = read("docs/privacy.md");
    let rows = document.lines().filter(|line| line.starts_with("| ") && line.matches('|').count() >= 8);
    let wanting: Vec<_> =
        rows.filter(|row| row.trim_matches('|').split('|').any(|cell| cell.trim().is_empty())).collect();
    assert!(wanting.is_empty(), "{wanting:#?}");
}

/// Names of environment variables of ours in a text.
fn variables(text: &str) -> BTreeSet<&str> {
    let is_part = |letter: char| letter.is_ascii_uppercase() || letter == '_';
    let words = text.split(|letter| !is_part(letter));
    words.filter(|word| word.starts_with("CONGDANSO_") || word.starts_with("DATABASE_URL")).collect()
}

#[test]
fn every_variable_is_documented_and_every_documented_variable_is_read() {
    let (source, document) = (read("src/config.rs"), read("docs/operations.md"));
    let source = source.split("#[cfg(test)]").next().unwrap();
    let read = variables(source);
    assert!(read.len() > 10, "{read:?}");
    let rows: String =
        document.lines().filter(|line| line.starts_with("| `")).map(|line| format!("{line}\n")).collect();
    let first_cells: String = rows.lines().map(|row| format!("{}\n", row.split('|').nth(1).unwrap())).collect();
    let in_table = variables(&first_cells);
    assert_eq!(read.difference(&in_table).collect::<Vec<_>>(), Vec::<&&str>::new(), "read and not documented");
    let mentioned = variables(&document);
    assert_eq!(mentioned.difference(&read).collect::<Vec<_>>(), Vec::<&&str>::new(), "documented and not read");
}

#[test]
fn the_containers_set_only_variables_that_are_read() {
    let read_by_us = read("src/config.rs");
    let known = variables(&read_by_us);
    for file in ["Dockerfile", "docker-compose.yml", "README.md", "ARCHITECTURE.md"] {
        let text = read(file);
        let unknown: Vec<_> = variables(&text)
            .into_iter()
            .filter(|name| !known.contains(name) && *name != "CONGDANSO_TEST_POSTGRES")
            .collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
    }
}

/// The documents a reader meets.
fn documents() -> Vec<PathBuf> {
    let top = std::fs::read_dir(ROOT).unwrap().map(|entry| PathBuf::from(entry.unwrap().file_name()));
    top.filter(|path| path.extension() == Some("md".as_ref())).chain(files("docs", ".md")).collect()
}

/// Text without what stands in code.
fn prose(text: &str) -> String {
    let outside = text.split("```").step_by(2).collect::<String>();
    let lines = outside.lines().filter(|line| !line.starts_with("    "));
    lines.map(|line| line.split('`').step_by(2).collect::<String>() + "\n").collect()
}

/// Targets of `[words](target)` and `[name]: target`.
fn links(text: &str) -> Vec<String> {
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let named = text.lines().filter(|line| line.starts_with('[')).filter_map(|line| line.split_once("]: "));
    inline.chain(named.filter_map(|(_, target)| target.split(' ').next())).map(str::to_owned).collect()
}

/// The anchor that a heading gets.
fn anchor(heading: &str) -> String {
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
        .collect::<String>();
    kept.trim().replace(' ', "-")
}

#[test]
fn every_relative_link_leads_somewhere() {
    let (mut broken, mut followed) = (Vec::new(), 0);
    for document in documents() {
        let text = read(&document);
        for link in links(&prose(&text)) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            followed += 1;
            let (file, fragment) = link.split_once('#').unwrap_or((&link, ""));
            let folder = document.parent().unwrap_or(Path::new(""));
            let target = if file.is_empty() { document.clone() } else { folder.join(file) };
            let exists = Path::new(ROOT).join(&target).exists();
            let has_anchor = || {
                fragment.is_empty()
                    || read(&target)
                        .lines()
                        .filter(|line| line.starts_with('#'))
                        .any(|line| anchor(line.trim_start_matches('#')) == fragment)
            };
            if !exists || !has_anchor() {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(followed > 5, "{followed}");
    assert!(broken.is_empty(), "{broken:#?}");
}
