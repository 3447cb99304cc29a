//! What the service does for the people who call it, over HTTP, on SQLite and on PostgreSQL. `tools/test` starts both.
//!
//! A test is a function that takes a [`app::TestApp`]; [`both!`] at the top of its file runs it on each database.

/// Runs each named function of this file on SQLite and on PostgreSQL, every time with a fresh service. A function that is
/// not named here is dead code, and clippy says so. `both!(with [("VARIABLE", "value")]; …)` sets configuration.
macro_rules! both {
    (with $variables:expr; $($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&$crate::app::TestApp::start($crate::databases::Kind::Sqlite, &$variables)) })+
        }
        mod postgres {
            $(#[test] fn $name() { super::$name(&$crate::app::TestApp::start($crate::databases::Kind::Postgres, &$variables)) })+
        }
    };
    ($($name:ident),+ $(,)?) => { both!(with []; $($name),+); };
}

mod answer;
mod app;
mod citizens;
mod contract;
mod databases;
mod quiz;
mod requests;

mod access;
mod areas;
mod attempts;
mod auth;
mod bad_input;
mod content;
mod forms;
mod main_job;
mod messages;
mod offline;
mod privacy;
mod profiles;
mod sessions;
