//! The PostgreSQL server that `tools/test` has started.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

/// The URL of one of its databases.
///
/// # Panics
/// Where there is no server: half of the tests is never left out in silence.
pub fn url(database: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "tools/test says where its server is")]
    let administrator = std::env::var("CONGDANSO_TEST_POSTGRES");
    let Ok(administrator) = administrator else { panic!("no PostgreSQL to test on: run the tests with tools/test") };
    let (server, rest) = administrator.rsplit_once("/postgres").unwrap();
    format!("{server}/{database}{rest}")
}

/// A connection of its superuser, from which databases are made and dropped.
pub fn administrator() -> PgConnection {
    PgConnection::establish(&url("postgres")).unwrap_or_else(|error| panic!("the server of tools/test: {error}"))
}

pub fn administer(sql: &str) {
    administrator().batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}
