//! `/v1/auth`: registering, signing in, staying signed in.

mod login;
mod refresh;
mod register;
mod setup;
mod throttle;
