//! `/v1/attempts`.

mod cut_off;
mod read;
mod submit;
