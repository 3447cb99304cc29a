//! Starting and stopping.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, middleware, rt, web};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::{Clock, State, callers, content, frame, routes};
use crate::config::Config;
use crate::domain::time::Timestamp;
use crate::service::{Desk, start};

/// A client that has not sent its headers by then is let go.
const HEADERS_PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection may idle between two requests.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long requests that were accepted may take to finish when the service stops, in seconds.
const SHUTDOWN_SECONDS: u64 = 20;
/// How often lapsed drafts and sessions are forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(60 * 60);

/// Upper bounds of the time classes in `/metrics`, in seconds.
const TIME_CLASSES: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// A server that is bound and about to run.
pub struct Bound {
    pub address: SocketAddr,
    server: actix_web::dev::Server,
    state: web::Data<State>,
    metrics: Option<(TcpListener, PrometheusHandle)>,
}

/// The clock of the machine.
#[expect(clippy::disallowed_methods, reason = "here the time comes in")]
pub fn machine_clock() -> Clock {
    Arc::new(|| Timestamp::from_unix_milliseconds(chrono::Utc::now().timestamp_millis()))
}

/// Binds the addresses; nothing is served before [`Bound::run`].
///
/// # Errors
/// Where an address is taken.
pub fn bind(config: &Config, desk: Desk, clock: Clock) -> std::io::Result<Bound> {
    let listener = TcpListener::bind(config.listen)?;
    let metrics =
        config.metrics_listen.map(|address| Ok::<_, std::io::Error>((TcpListener::bind(address)?, recorder()?)));
    let state = web::Data::new(State {
        desk: Arc::new(desk),
        clock,
        public_origin: config.public_origin.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        minimum_client: config.minimum_client.clone(),
        content: content::Cache::default(),
        knocks: callers::Knocks::default(),
    });
    let address = listener.local_addr()?;
    let shared = state.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .configure(routes::configure)
            .default_service(web::to(routes::not_found))
            .wrap(middleware::from_fn(frame::frame))
    });
    let server = server
        .workers(config.workers)
        .client_request_timeout(HEADERS_PATIENCE)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .server_hostname("")
        .listen(listener)?
        .run();
    Ok(Bound { address, server, state, metrics: metrics.transpose()? })
}

fn recorder() -> std::io::Result<PrometheusHandle> {
    let builder = PrometheusBuilder::new();
    let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &TIME_CLASSES);
    builder.and_then(PrometheusBuilder::install_recorder).map_err(std::io::Error::other)
}

impl Bound {
    /// Stops the server from another thread, finishing what was accepted.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until SIGTERM, SIGINT or [`Bound::handle`] stops it.
    ///
    /// # Errors
    /// Where the server fails.
    pub async fn run(self) -> std::io::Result<()> {
        let Self { server, state, metrics, .. } = self;
        if let Some((listener, handle)) = metrics {
            rt::spawn(serve_metrics(listener, handle)?);
        }
        rt::spawn(keep_house(state));
        server.await
    }
}

fn serve_metrics(listener: TcpListener, handle: PrometheusHandle) -> std::io::Result<actix_web::dev::Server> {
    let server = HttpServer::new(move || {
        let handle = handle.clone();
        let render = move || {
            let text = handle.render();
            async move { HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text) }
        };
        App::new().route("/metrics", web::get().to(render))
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

async fn keep_house(state: web::Data<State>) {
    loop {
        let (desk, now) = (Arc::clone(&state.desk), (state.clock)());
        if let Ok(Err(error)) = web::block(move || start::housekeeping(&desk, now)).await {
            tracing::warn!(?error, "housekeeping failed");
        }
        state.knocks.forget_quiet();
        rt::time::sleep(HOUSEKEEPING).await;
    }
}
