//! What is read: files, and stdin.

use std::io::Read;

use crate::failure::Failure;

/// The bytes of a file, or of stdin where it is called `-`, if they are no more than `largest`.
pub(crate) fn read_bounded(option: &str, file: &str, largest: usize) -> Result<Vec<u8>, Failure> {
    let most = u64::try_from(largest).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let read = match file {
        "-" => std::io::stdin().lock().take(most).read_to_end(&mut bytes),
        _ => std::fs::File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes)),
    };
    match read {
        Ok(length) if length > largest => Err(Failure::file(option, file, format_args!("more than {largest} bytes"))),
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::file(option, file, error)),
    }
}

/// The bytes of a file, or of stdin where it is called `-`.
pub(crate) fn read(option: &str, file: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match file {
        "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes),
        _ => std::fs::read(file),
    };
    read.map_err(|error| Failure::file(option, file, error))
}
