//! Clients that vanish hold nothing: ODK Central hung on 16 of them, every pooled connection idle in a transaction.

use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::app::TestApp;
use crate::citizens::Citizen;
use crate::databases::Kind;
use crate::quiz::Choice;

both!(with [("CONGDANSO_DATABASE_CONNECTIONS", "2")];
    forty_clients_that_stop_in_the_middle_of_a_body_hold_no_connection,
    forty_clients_that_never_read_their_answer_hold_no_connection,
    clients_that_ask_for_much_and_read_nothing_hold_no_connection,
);

const CLIENTS: usize = 40;

/// Forty whole submissions, each another attempt.
fn requests(app: &TestApp, citizen: &Citizen<'_>) -> Vec<Vec<u8>> {
    let form = app.form("full-a");
    let body = app.submission(&form, form.answers(Choice::Score(2)));
    let request = |_| citizen.put(&format!("/v1/attempts/{}", app.new_id())).json(&body).bytes();
    (0..CLIENTS).map(request).collect()
}

/// Sends these bytes and stays connected.
fn send(app: &TestApp, bytes: &[u8]) -> TcpStream {
    let mut stream = app.connect();
    stream.write_all(bytes).unwrap();
    stream
}

/// Reading and writing are as quick as ever, and nobody is left in a transaction.
#[track_caller]
fn assert_at_ease(app: &TestApp, citizen: &Citizen<'_>) {
    let (form, id) = (app.form("full-b"), app.new_id());
    let body = app.submission(&form, form.answers(Choice::Score(1)));
    // Whoever is served in these moments is served.
    thread::sleep(Duration::from_millis(500));
    for status in [201, 200] {
        let begun = Instant::now();
        citizen.put_attempt(id, &body).expect(status);
        let taken = begun.elapsed();
        assert!(taken < Duration::from_secs(1), "a submission takes {taken:?}");
    }
    for path in ["/v1/me", "/v1/me/profile", "/v1/attempts", "/health/ready"] {
        let begun = Instant::now();
        citizen.get(path).send().expect(200);
        let taken = begun.elapsed();
        assert!(taken < Duration::from_secs(1), "{path} takes {taken:?}");
    }
    if app.database.kind == Kind::Postgres {
        let idle = "SELECT count(*) AS number FROM pg_stat_activity \
                    WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        assert_eq!(app.database.number(idle), 0);
    }
}

fn forty_clients_that_stop_in_the_middle_of_a_body_hold_no_connection(app: &TestApp) {
    let citizen = app.citizen();
    let requests = requests(app, &citizen);
    let halves = requests.iter().map(|request| &request[..request.len() - 1000]);
    let waiting: Vec<_> = halves.map(|half| send(app, half)).collect();
    assert_at_ease(app, &citizen);
    drop(waiting);
    assert_at_ease(app, &citizen);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM attempts"), 2);
    // Every one of them comes back.
    for request in &requests {
        assert_eq!(crate::requests::exchange(app.connect(), request).expect("an answer").status, 201);
    }
}

fn forty_clients_that_never_read_their_answer_hold_no_connection(app: &TestApp) {
    let citizen = app.citizen();
    let requests = requests(app, &citizen);
    let waiting: Vec<_> = requests.iter().map(|request| send(app, request)).collect();
    assert_at_ease(app, &citizen);
    drop(waiting);
    assert_at_ease(app, &citizen);
    assert_eq!(app.database.number("SELECT count(*) AS number FROM attempts") as usize, CLIENTS + 2);
    for request in &requests {
        assert_eq!(crate::requests::exchange(app.connect(), request).expect("an answer").status, 200);
    }
}

/// So many requests down one connection that their answers do not fit into any buffer on the way.
fn clients_that_ask_for_much_and_read_nothing_hold_no_connection(app: &TestApp) {
    let citizen = app.citizen();
    let form = app.form("full-a");
    citizen.put_attempt(app.new_id(), &app.submission(&form, form.answers(Choice::Score(2)))).expect(201);
    let profile = citizen.get("/v1/me/profile").bytes();
    let mut waiting = Vec::new();
    for _ in 0..10 {
        let mut stream = app.connect();
        stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
        // Breaks off when nobody takes any more.
        let _ = stream.write_all(&profile.repeat(2000));
        waiting.push(stream);
    }
    assert_at_ease(app, &citizen);
    drop(waiting);
    assert_at_ease(app, &citizen);
}
