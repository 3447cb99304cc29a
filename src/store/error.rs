//! What can go wrong in the archive.

use diesel::result::{ConnectionError, DatabaseErrorKind, Error as DieselError};

#[derive(Debug)]
pub enum Error {
    /// The database cannot be reached, is shutting down, locked or full: trying again may help.
    Unavailable(String),
    /// A unique value exists already.
    Duplicate,
    /// A stored value cannot be read back.
    Corrupt(&'static str),
    Migration(String),
    Failed(DieselError),
}

/// What databases say when it is they who are in trouble, where diesel has no kind of its own.
const TROUBLE: [&str; 8] = [
    "server closed the connection",
    "terminating connection",
    "the database system is",
    "could not connect",
    "connection not open",
    "database is locked",
    "disk is full",
    "no connection to the server",
];

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, information) = &error else { return Self::Failed(error) };
        match kind {
            DatabaseErrorKind::UniqueViolation => Self::Duplicate,
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::SerializationFailure => Self::Unavailable(information.message().to_owned()),
            _ if TROUBLE.iter().any(|sign| information.message().contains(sign)) => {
                Self::Unavailable(information.message().to_owned())
            }
            _ => Self::Failed(error),
        }
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unavailable(message) => write!(formatter, "the database is unavailable: {}", message.trim()),
            Self::Duplicate => formatter.write_str("a unique value exists already"),
            Self::Corrupt(what) => write!(formatter, "a stored value cannot be read: {what}"),
            Self::Migration(message) => write!(formatter, "a migration failed: {message}"),
            // Database messages name columns and constraints; their details would name values, so they stay out.
            Self::Failed(DieselError::DatabaseError(kind, information)) => {
                write!(formatter, "the database refused ({kind:?}): {}", information.message())
            }
            Self::Failed(error) => write!(formatter, "the database failed: {error}"),
        }
    }
}

impl std::error::Error for Error {}
