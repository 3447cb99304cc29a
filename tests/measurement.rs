//! The scoring core against slow references that share no code with it but the response models.

#[path = "measurement/one_competency.rs"]
mod one_competency;
#[path = "measurement/properties.rs"]
mod properties;
#[path = "measurement/reference.rs"]
mod reference;
#[path = "measurement/several_competencies.rs"]
mod several_competencies;
