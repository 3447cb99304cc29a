//! Submissions a second, through the front door: the real service in this process, many connections with real tokens, each
//! submission durable, scored and journalled. Beside it the ceiling of the same run: the same server answering as many bytes
//! without a database: `cargo bench --bench load`. Figures are kept in docs/performance.md.
//!
//! Environment: `DATABASE_URL` (default: SQLite in a temporary folder), `BENCH_CONNECTIONS` (64), `BENCH_SECONDS` (10),
//! `BENCH_CITIZENS` (10000).

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use congdanso::config::Config;
use congdanso::domain::language::Language;
use congdanso::http::server;
use congdanso::service::{Context, Desk, start};
use congdanso::store::columns::{Instant as StoredInstant, Key};
use congdanso::store::{accounts, sessions};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let number = |name: &str, default: usize| setting(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (connections, seconds) = (number("BENCH_CONNECTIONS", 64), number("BENCH_SECONDS", 10) as u64);
    let citizens = number("BENCH_CITIZENS", 10_000);
    let folder = tempfile::tempdir().unwrap();
    let (address, tokens, pack) = start_service(folder.path(), citizens);
    let duration = Duration::from_secs(seconds);
    let body = submission(&pack);
    let submit = |connection: usize, turn: usize| {
        let citizen = (turn * connections + connection) % tokens.len();
        let head = format!(
            "PUT /v1/attempts/{} HTTP/1.1\r\nAuthorization: Bearer {}",
            attempt_id(connection, turn),
            tokens[citizen]
        );
        request(&head, &body)
    };
    let ceiling = |_: usize, _: usize| request("GET /health/live HTTP/1.1", "");
    let read_form = |_: usize, _: usize| request("GET /v1/forms/full-a HTTP/1.1\r\nAccept-Encoding: br", "");
    println!("| {connections} connections, {citizens} citizens | requests/s | p50 ms | p99 ms | refused |");
    println!("|---|---|---|---|---|");
    row("the server alone (a small answer, no database)", &run(address, connections, duration, &ceiling));
    row("form pack, brotli", &run(address, connections, duration, &read_form));
    row("submissions, durable", &run(address, connections, duration, &submit));
    println!("\nresident memory after the run: {} MB", resident_megabytes());
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is its own door")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Starts the service and seeds citizens with sessions; answers its address, an access token for each, and a form pack.
#[expect(clippy::disallowed_methods, reason = "a benchmark is its own door")]
fn start_service(folder: &std::path::Path, citizens: usize) -> (SocketAddr, Vec<String>, serde_json::Value) {
    let lookup = |name: &str| match name {
        "CONGDANSO_LISTEN" => Some("127.0.0.1:0".to_owned()),
        "CONGDANSO_METRICS_LISTEN" | "CONGDANSO_RATE_LIMITS" => Some("off".to_owned()),
        "CONGDANSO_DATA_DIR" => Some(folder.to_string_lossy().into_owned()),
        "DATABASE_URL" => setting("DATABASE_URL"),
        _ => None,
    };
    let config = Config::read(lookup).unwrap_or_else(|faults| panic!("{faults:?}"));
    let clock = server::machine_clock();
    let mut context = Context::new(clock(), "bench".to_owned(), Language::Vi, None, rand::random());
    let desk = start::open(&config, &context).unwrap_or_else(|error| panic!("{}", error.0));
    let tokens = seed(&desk, &mut context, citizens);
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let bound = server::bind(&config, desk, clock).unwrap();
            sender.send(bound.address).unwrap();
            bound.run().await.unwrap();
        });
    });
    let address = receiver.recv().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(&request("GET /v1/forms/full-a HTTP/1.1", "")).unwrap();
    let answer = read_answer(&mut stream, &mut Vec::new()).1;
    (address, tokens, serde_json::from_slice(&answer).unwrap())
}

fn seed(desk: &Desk, context: &mut Context, citizens: usize) -> Vec<String> {
    let now = StoredInstant(context.now);
    let people: Vec<_> = (0..citizens).map(|_| (context.new_id(), context.new_id(), context.random_number())).collect();
    for chunk in people.chunks(500) {
        let outcome: Result<(), congdanso::store::Error> = desk.store.write_unjournalled(|db| {
            for &(account_id, session_id, number) in chunk {
                accounts::insert(db, &account(account_id, number, now))?;
                sessions::insert(db, &session(session_id, account_id, now))?;
            }
            Ok(())
        });
        outcome.unwrap();
    }
    let sign = |&(account_id, session_id, _): &(Uuid, Uuid, u64)| {
        desk.access_tokens.sign(account_id, session_id, session_id, context.now, context.now).unwrap()
    };
    people.iter().map(sign).collect()
}

fn account(id: Uuid, number: u64, now: StoredInstant) -> accounts::AccountRow {
    accounts::AccountRow {
        id: Key(id),
        citizen_code: format!(
            "{}{number:x}",
            congdanso::domain::citizen_code::CitizenCode::from_number(number).as_str()
        ),
        login_phone: None,
        contact_phone: None,
        display_name: "Nguyễn Thị Hòa".to_owned(),
        name_folded: "nguyen thi hoa".to_owned(),
        name_sort_key: vec![1],
        birth_year: Some(1961),
        birth_month: None,
        birth_day: None,
        sex: None,
        area_code: Some("16690".to_owned()),
        hamlet_code: None,
        hamlet_confirmed: false,
        language: "vi".to_owned(),
        password_hash: None,
        state: "active".to_owned(),
        consents: 1,
        enrolled_by: None,
        created_at: now,
    }
}

fn session(id: Uuid, account_id: Uuid, now: StoredInstant) -> sessions::SessionRow {
    sessions::SessionRow {
        id: Key(id),
        account_id: Key(account_id),
        device_name: "bench".to_owned(),
        device_mode: "own".to_owned(),
        authenticated_at: now,
        last_used_at: now,
        idle_seconds: 86_400,
        expires_at: StoredInstant(now.0.plus_seconds(86_400)),
        ended_at: None,
        end_reason: None,
    }
}

/// A full attempt of 54 answers.
fn submission(pack: &serde_json::Value) -> String {
    let items = pack["sections"].as_array().unwrap().iter().flat_map(|section| section["items"].as_array().unwrap());
    let answers: Vec<_> = items
        .enumerate()
        .map(|(position, item)| {
            let choice = ["a", "b", "c", "dont_know"][position % 4];
            serde_json::json!({ "item": item["id"], "choice": choice, "seconds": 20 + position, "shown": ["b", "c", "a"] })
        })
        .collect();
    serde_json::json!({
        "form_id": "full-a", "bank_version": pack["bank_version"], "mode": "self", "state": "submitted", "answers": answers,
        "client_started_at": "2026-11-21T12:00:00Z", "client_submitted_at": "2026-11-21T12:40:00Z",
        "client_sent_at": "2026-11-21T12:41:00Z",
    })
    .to_string()
}

fn attempt_id(connection: usize, turn: usize) -> Uuid {
    uuid::Builder::from_random_bytes((((connection as u128) << 64) | turn as u128).to_be_bytes()).into_uuid()
}

fn request(head: &str, body: &str) -> Vec<u8> {
    format!("{head}\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

struct Outcome {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    refused: usize,
}

/// Keeps `connections` busy for `duration`, each waiting for its answer before it asks again.
fn run(
    address: SocketAddr,
    connections: usize,
    duration: Duration,
    make: &(impl Fn(usize, usize) -> Vec<u8> + Sync),
) -> Outcome {
    let refused = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let started = Instant::now();
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|connection| {
                let refused = Arc::clone(&refused);
                scope.spawn(move || {
                    let mut stream = TcpStream::connect(address).unwrap();
                    stream.set_nodelay(true).unwrap();
                    let (mut times, mut buffer) = (Vec::new(), Vec::new());
                    for turn in 0.. {
                        if started.elapsed() >= duration {
                            break;
                        }
                        let message = make(connection, turn);
                        let asked = Instant::now();
                        stream.write_all(&message).unwrap();
                        if read_answer(&mut stream, &mut buffer).0 >= 400 {
                            refused.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        }
                        times.push(asked.elapsed());
                    }
                    times
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let elapsed = started.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    let refused = refused.load(std::sync::atomic::Ordering::Relaxed);
    Outcome { per_second: times.len() as f64 / elapsed, p50_ms: at(0.5), p99_ms: at(0.99), refused }
}

/// Reads one answer with a Content-Length; answers status and body.
fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> (u16, Vec<u8>) {
    buffer.clear();
    let mut chunk = [0; 16 * 1024];
    loop {
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "the server closed the connection");
        buffer.extend_from_slice(&chunk[..read]);
        let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&buffer[..head]).unwrap().to_ascii_lowercase();
        let length: usize =
            text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok()).unwrap_or(0);
        if buffer.len() >= head + 4 + length {
            return (text[9..12].parse().unwrap(), buffer[head + 4..].to_vec());
        }
    }
}

fn row(name: &str, outcome: &Outcome) {
    let Outcome { per_second, p50_ms, p99_ms, refused } = outcome;
    println!("| {name} | {per_second:.0} | {p50_ms:.2} | {p99_ms:.2} | {refused} |");
}

fn resident_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) / 1024
}
