//! The real service, for one test: its own database, its own port, a clock that stands still until the test moves it.

use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use congdanso::config::Config;
use congdanso::domain::language::Language;
use congdanso::domain::time::Timestamp;
use congdanso::http::server;
use congdanso::service::{Context, start};
use tempfile::TempDir;
use uuid::Uuid;

use crate::answer::Answer;
use crate::contract;
use crate::databases::{Database, Kind};
use crate::requests::{Outgoing, client};

/// When every test begins, in milliseconds since 1970: 2026-11-21T08:00:00Z.
pub const BEGINNING: i64 = 1_795_248_000_000;

/// What links and token issuers are built from, unlike the address that is really called.
pub const ORIGIN: &str = "https://congdanso.test";

/// A clock that stands still.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix_milliseconds(self.0.load(Ordering::SeqCst))
    }

    pub fn advance(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

/// Fields are dropped in this order: the server before its database before its folder.
pub struct TestApp {
    server: Server,
    pub database: Database,
    pub clock: TestClock,
    /// What the service prints at its first start, for whoever becomes the first administrator.
    pub setup_code: String,
    pub client: ureq::Agent,
    /// What the contract does not allow, with the line that asked.
    breaches: Mutex<Vec<String>>,
    made: AtomicU64,
    _folder: TempDir,
}

impl TestApp {
    /// Starts the service. `variables` go before the configuration of tests.
    pub fn start(kind: Kind, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(kind, folder.path());
        let clock = TestClock(Arc::new(AtomicI64::new(BEGINNING)));
        let data_dir = folder.path().to_str().unwrap();
        let defaults = [
            ("CONGDANSO_LISTEN", "127.0.0.1:0"),
            ("CONGDANSO_METRICS_LISTEN", "off"),
            ("CONGDANSO_PUBLIC_ORIGIN", ORIGIN),
            ("CONGDANSO_RATE_LIMITS", "off"),
            ("CONGDANSO_WORKERS", "2"),
            ("CONGDANSO_DATA_DIR", data_dir),
            ("DATABASE_URL", &database.url),
        ];
        let lookup = |name: &str| {
            let mut all = variables.iter().chain(&defaults);
            all.find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let config = Config::read(lookup).unwrap_or_else(|faults| panic!("{faults:?}"));
        let (server, setup_code) = Server::start(config, clock.clone());
        Self {
            server,
            database,
            clock,
            setup_code,
            client: client(),
            breaches: Mutex::default(),
            made: AtomicU64::new(0),
            _folder: folder,
        }
    }

    pub fn get(&self, path: &str) -> Outgoing<'_> {
        self.request("GET", path)
    }

    pub fn post(&self, path: &str) -> Outgoing<'_> {
        self.request("POST", path)
    }

    pub fn put(&self, path: &str) -> Outgoing<'_> {
        self.request("PUT", path)
    }

    pub fn request(&self, method: &str, path: &str) -> Outgoing<'_> {
        Outgoing::new(self, method, path)
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Holds an answer against the contract. The test goes on, and fails at its end.
    #[track_caller]
    pub fn check(&self, method: &str, path: &str, answer: &Answer) {
        let asked_by = std::panic::Location::caller();
        let faults = contract::faults(method, path, answer).join("; ");
        if !faults.is_empty() {
            let breach = format!("{asked_by} {method} {path} {}: {faults}", answer.status);
            self.breaches.lock().unwrap().push(breach);
        }
    }

    /// A bare connection, for requests that no client would make.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// A UUIDv7 as a phone makes it, another each time.
    pub fn new_id(&self) -> Uuid {
        let milliseconds = u64::try_from(self.clock.now().unix_milliseconds).unwrap();
        let mut counted = [0; 10];
        counted[2..].copy_from_slice(&self.made.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &counted).into_uuid()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let breaches = std::mem::take(self.breaches.get_mut().unwrap());
        let is_well = breaches.is_empty() || std::thread::panicking();
        assert!(is_well, "answers that the contract does not allow:\n{}", breaches.join("\n"));
    }
}

/// The service in a thread of its own, stopped with the test.
struct Server {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(config: Config, clock: TestClock) -> (Self, String) {
        let (started, starting) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let mut context = Context::new(clock.now(), "start".to_owned(), Language::Vi, None, [0; 32]);
            let desk = start::open(&config, &context).map_err(|error| error.0).unwrap();
            let setup_code = start::setup_code(&desk, &mut context).unwrap().unwrap_or_default();
            actix_web::rt::System::new().block_on(async {
                let bound = server::bind(&config, desk, Arc::new(move || clock.now())).unwrap();
                started.send((bound.address, bound.handle(), setup_code)).unwrap();
                bound.run().await.unwrap();
            });
        });
        let (address, handle, setup_code) = starting.recv().expect("the service does not start; see above");
        (Self { address, handle, thread: Some(thread) }, setup_code)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        let ended = self.thread.take().is_none_or(|thread| thread.join().is_ok());
        assert!(ended || std::thread::panicking(), "the server panicked");
    }
}
