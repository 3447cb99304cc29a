//! `/v1/attempts`.

mod submit;
