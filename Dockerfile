# syntax=docker/dockerfile:1
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# TLS to PostgreSQL builds OpenSSL from source, for which the image has perl and make.
RUN cargo build --release --locked --features postgres-tls && strip target/release/congdanso

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/congdanso --create-home congdanso
COPY --from=build /src/target/release/congdanso /usr/local/bin/congdanso
USER congdanso
ENV CONGDANSO_LISTEN=0.0.0.0:8080 CONGDANSO_METRICS_LISTEN=0.0.0.0:8081 CONGDANSO_DATA_DIR=/var/lib/congdanso
VOLUME /var/lib/congdanso
EXPOSE 8080
ENTRYPOINT ["congdanso"]
