//! Floor 2, the archive: plain functions over one connection, for SQLite and PostgreSQL alike. SQL lives here only.

pub mod accounts;
pub mod areas;
pub mod attempts;
pub mod columns;
pub mod db;
pub mod error;
pub mod items;
pub mod journal;
pub mod profiles;
pub mod schema;
pub mod sessions;
pub mod writer;

pub use db::{Db, Location, Store};
pub use error::Error;
