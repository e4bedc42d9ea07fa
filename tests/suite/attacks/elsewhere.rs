//! Gathered cases that are not rows of the tables here: where each is shown, or what it waits for.

/// The id of a case, and where it is.
pub const ELSEWHERE: &[(&str, &str)] = &[];
