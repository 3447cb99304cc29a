//! Bad networks: submissions that come often, at once, in pieces, late or in any order have one effect.

mod current_profile;
mod cut_off;
mod drafts;
mod parallel;
mod times;
mod vanishing;
