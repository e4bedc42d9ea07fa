//! The quarantine: refused requests, whole, until they are judged again, for all nodes together.

mod keeper;
mod read;
mod readmit;
mod room;
mod side;
mod sql;

pub(crate) use keeper::Keeper;
pub(crate) use sql::Statements;
