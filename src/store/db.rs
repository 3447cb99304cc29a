//! Two databases, one behaviour: the connection, the pool, transactions, migrations.

use std::sync::Mutex;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::error::Error;
use super::journal::{self, Entry, Event};

const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// WAL with FULL: what was acknowledged survives a power cut.
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; \
     PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 20000; PRAGMA temp_store = MEMORY;";

/// A batch touches pages all over the tables; 64 MB keep most of them at hand.
const SQLITE_WRITER_SETTINGS: &str = "PRAGMA cache_size = -65536;";

/// Nothing that a request asks for takes so long; what does must not hold a connection or a lock.
const POSTGRES_SETTINGS: &str =
    "SET statement_timeout = '15s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '15s'";

/// How long a request waits for a connection before it answers "unavailable".
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(1);

/// A connection to either database. Statements are written once, through `each!`.
pub enum Db {
    Postgres(Box<PgConnection>),
    Sqlite(Box<SqliteConnection>),
}

/// Runs one expression on whichever connection there is; it is type-checked for both.
macro_rules! each {
    ($db:expr, |$connection:ident| $expression:expr) => {
        match $db {
            $crate::store::db::Db::Postgres($connection) => {
                let $connection = &mut **$connection;
                $expression
            }
            $crate::store::db::Db::Sqlite($connection) => {
                let $connection = &mut **$connection;
                $expression
            }
        }
    };
}
pub(crate) use each;

impl Db {
    fn begin(&mut self) -> Result<(), Error> {
        match self {
            Self::Postgres(connection) => AnsiTransactionManager::begin_transaction(&mut **connection)?,
            // IMMEDIATE takes the write lock at once, so that two writers queue instead of failing at the end.
            Self::Sqlite(connection) => {
                AnsiTransactionManager::begin_transaction_sql(&mut **connection, "BEGIN IMMEDIATE")?;
            }
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Error> {
        Ok(each!(self, |c| AnsiTransactionManager::commit_transaction(c))?)
    }

    fn roll_back(&mut self) {
        // A connection that cannot roll back is gone; the pool finds out when it is next asked for.
        let _ = each!(self, |c| AnsiTransactionManager::rollback_transaction(c));
    }
}

/// Where the data live.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A libpq URL. It may hold a password, so it is never printed.
    Postgres(String),
    /// A file.
    Sqlite(String),
}

impl std::fmt::Debug for Location {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Postgres(_) => formatter.write_str("PostgreSQL"),
            Self::Sqlite(file) => write!(formatter, "SQLite {file}"),
        }
    }
}

impl Location {
    fn connect(&self) -> Result<Db, Error> {
        match self {
            Self::Postgres(url) => Ok(Db::Postgres(Box::new(PgConnection::establish(url)?))),
            Self::Sqlite(file) => {
                let mut connection = SqliteConnection::establish(file)?;
                connection.batch_execute(SQLITE_SETTINGS)?;
                Ok(Db::Sqlite(Box::new(connection)))
            }
        }
    }
}

impl r2d2::ManageConnection for Location {
    type Connection = Db;
    type Error = Error;

    fn connect(&self) -> Result<Db, Error> {
        let mut db = self.connect()?;
        if let Db::Postgres(connection) = &mut db {
            connection.batch_execute(POSTGRES_SETTINGS)?;
        }
        Ok(db)
    }

    fn is_valid(&self, db: &mut Db) -> Result<(), Error> {
        match db {
            Db::Postgres(connection) => Ok(connection.batch_execute("SELECT 1")?),
            Db::Sqlite(_) => Ok(()),
        }
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        std::thread::panicking()
            || each!(db, |c| {
                let status = AnsiTransactionManager::transaction_manager_status_mut(c);
                !matches!(status.transaction_depth(), Ok(None))
            })
    }
}

/// The archive: a pool for reading and, on SQLite, the one connection that writes.
pub struct Store {
    pool: r2d2::Pool<Location>,
    sqlite_writer: Option<Mutex<Db>>,
}

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// Where it cannot be reached or a migration fails.
    pub fn open(location: &Location, connections: u32) -> Result<Self, Error> {
        let mut first = location.connect()?;
        migrate(&mut first)?;
        if let Db::Sqlite(connection) = &mut first {
            connection.batch_execute(SQLITE_WRITER_SETTINGS)?;
        }
        let sqlite_writer = matches!(first, Db::Sqlite(_)).then(|| Mutex::new(first));
        let pool = r2d2::Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(CONNECTION_TIMEOUT)
            .error_handler(Box::new(LogConnectionErrors))
            .build_unchecked(location.clone());
        Ok(Self { pool, sqlite_writer })
    }

    /// Runs `work` on a connection, outside a transaction.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where no connection is to be had, and whatever `work` answers.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        let mut db = self.pool.get().map_err(|error| Error::Unavailable(error.to_string()))?;
        work(&mut db)
    }

    /// Runs `work` in one transaction and journals its event in the same.
    ///
    /// # Errors
    /// As [`Store::write_unjournalled`].
    pub fn write<T, E: From<Error>>(
        &self,
        entry: &Entry,
        work: impl FnOnce(&mut Db) -> Result<(T, Event), E>,
    ) -> Result<T, E> {
        self.write_unjournalled(|db| {
            let (value, event) = work(db)?;
            journal::append(db, &[(entry, &event)])?;
            Ok(value)
        })
    }

    /// Runs `work` in one transaction, for what nobody will ask about: drafts, refreshes, throttles.
    ///
    /// # Errors
    /// Whatever `work` answers, after rolling back, and [`Error`] where the database fails.
    pub fn write_unjournalled<T, E: From<Error>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        match &self.sqlite_writer {
            // A panic inside `work` was rolled back below; the connection itself stays good.
            Some(writer) => transaction(&mut writer.lock().unwrap_or_else(std::sync::PoisonError::into_inner), work),
            None => self.read(|db| transaction(db, work)),
        }
    }
}

fn transaction<T, E: From<Error>>(db: &mut Db, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
    db.begin()?;
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(db)));
    match outcome {
        Ok(Ok(value)) => match db.commit() {
            Ok(()) => Ok(value),
            Err(error) => {
                db.roll_back();
                Err(error.into())
            }
        },
        Ok(Err(error)) => {
            db.roll_back();
            Err(error)
        }
        Err(panic) => {
            db.roll_back();
            std::panic::resume_unwind(panic)
        }
    }
}

fn migrate(db: &mut Db) -> Result<(), Error> {
    match db {
        Db::Postgres(connection) => {
            // Several processes may start at once; one migrates, the others wait.
            connection.batch_execute("SELECT pg_advisory_lock(4041041)")?;
            let done = connection.run_pending_migrations(POSTGRES_MIGRATIONS).map(|_| ());
            connection.batch_execute("SELECT pg_advisory_unlock(4041041)")?;
            done.map_err(|error| Error::Migration(error.to_string()))
        }
        Db::Sqlite(connection) => connection
            .run_pending_migrations(SQLITE_MIGRATIONS)
            .map(|_| ())
            .map_err(|error| Error::Migration(error.to_string())),
    }
}

#[derive(Debug)]
struct LogConnectionErrors;

impl r2d2::HandleError<Error> for LogConnectionErrors {
    fn handle_error(&self, error: Error) {
        tracing::warn!(%error, "no connection to the database");
    }
}
