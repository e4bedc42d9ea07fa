//! Senders of Standard Webhooks under their own names: OpenAI, Clerk, Resend and others.

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[];
