//! A database of its own for each test: a copy of a template that the real service has filled once.

use std::fs::{File, remove_file, rename};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use congdanso::config::Config;
use congdanso::domain::language::Language;
use congdanso::domain::time::Timestamp;
use congdanso::service::{Context, start};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};

use server::{administer, administrator};

#[path = "../postgres/server.rs"]
mod server;

/// Where the templates of SQLite and the locks are.
const HOME: &str = env!("CARGO_TARGET_TMPDIR");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A database for one test, gone with it.
pub struct Database {
    pub kind: Kind,
    /// As `DATABASE_URL` takes it.
    pub url: String,
    /// In PostgreSQL.
    name: String,
}

impl Database {
    /// A fresh copy of the template. `folder` is where SQLite's file goes.
    pub fn create(kind: Kind, folder: &Path) -> Self {
        let template = locked(kind, || template(kind));
        match kind {
            Kind::Sqlite => {
                let file = folder.join("congdanso.sqlite");
                std::fs::copy(&template, &file).unwrap();
                Self { kind, url: format!("sqlite:{}", file.display()), name: String::new() }
            }
            Kind::Postgres => {
                let name = format!("test_{}", folder.file_name().unwrap().to_str().unwrap().replace(['.', '-'], "_"));
                administer(&format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\""));
                Self { kind, url: server::url(&name), name }
            }
        }
    }

    /// Runs statements beside the service, for what no operation does yet.
    pub fn execute(&self, sql: &str) {
        match self.kind {
            Kind::Sqlite => self.sqlite().batch_execute(sql).unwrap(),
            Kind::Postgres => PgConnection::establish(&self.url).unwrap().batch_execute(sql).unwrap(),
        }
    }

    /// The number that `SELECT count(*) AS number …` gives.
    pub fn number(&self, sql: &str) -> i64 {
        let row: Number = match self.kind {
            Kind::Sqlite => diesel::sql_query(sql).get_result(&mut self.sqlite()).unwrap(),
            Kind::Postgres => {
                diesel::sql_query(sql).get_result(&mut PgConnection::establish(&self.url).unwrap()).unwrap()
            }
        };
        row.number
    }

    fn sqlite(&self) -> SqliteConnection {
        let mut connection = SqliteConnection::establish(self.url.trim_start_matches("sqlite:")).unwrap();
        connection.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
        connection
    }
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.kind == Kind::Postgres {
            administer(&format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name));
        }
    }
}

/// Runs `work` in one process at a time: nextest gives each test a process of its own.
fn locked<T>(kind: Kind, work: impl FnOnce() -> T) -> T {
    let lock = File::create(Path::new(HOME).join(format!("{kind:?}.lock"))).unwrap();
    lock.lock().unwrap();
    work()
}

/// The template's file or name, made where it is missing.
fn template(kind: Kind) -> String {
    let name = format!("template_{}", build());
    match kind {
        Kind::Sqlite => {
            let file = Path::new(HOME).join(format!("{name}.sqlite"));
            if !file.exists() {
                make_sqlite_template(&file);
            }
            file.to_str().unwrap().to_owned()
        }
        Kind::Postgres => {
            let query = format!("SELECT count(*) AS number FROM pg_database WHERE datname = '{name}'");
            let row: Number = diesel::sql_query(query).get_result(&mut administrator()).unwrap();
            if row.number == 0 {
                make_postgres_template(&name);
            }
            name
        }
    }
}

/// Names this build of the tests. Migrations, content, data and the code that loads them are compiled in, so that another
/// of any of them is another build.
fn build() -> String {
    let file = std::env::current_exe().unwrap().metadata().unwrap();
    format!("{:x}_{:x}_{:x}", file.mtime(), file.mtime_nsec(), file.len())
}

fn make_sqlite_template(file: &Path) {
    let old = std::fs::read_dir(HOME).unwrap().map(|entry| entry.unwrap().path());
    old.filter(|path| path.extension() == Some("sqlite".as_ref())).for_each(|path| remove_file(path).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (filled, copied) = (folder.path().join("filled.sqlite"), PathBuf::from(format!("{}.new", file.display())));
    fill(folder.path(), &format!("sqlite:{}", filled.display()));
    let _ = remove_file(&copied);
    let mut connection = SqliteConnection::establish(filled.to_str().unwrap()).unwrap();
    // The service's connections may linger for a moment.
    connection.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
    // One file, whatever is still in the write-ahead log.
    connection.batch_execute(&format!("VACUUM INTO '{}'", copied.display())).unwrap();
    rename(&copied, file).unwrap();
}

fn make_postgres_template(name: &str) {
    administer(&format!("DROP DATABASE IF EXISTS \"{name}_new\" WITH (FORCE)"));
    administer(&format!("CREATE DATABASE \"{name}_new\""));
    fill(tempfile::tempdir().unwrap().path(), &server::url(&format!("{name}_new")));
    // Connections of the service may linger for a moment; a template must have none.
    administer(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}_new'"));
    let renamed = (0..100).any(|_| {
        let sql = format!("ALTER DATABASE \"{name}_new\" RENAME TO \"{name}\"");
        let done = administrator().batch_execute(&sql).is_ok();
        if !done {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        done
    });
    assert!(renamed, "the template of PostgreSQL is still in use");
}

/// Opens the real service once, which migrates and loads what is shipped.
fn fill(folder: &Path, url: &str) {
    let config = Config::read(|variable| match variable {
        "DATABASE_URL" => Some(url.to_owned()),
        "CONGDANSO_DATA_DIR" => folder.to_str().map(str::to_owned),
        _ => None,
    });
    let context = Context::new(
        Timestamp::from_unix_milliseconds(crate::app::BEGINNING),
        "template".to_owned(),
        Language::Vi,
        None,
        [0; 32],
    );
    start::open(&config.ok().unwrap(), &context).map_err(|error| error.0).unwrap();
}
