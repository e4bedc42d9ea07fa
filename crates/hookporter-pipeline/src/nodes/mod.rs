//! Several nodes with one inbox: what they must agree on, and how each of them fares.
//!
//! A *node* is a process with a handle on a store that several processes share. Such a store has a [`SharedSide`]; the inbox on
//! PostgreSQL does. Through it an operator says once what is to hold on every node:
//!
//! - [`Endpoint::pause_everywhere`](crate::Endpoint::pause_everywhere) and
//!   [`resume_everywhere`](crate::Endpoint::resume_everywhere): an endpoint takes no requests, also on nodes that start later;
//! - [`Endpoint::revoke_key`](crate::Endpoint::revoke_key) and [`restore_key`](crate::Endpoint::restore_key): a key counts no more,
//!   by its id. No store ever has the secret.
//!
//! Both are durable, and reach every node within a second; [`SharedSide::said`] has who said it and since when, and `hookporter inbox
//! pause` and `hookporter keys revoke` say the same from a terminal. A request reads what its node knows already, and never asks the store. A
//! node that is cut off from the store goes on with what it knows; it cannot start without it.
//!
//! Each node writes down how its endpoints fare, every few seconds and beside the requests: a [`Fleet`] is what any of them shows of
//! all. One that falls silent is shown as gone for a while, one that was closed is not shown any more.
//!
//! # What stays with each node
//!
//! Duplicates are told apart by the inbox, for all nodes together: of copies at two nodes at once one is new, and the other is
//! answered once the first is committed. What an endpoint gives to functions of its own ([`Endpoint::on`](crate::Endpoint::on)), and
//! every endpoint without a shared inbox, tells its duplicates by the memory of its process: a copy at another node is another event
//! there. Budgets of memory, allowances for unknown keys, counts and [`Endpoint::pause`](crate::Endpoint::pause) are each
//! process's own, too.

mod agreement;
mod fleet;
mod member;
mod report;
mod revoked;
mod said;
mod side;
mod switches;

pub use agreement::{Agreed, Agreement};
pub use fleet::{Fleet, FleetEndpoint, Node, NodeSeen};
pub(crate) use member::Member;
pub use report::{AlarmReport, EndpointReport};
pub(crate) use revoked::Revoked;
pub use revoked::RevokedKey;
pub use said::{Order, Said};
pub use side::{Reach, SharedSide};
pub(crate) use switches::Switches;
