//! `/health/live`: the process answers. `/health/ready`: it can do its work.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use actix_web::HttpResponse;
use serde::Serialize;

use super::{Answer, Shared, at_desk};
use crate::domain::refusal::{Refusal, Refused};
use crate::service;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_millis(900);

#[derive(Serialize)]
struct Health {
    status: &'static str,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    status: &'static str,
}

pub async fn live() -> Answer {
    Ok(HttpResponse::Ok().json(Health { status: "ok", checks: Vec::new() }))
}

/// The database answers a read. Migrations and keys were seen to at start, without which this would not be answering.
pub async fn ready(state: Shared) -> Answer {
    let asked = at_desk(&state, service::items::check_store);
    match actix_web::rt::time::timeout(PATIENCE, asked).await {
        Ok(Ok(())) => {
            let checks = ["database", "migrations", "keys"].map(|name| Check { name, status: "ok" });
            Ok(HttpResponse::Ok().json(Health { status: "ok", checks: checks.into() }))
        }
        _ => Err(Refused::retry_after(Refusal::Unavailable, 1).into()),
    }
}

/// Asks a running service whether it is ready: for health checks where there is no HTTP client.
///
/// # Errors
/// Where nobody answers in time.
pub fn ask(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(2 * PATIENCE))?;
    stream.write_all(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut status_line = [0; 12];
    stream.read_exact(&mut status_line)?;
    Ok(status_line.ends_with(b" 200"))
}
