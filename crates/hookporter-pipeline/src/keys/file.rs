//! Keys in mounted files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hookporter_core::{ConfigError, Keyring, Secret};
use zeroize::Zeroizing;

use crate::handoff::{BoxError, BoxFuture};
use crate::keys::KeySource;

/// Files with one secret each, read when asked.
pub(super) struct KeyFiles {
    paths: Arc<[PathBuf]>,
}

impl KeyFiles {
    pub(super) fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths: paths.into() }
    }
}

impl KeySource for KeyFiles {
    fn keyring(&self, _: Option<Arc<str>>) -> BoxFuture<'_, Result<Option<Keyring>, BoxError>> {
        let paths = self.paths.clone();
        Box::pin(async move {
            // A file system may hang; the runtime must not.
            let read = tokio::task::spawn_blocking(move || read_all(&paths)).await?;
            Ok(Some(read?))
        })
    }
}

fn read_all(paths: &[PathBuf]) -> Result<Keyring, ConfigError> {
    paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>().map(Keyring::from)
}

fn read(path: &Path) -> Result<Secret, ConfigError> {
    let bytes = std::fs::read(path)
        .map(Zeroizing::new)
        .map_err(|error| ConfigError::KeyFile { path: path.display().to_string(), error: error.to_string() })?;
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes.as_slice());
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok(Secret::new(text).named(&name))
}
