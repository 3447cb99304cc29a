//! What a database, or `store/schema.rs`, says of its tables, in one form.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::{Bool, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

pub type Tables = BTreeMap<String, Table>;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: BTreeMap<String, Column>,
    /// In order.
    pub primary_key: Vec<String>,
    /// Columns of every other unique index, in order.
    pub unique: BTreeSet<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As the database names it.
    pub kind: String,
    pub is_nullable: bool,
    /// Text is compared by its bytes; true in SQLite and for whatever is not text.
    pub is_collated_by_bytes: bool,
}

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_nullable: bool,
    #[diesel(sql_type = Bool)]
    is_collated_by_bytes: bool,
}

/// One column of a unique index; rows come index by index, in the order of the index.
#[derive(QueryableByName)]
struct UniqueRow {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    index_name: String,
    #[diesel(sql_type = Bool)]
    is_primary: bool,
    #[diesel(sql_type = Text)]
    column_name: String,
}

const POSTGRES_COLUMNS: &str = "
    SELECT table_name::text, column_name::text, data_type::text AS kind, is_nullable = 'YES' AS is_nullable,
           data_type <> 'text' OR coalesce(collation_name, '') = 'C' AS is_collated_by_bytes
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%'";

const POSTGRES_UNIQUE: &str = "
    SELECT r.relname::text AS table_name, i.indexrelid::regclass::text AS index_name, i.indisprimary AS is_primary,
           a.attname::text AS column_name
    FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid JOIN pg_namespace n ON n.oid = r.relnamespace
    CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum
    WHERE i.indisunique AND n.nspname = 'public' AND r.relname NOT LIKE '\\_\\_diesel%'
    ORDER BY 1, 2, k.place";

// An INTEGER PRIMARY KEY is the row's number and never null, whatever the pragma says.
const SQLITE_COLUMNS: &str = "
    SELECT t.name AS table_name, c.name AS column_name, c.type AS kind,
           NOT c.\"notnull\" AND NOT (c.pk > 0 AND c.type = 'INTEGER') AS is_nullable, TRUE AS is_collated_by_bytes
    FROM sqlite_master t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'";

// The key comes from the columns, for that of a row's number has no index.
const SQLITE_UNIQUE: &str = "
    SELECT t.name AS table_name, 'primary key' AS index_name, TRUE AS is_primary, c.name AS column_name, 0 AS list,
           c.pk AS place
    FROM sqlite_master t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND c.pk > 0 AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'
    UNION ALL
    SELECT t.name, i.name, FALSE, k.name, 1, k.seqno
    FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_info(i.name) k
    WHERE t.type = 'table' AND i.\"unique\" AND i.origin <> 'pk' AND t.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'
    ORDER BY 1, 5, 2, 6";

pub fn of_postgres(connection: &mut PgConnection) -> Tables {
    let columns = sql_query(POSTGRES_COLUMNS).load(connection).unwrap();
    collect(columns, sql_query(POSTGRES_UNIQUE).load(connection).unwrap())
}

pub fn of_sqlite(connection: &mut SqliteConnection) -> Tables {
    let columns = sql_query(SQLITE_COLUMNS).load(connection).unwrap();
    collect(columns, sql_query(SQLITE_UNIQUE).load(connection).unwrap())
}

fn collect(columns: Vec<ColumnRow>, unique: Vec<UniqueRow>) -> Tables {
    let mut tables = Tables::new();
    for ColumnRow { table_name, column_name, kind, is_nullable, is_collated_by_bytes } in columns {
        let column = Column { kind, is_nullable, is_collated_by_bytes };
        tables.entry(table_name).or_default().columns.insert(column_name, column);
    }
    for index in
        unique.chunk_by(|left, right| (&left.table_name, &left.index_name) == (&right.table_name, &right.index_name))
    {
        let columns = index.iter().map(|row| row.column_name.clone()).collect();
        let table = tables.entry(index[0].table_name.clone()).or_default();
        if index[0].is_primary {
            table.primary_key = columns;
        } else {
            table.unique.insert(columns);
        }
    }
    tables
}

/// Reads `diesel::table!` declarations; kinds as PostgreSQL names them.
pub fn of_schema(text: &str) -> Tables {
    let mut tables = Tables::new();
    let mut table = String::new();
    for line in text.lines().map(str::trim) {
        if let Some((name, rest)) = line.strip_suffix(") {").and_then(|line| line.split_once(" (")) {
            table = name.to_owned();
            let primary_key = rest.split(", ").map(str::to_owned).collect();
            tables.insert(table.clone(), Table { primary_key, ..Table::default() });
        } else if let Some((name, kind)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            let column = column_of_schema(kind);
            tables.get_mut(&table).unwrap().columns.insert(name.to_owned(), column);
        }
    }
    tables
}

fn column_of_schema(kind: &str) -> Column {
    let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
    let named = match inner.unwrap_or(kind) {
        "KeyColumn" => "uuid",
        "InstantColumn" => "timestamp with time zone",
        "Binary" => "bytea",
        "Text" => "text",
        "Bool" => "boolean",
        "SmallInt" => "smallint",
        "Integer" => "integer",
        "BigInt" => "bigint",
        other => panic!("{other} is no type of a column"),
    };
    Column { kind: named.to_owned(), is_nullable: inner.is_some(), is_collated_by_bytes: true }
}
