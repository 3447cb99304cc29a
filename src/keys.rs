//! Floor 2, the safe: passwords, access tokens and the files that hold secrets.

pub mod files;
pub mod passwords;
pub mod tokens;
