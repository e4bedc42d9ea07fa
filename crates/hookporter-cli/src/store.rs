//! The file of an inbox, for commands beside its server.

use std::error::Error;
use std::path::Path;

use hookporter::inbox::InboxError;
use hookporter::sqlite::{Mender, OpenError, Reader};

use crate::failure::Failure;
use crate::output;

/// Opens the inbox to look into it.
pub(crate) fn reader(file: &Path) -> Result<Reader, Failure> {
    Reader::open(file).map_err(|error| unopened(file, &error))
}

/// Opens the inbox to mend it.
pub(crate) fn mender(file: &Path) -> Result<Mender, Failure> {
    Mender::open(file).map_err(|error| unopened(file, &error))
}

/// Why it does not open.
pub(crate) fn unopened(file: &Path, error: &OpenError) -> Failure {
    let shown = output::escaped(&file.display().to_string());
    match error {
        OpenError::Failed { .. } if !file.exists() => Failure::usage(format!("--inbox: there is no {shown}")),
        error => Failure::system(shown, output::escaped(&error.to_string())),
    }
}

/// Why it cannot be read or written.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` gives")]
pub(crate) fn failed(error: InboxError) -> Failure {
    let source = error.source().map(|source| output::escaped(&source.to_string()));
    Failure::system(&error, source.unwrap_or_default())
}
