//! The program: `congdanso serve`, and the commands of its operators and authors.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use congdanso::config::Config;
use congdanso::domain::assemble::assemble;
use congdanso::domain::language::Language;
use congdanso::domain::lint::{self, Severity};
use congdanso::http::{health, server};
use congdanso::service::{Context, start};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Citizens find out what they can do as digital citizens, and what to learn next.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the service (what happens without a command, too)
    Serve,
    /// Ask the service that runs here whether it is ready; ends with 1 where it is not
    Healthy,
    /// Work on the item bank
    #[command(subcommand)]
    Items(ItemsCommand),
}

#[derive(Subcommand)]
enum ItemsCommand {
    /// Check the bank that this program ships; ends with 1 where there are errors
    Lint {
        /// Print findings as JSON
        #[arg(long)]
        json: bool,
    },
    /// Choose the two fixed forms anew and write them into a folder
    Assemble {
        /// Another seed gives other forms
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[arg(long, default_value = "content/forms")]
        into: std::path::PathBuf,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => serve(),
        Command::Healthy => ask_health(),
        Command::Items(ItemsCommand::Lint { json }) => lint_items(json),
        Command::Items(ItemsCommand::Assemble { seed, into }) => assemble_forms(seed, &into),
    };
    outcome.unwrap_or_else(|start::CannotStart(reason)| {
        eprintln!("congdanso: {}", reason.trim_end());
        ExitCode::FAILURE
    })
}

#[expect(clippy::disallowed_methods, reason = "here the first randomness comes in")]
fn serve() -> Result<ExitCode, start::CannotStart> {
    let config = configuration()?;
    log_to_stdout(&config.log_filter);
    let clock = server::machine_clock();
    let mut context = Context::new(clock(), "start".to_owned(), Language::Vi, None, rand::random());
    let desk = start::open(&config, &context)?;
    let setup_code =
        start::setup_code(&desk, &mut context).map_err(|_| start::CannotStart("the database failed".to_owned()))?;
    let bound = server::bind(&config, desk, clock)?;
    welcome(&config, &bound, setup_code.as_deref());
    actix_web::rt::System::new().block_on(bound.run())?;
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::disallowed_methods, reason = "here the environment comes in")]
fn configuration() -> Result<Config, start::CannotStart> {
    Config::read(|name| std::env::var(name).ok()).map_err(|faults| {
        let lines = faults.iter().map(|fault| format!("{} should be {}\n", fault.variable, fault.expected));
        start::CannotStart(format!("the configuration is wrong:\n{}", lines.collect::<String>()))
    })
}

fn ask_health() -> Result<ExitCode, start::CannotStart> {
    let mut address = configuration()?.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    Ok(if health::ask(address)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One JSON object a line on standard output.
fn log_to_stdout(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::new(filter);
    tracing_subscriber::fmt().json().flatten_event(true).with_span_list(false).with_env_filter(filter).init();
}

/// Says where to look, on standard error, apart from the log.
fn welcome(config: &Config, bound: &server::Bound, setup_code: Option<&str>) {
    let origin = &config.public_origin;
    eprintln!("congdanso is listening on {} ({:?})", bound.address, config.database);
    eprintln!("  contract and try-out   {origin}/docs/");
    eprintln!("  what it can do         {origin}/v1/capabilities");
    if let Some(metrics) = config.metrics_listen {
        eprintln!("  metrics                http://{metrics}/metrics");
    }
    if let Some(code) = setup_code {
        eprintln!(
            "  administrator set-up   {code}   (once, POST {origin}/v1/auth/setup; until used, new at each start)"
        );
    }
    if config.controller.is_trial() {
        eprintln!("  bản dùng thử: set CONGDANSO_CONTROLLER_NAME and CONGDANSO_CONTROLLER_CONTACT before real use");
    }
}

fn lint_items(as_json: bool) -> Result<ExitCode, start::CannotStart> {
    let bank = start::shipped_bank()?;
    let findings = lint::lint(&bank);
    if as_json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for finding in &findings {
            let item = finding.item.as_deref().unwrap_or("-");
            println!("{} {item} [{}] {}: {}", finding.file, finding.rule, finding.message, finding.advice);
        }
        println!("{} items, {} findings", bank.items.len(), findings.len());
    }
    let has_errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if has_errors { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn assemble_forms(seed: u64, into: &std::path::Path) -> Result<ExitCode, start::CannotStart> {
    let forms = assemble(&start::shipped_bank()?, seed).map_err(|error| start::CannotStart(format!("{error:?}")))?;
    for form in &forms {
        let file = into.join(format!("{}.toml", form.id));
        std::fs::write(&file, toml::to_string(form)?)?;
        println!("{}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}
