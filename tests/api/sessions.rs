//! How long people stay signed in, who is slowed down, and which tokens are believed.

mod lifetimes;
mod throttle;
mod tokens;
