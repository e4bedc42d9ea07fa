//! The lines of Rust that receive a sender's webhooks. Tests compile them.

use clap::ValueEnum;
use hookporter::Provider;

use super::features;

/// The framework that carries the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Framework {
    Axum,
    Actix,
}

const AXUM: &str = r#"use axum::{Router, http::StatusCode, routing::post};
use hookporter::axum::{EndpointLayer, Verified, serve};
use hookporter::{Endpoint, Secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ENDPOINT
    let hook = post(receive).layer(EndpointLayer::new(endpoint));
    let app = Router::new().route("PATH", hook);
    serve("127.0.0.1:3000", app).await?;
    Ok(())
}

/// Runs only for a proven request that was not seen before.
async fn receive(Verified(event): Verified) -> StatusCode {
    println!("{:?} {:?}", event.event_type(), event.id());
    StatusCode::OK
}
"#;

const ACTIX: &str = r#"use actix_web::{App, HttpResponse, web};
use hookporter::actix::{EndpointMiddleware, Verified, serve};
use hookporter::{Endpoint, Secret};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ENDPOINT
    serve("127.0.0.1:3000", move || {
        let hook = web::resource("PATH").wrap(EndpointMiddleware::new(endpoint.clone()));
        App::new().service(hook.route(web::post().to(receive)))
    })
    .await?;
    Ok(())
}

/// Runs only for a proven request that was not seen before.
async fn receive(Verified(event): Verified) -> HttpResponse {
    println!("{:?} {:?}", event.event_type(), event.id());
    HttpResponse::Ok().finish()
}
"#;

impl Framework {
    /// The feature of the library that it needs.
    const fn feature(self) -> &'static str {
        match self {
            Self::Axum => "axum",
            Self::Actix => "actix",
        }
    }

    const fn template(self) -> &'static str {
        match self {
            Self::Axum => AXUM,
            Self::Actix => ACTIX,
        }
    }

    /// What else the code depends on.
    const fn others(self) -> &'static [&'static str] {
        match self {
            Self::Axum => {
                &[r#"axum = "0.8""#, r#"tokio = { version = "1", features = ["macros", "rt-multi-thread"] }"#]
            }
            Self::Actix => &[r#"actix-web = "4""#],
        }
    }
}

/// The lines of `Cargo.toml`.
pub(super) fn dependencies(provider: &Provider, framework: Framework) -> Vec<String> {
    let features: Vec<_> = [framework.feature()].into_iter().chain(features::of(provider.id())).collect();
    let version = env!("CARGO_PKG_VERSION").rsplit_once('.').map_or("0", |(version, _)| version);
    let own = format!(r#"hookporter = {{ version = "{version}", features = {features:?} }}"#);
    [own].into_iter().chain(framework.others().iter().map(|line| (*line).to_owned())).collect()
}

/// A whole program.
pub(super) fn program(provider: &Provider, framework: Framework, variable: &str, needs_url: bool) -> String {
    let (name, path) = (constructor(provider.id()), path(provider));
    let secret = format!("Secret::env({variable:?})?");
    let endpoint = if needs_url {
        let url = r#"let url = std::env::var("PUBLIC_URL")?;"#;
        format!("{url}\n    let endpoint = Endpoint::{name}({secret}, &url)?;")
    } else {
        format!("let endpoint = Endpoint::{name}({secret})?;")
    };
    framework.template().replace("ENDPOINT", &endpoint).replace("PATH", &path)
}

/// Where the program above listens.
pub(super) fn path(provider: &Provider) -> String {
    format!("/webhooks/{}", provider.id())
}

/// The function that makes an endpoint for this sender.
pub(super) fn constructor(provider: &str) -> String {
    // `box` is a word of the language.
    if provider == "box" { "box_com".to_owned() } else { provider.replace('-', "_") }
}
