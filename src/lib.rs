//! congdanso: the service with which citizens find out what they can do as digital citizens. Start at ARCHITECTURE.md.

pub mod config;
pub mod domain;
pub mod http;
pub mod keys;
pub mod service;
pub mod store;
