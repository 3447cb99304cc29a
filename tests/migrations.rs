//! Both databases have the same tables after migrating, `store/schema.rs` knows them, and every migration can be undone.

use std::collections::{BTreeMap, BTreeSet};

use congdanso::store::{Location, Store};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use tables::{Column, Tables};

#[path = "postgres/server.rs"]
mod server;
#[path = "migrations/tables.rs"]
mod tables;

/// An empty database of PostgreSQL, dropped at the end of a test.
struct Scratch {
    name: String,
}

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("migrations_{name}_{}", std::process::id());
        server::administer(&format!("CREATE DATABASE \"{name}\""));
        Self { name }
    }

    fn url(&self) -> String {
        server::url(&self.name)
    }

    fn connect(&self) -> PgConnection {
        PgConnection::establish(&self.url()).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        server::administer(&format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name));
    }
}

/// The tables as the service makes them when it opens a database.
fn migrated_postgres(scratch: &Scratch) -> Tables {
    Store::open(&Location::Postgres(scratch.url()), 1).unwrap();
    tables::of_postgres(&mut scratch.connect())
}

fn migrated_sqlite(file: &str) -> Tables {
    Store::open(&Location::Sqlite(file.to_owned()), 1).unwrap();
    tables::of_sqlite(&mut SqliteConnection::establish(file).unwrap())
}

fn both(name: &str) -> (Tables, Tables) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = migrated_sqlite(folder.path().join("migrated.sqlite").to_str().unwrap());
    (migrated_postgres(&Scratch::new(name)), sqlite)
}

/// How SQLite holds what PostgreSQL has a type for.
fn in_sqlite(postgres_type: &str) -> &str {
    match postgres_type {
        "uuid" | "bytea" => "BLOB",
        "timestamp with time zone" | "smallint" | "integer" | "bigint" => "INTEGER",
        "boolean" => "BOOLEAN",
        "text" => "TEXT",
        other => panic!("{other} has no counterpart in SQLite"),
    }
}

#[test]
fn both_databases_have_the_same_columns() {
    let (postgres, sqlite) = both("columns");
    assert!(postgres.len() > 10, "{postgres:?}");
    assert_eq!(postgres.keys().collect::<Vec<_>>(), sqlite.keys().collect::<Vec<_>>());
    let mut differences = Vec::new();
    for (name, table) in &postgres {
        let as_in_sqlite = |column: &Column| Column { kind: in_sqlite(&column.kind).to_owned(), ..column.clone() };
        let expected: BTreeMap<_, _> =
            table.columns.iter().map(|(name, column)| (name, as_in_sqlite(column))).collect();
        let found: BTreeMap<_, _> = sqlite[name].columns.iter().map(|(name, column)| (name, column.clone())).collect();
        for column in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
            let (expected, found) = (expected.get(*column), found.get(*column));
            if expected != found {
                differences.push(format!("{name}.{column}: PostgreSQL gives {expected:?}, SQLite has {found:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn both_databases_have_the_same_keys_and_unique_indexes() {
    let (postgres, sqlite) = both("keys");
    for (name, table) in &postgres {
        assert_eq!(table.primary_key, sqlite[name].primary_key, "the key of {name}");
        assert_eq!(table.unique, sqlite[name].unique, "what is unique in {name}");
    }
}

#[test]
fn text_of_postgresql_is_compared_by_bytes_as_in_sqlite() {
    let (postgres, _) = both("collation");
    let columns = postgres.iter().flat_map(|(table, described)| {
        described.columns.iter().map(move |(name, column)| (format!("{table}.{name}"), column))
    });
    let others = columns.filter(|(_, column)| column.kind == "text" && !column.is_collated_by_bytes);
    let others: Vec<_> = others.map(|(name, _)| name).collect();
    assert!(others.is_empty(), "not COLLATE \"C\": {others:?}");
}

#[test]
fn the_schema_of_diesel_names_the_same_columns() {
    let (postgres, _) = both("schema");
    let text = include_str!("../src/store/schema.rs");
    let declared = tables::of_schema(text);
    assert_eq!(declared.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, table) in &postgres {
        assert_eq!(declared[name].primary_key, table.primary_key, "the key of {name}");
        let columns = table.columns.iter();
        let expected: BTreeMap<_, _> =
            columns.map(|(name, column)| (name.clone(), (column.kind.clone(), column.is_nullable))).collect();
        let columns = declared[name].columns.iter();
        let found: BTreeMap<_, _> =
            columns.map(|(name, column)| (name.clone(), (column.kind.clone(), column.is_nullable))).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn sqlite_migrations_can_be_undone_and_done_again() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.batch_execute("PRAGMA foreign_keys = ON").unwrap();
    up_down_up(&mut connection, "migrations/sqlite", tables::of_sqlite);
}

#[test]
fn postgres_migrations_can_be_undone_and_done_again() {
    let scratch = Scratch::new("undone");
    up_down_up(&mut scratch.connect(), "migrations/postgres", tables::of_postgres);
}

fn up_down_up<C, B>(connection: &mut C, folder: &str, describe: impl Fn(&mut C) -> Tables)
where
    C: MigrationHarness<B>,
    B: diesel::backend::Backend,
{
    let migrations = || FileBasedMigrations::from_path(folder).unwrap();
    connection.run_pending_migrations(migrations()).unwrap();
    let first = describe(connection);
    assert!(!first.is_empty());
    connection.revert_all_migrations(migrations()).unwrap();
    assert_eq!(describe(connection), Tables::new(), "what is left behind");
    connection.run_pending_migrations(migrations()).unwrap();
    assert_eq!(describe(connection), first);
}
