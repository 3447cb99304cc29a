//! The configuration: one struct, read from the environment once. Every variable has a default; see docs/operations.md.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use crate::domain::consent::Controller;
use crate::store::Location;

pub struct Config {
    pub listen: SocketAddr,
    /// Where `/metrics` is served, apart from the public address; `None` is off.
    pub metrics_listen: Option<SocketAddr>,
    /// What links, token issuers and identifiers are built from, without a slash at the end.
    pub public_origin: String,
    pub keys_dir: PathBuf,
    pub database: Location,
    /// Connections of this process to the database.
    pub database_connections: u32,
    /// Threads that serve requests.
    pub workers: usize,
    pub rate_limits: bool,
    pub controller: Controller,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The oldest version of the app that may talk to this service.
    pub minimum_client: String,
    pub log_filter: String,
}

/// One wrong variable: its name and what it should be. Values are not repeated, they may be secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    pub variable: &'static str,
    pub expected: &'static str,
}

impl Config {
    /// Reads the configuration through `lookup` (the environment, or a test's map).
    ///
    /// # Errors
    /// All faults at once.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<ConfigFault>> {
        let mut reader = Reader { lookup, faults: Vec::new() };
        let listen = reader.parsed("CONGDANSO_LISTEN", "127.0.0.1:8080", "an address and port");
        let metrics_listen = reader.metrics_listen();
        let data_dir = PathBuf::from(reader.text("CONGDANSO_DATA_DIR").unwrap_or_else(|| "var".to_owned()));
        let config = Self {
            public_origin: reader.public_origin(listen),
            listen: listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            metrics_listen,
            keys_dir: reader.text("CONGDANSO_KEYS_DIR").map_or_else(|| data_dir.join("keys"), PathBuf::from),
            database: reader.database(&data_dir),
            database_connections: reader.count("CONGDANSO_DATABASE_CONNECTIONS", 8),
            workers: reader.count("CONGDANSO_WORKERS", cores()),
            rate_limits: reader.switch("CONGDANSO_RATE_LIMITS", true),
            controller: Controller {
                name: reader.text("CONGDANSO_CONTROLLER_NAME"),
                address: reader.text("CONGDANSO_CONTROLLER_ADDRESS"),
                contact: reader.text("CONGDANSO_CONTROLLER_CONTACT"),
            },
            trusted_proxies: reader.trusted_proxies(),
            minimum_client: reader.text("CONGDANSO_MINIMUM_CLIENT").unwrap_or_else(|| "1.0.0".to_owned()),
            log_filter: reader.text("CONGDANSO_LOG").unwrap_or_else(|| "info".to_owned()),
        };
        if reader.faults.is_empty() { Ok(config) } else { Err(reader.faults) }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

struct Reader<L> {
    lookup: L,
    faults: Vec<ConfigFault>,
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    /// The variable's text; empty is as good as unset.
    fn text(&self, variable: &str) -> Option<String> {
        (self.lookup)(variable).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn fault<T>(&mut self, variable: &'static str, expected: &'static str) -> Option<T> {
        self.faults.push(ConfigFault { variable, expected });
        None
    }

    fn parsed<T: std::str::FromStr>(
        &mut self,
        variable: &'static str,
        default: &str,
        expected: &'static str,
    ) -> Option<T> {
        let text = self.text(variable).unwrap_or_else(|| default.to_owned());
        text.parse().ok().or_else(|| self.fault(variable, expected))
    }

    fn switch(&mut self, variable: &'static str, default: bool) -> bool {
        match self.text(variable).as_deref() {
            None => default,
            Some("on") => true,
            Some("off") => false,
            Some(_) => self.fault(variable, "on or off").unwrap_or(default),
        }
    }

    fn metrics_listen(&mut self) -> Option<SocketAddr> {
        match self.text("CONGDANSO_METRICS_LISTEN").as_deref() {
            Some("off") => None,
            _ => self.parsed("CONGDANSO_METRICS_LISTEN", "127.0.0.1:8081", "an address and port, or off"),
        }
    }

    fn public_origin(&mut self, listen: Option<SocketAddr>) -> String {
        let Some(origin) = self.text("CONGDANSO_PUBLIC_ORIGIN") else {
            return listen.map_or_else(String::new, |listen| format!("http://{listen}"));
        };
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.contains('/')) {
            self.fault::<()>("CONGDANSO_PUBLIC_ORIGIN", "http(s)://host[:port] without a path");
        }
        origin
    }

    fn database(&mut self, data_dir: &std::path::Path) -> Location {
        let from_file = self.text("DATABASE_URL_FILE").map(std::fs::read_to_string);
        let url = match from_file {
            Some(Ok(text)) => Some(text.trim().to_owned()),
            Some(Err(_)) => self.fault("DATABASE_URL_FILE", "a file that can be read"),
            None => self.text("DATABASE_URL"),
        };
        let Some(url) = url else {
            return Location::Sqlite(data_dir.join("congdanso.sqlite").to_string_lossy().into_owned());
        };
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Location::Postgres(url);
        }
        if !url.starts_with("sqlite:") {
            self.fault::<()>("DATABASE_URL", "postgres://… or sqlite:FILE");
        }
        let file = url.trim_start_matches("sqlite:");
        Location::Sqlite(file.strip_prefix("//").unwrap_or(file).to_owned())
    }

    fn count<T: std::str::FromStr + ToString + Default + PartialOrd + Copy>(
        &mut self,
        variable: &'static str,
        default: T,
    ) -> T {
        let expected = "a number from 1";
        let count = self.parsed(variable, &default.to_string(), expected);
        let is_zero = count.is_some_and(|count| count <= T::default());
        if is_zero { self.fault(variable, expected) } else { count }.unwrap_or(default)
    }

    fn trusted_proxies(&mut self) -> Vec<IpAddr> {
        let list = self.text("CONGDANSO_TRUSTED_PROXIES").unwrap_or_default();
        let parsed = list.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::parse).collect();
        match parsed {
            Ok(addresses) => addresses,
            Err(_) => self.fault("CONGDANSO_TRUSTED_PROXIES", "IP addresses with commas between").unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, Vec<ConfigFault>> {
        Config::read(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let config = read(&[]).ok().unwrap();
        assert_eq!(config.public_origin, "http://127.0.0.1:8080");
        assert_eq!(config.database, Location::Sqlite("var/congdanso.sqlite".to_owned()));
        assert!(config.rate_limits && config.controller.is_trial());
    }

    #[test]
    fn all_faults_are_reported_at_once_and_no_value_is_repeated() {
        let faults = read(&[
            ("CONGDANSO_LISTEN", "here"),
            ("CONGDANSO_RATE_LIMITS", "maybe"),
            ("DATABASE_URL", "mysql://user:secret@host/db"),
            ("CONGDANSO_PUBLIC_ORIGIN", "example.vn/path"),
            ("CONGDANSO_TRUSTED_PROXIES", "10.0.0.1, proxy"),
            ("CONGDANSO_WORKERS", "0"),
        ])
        .err()
        .unwrap();
        let names: Vec<_> = faults.iter().map(|fault| fault.variable).collect();
        let expected = [
            "CONGDANSO_LISTEN",
            "CONGDANSO_PUBLIC_ORIGIN",
            "DATABASE_URL",
            "CONGDANSO_WORKERS",
            "CONGDANSO_RATE_LIMITS",
            "CONGDANSO_TRUSTED_PROXIES",
        ];
        assert_eq!(names, expected);
        assert!(!format!("{faults:?}").contains("secret"));
    }

    #[test]
    fn a_database_is_named_by_its_url() {
        let location = |url| read(&[("DATABASE_URL", url)]).ok().unwrap().database;
        assert_eq!(
            location("postgres://localhost/congdanso"),
            Location::Postgres("postgres://localhost/congdanso".to_owned())
        );
        assert_eq!(location("sqlite:/tmp/a.sqlite"), Location::Sqlite("/tmp/a.sqlite".to_owned()));
        assert_eq!(location("sqlite:///tmp/a.sqlite"), Location::Sqlite("/tmp/a.sqlite".to_owned()));
    }
}
