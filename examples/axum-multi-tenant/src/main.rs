//! Many tenants on axum: the tenant is in the path, its keys come from a store that changes while the server runs.
//!
//! The store here is a folder: `KEYS/<tenant>/<key name>` holds one secret. A second file is a rotation; a removed one is
//! revoked within a second; a tenant without a folder does not exist. A database looks the same from here.
//!
//! ```sh
//! mkdir -p keys/acme && printf %s 'a long and random secret' > keys/acme/2026-11
//! KEYS=keys cargo run
//! ```

use std::io;
use std::path::{Path, PathBuf};

use axum::{Router, extract, http::StatusCode, routing::post};
use hookporter::axum::{EndpointLayer, Verified, serve};
use hookporter::{Endpoint, Keys, Secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let store = PathBuf::from(std::env::var("KEYS").map_err(|_| "set KEYS to the folder of the tenants' keys")?);
    if !store.is_dir() {
        return Err(format!("KEYS: `{}` is not a folder", store.display()).into());
    }
    let keys = Keys::resolve(move |tenant| {
        let folder = store.join(tenant);
        async move { tokio::task::spawn_blocking(move || secrets(&folder)).await? }
    });
    let github = Endpoint::github(keys)?.tenant_from_path("/webhooks/{tenant}")?;
    let app = Router::new().route("/webhooks/{tenant}", post(receive).layer(EndpointLayer::new(github)));
    serve(listen(), app).await?;
    Ok(())
}

/// The secrets of a tenant, or `None` where there is no such tenant.
///
/// The tenant's name is safe in a path: the endpoint takes letters, digits, `-`, `_` and `.`, and no leading dot.
fn secrets(folder: &Path) -> Result<Option<Vec<Secret>>, io::Error> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut secrets = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        secrets.push(Secret::new(std::fs::read(&path)?.trim_ascii_end()).named(&name));
    }
    Ok(Some(secrets))
}

async fn receive(extract::Path(tenant): extract::Path<String>, Verified(event): Verified) -> StatusCode {
    tracing::info!(tenant, kind = event.event_type(), key = event.key_id().as_str(), "arrived");
    StatusCode::OK
}

/// Where to listen: `LISTEN`, else port 3000 of this machine alone.
fn listen() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned())
}
