//! Senders of Standard Webhooks under their own names: OpenAI, Clerk, Resend and others.

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[];
