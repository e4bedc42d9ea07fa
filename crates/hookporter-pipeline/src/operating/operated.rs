//! A store that has an operating side.

use std::sync::Arc;

use crate::nodes::SharedSide;
use crate::operating::{JournalSide, OperatingSide, QuarantineSide};

/// A store whose operating side can be had: what a console is given.
///
/// None of them has a default, so that a store says of each whether it has it.
pub trait Operated {
    /// Its events.
    fn events(&self) -> Arc<dyn OperatingSide>;

    /// The requests that came, where it writes them down.
    fn requests(&self) -> Option<Arc<dyn JournalSide>>;

    /// The refused requests, where it keeps them.
    fn refused(&self) -> Option<Arc<dyn QuarantineSide>>;

    /// Where its nodes agree, where several can have it.
    fn shared(&self) -> Option<Arc<dyn SharedSide>>;
}
