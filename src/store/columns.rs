//! The two column types that differ between the databases, written once for both.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, SqlType};
use diesel::sqlite::Sqlite;
use uuid::Uuid;

use crate::domain::time::Timestamp;

/// `uuid` in PostgreSQL, 16 bytes in SQLite.
#[derive(Debug, Clone, Copy, QueryId, SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
pub struct KeyColumn;

/// An id as a column holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = KeyColumn)]
pub struct Key(pub Uuid);

impl ToSql<KeyColumn, Pg> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<KeyColumn, Sqlite> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl FromSql<KeyColumn, Pg> for Key {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}

impl FromSql<KeyColumn, Sqlite> for Key {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(Self(Uuid::from_slice(&bytes)?))
    }
}

/// `timestamptz` in PostgreSQL, milliseconds since 1970 in SQLite.
#[derive(Debug, Clone, Copy, QueryId, SqlType)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
pub struct InstantColumn;

/// An instant as a column holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = InstantColumn)]
pub struct Instant(pub Timestamp);

/// PostgreSQL counts microseconds from 2000-01-01T00:00:00Z.
const POSTGRES_EPOCH_UNIX_MILLISECONDS: i64 = 946_684_800_000;

impl ToSql<InstantColumn, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let microseconds = (self.0.unix_milliseconds - POSTGRES_EPOCH_UNIX_MILLISECONDS) * 1000;
        ToSql::<BigInt, Pg>::to_sql(&microseconds, &mut out.reborrow())
    }
}

impl ToSql<InstantColumn, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.unix_milliseconds);
        Ok(IsNull::No)
    }
}

impl FromSql<InstantColumn, Pg> for Instant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let microseconds = <i64 as FromSql<BigInt, Pg>>::from_sql(value)?;
        let unix_milliseconds = microseconds.div_euclid(1000) + POSTGRES_EPOCH_UNIX_MILLISECONDS;
        Ok(Self(Timestamp { unix_milliseconds }))
    }
}

impl FromSql<InstantColumn, Sqlite> for Instant {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let unix_milliseconds = <i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?;
        Ok(Self(Timestamp { unix_milliseconds }))
    }
}
