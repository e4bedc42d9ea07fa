//! What is read: files, and stdin.

use std::io::Read;

use crate::failure::Failure;

/// The bytes of a file, or of stdin where it is called `-`.
pub(crate) fn read(option: &str, file: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match file {
        "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes),
        _ => std::fs::read(file),
    };
    read.map_err(|error| Failure::file(option, file, error))
}
