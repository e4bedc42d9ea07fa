//! Documents, forms and calendars: Notion, Box, Dropbox, DocuSign, Typeform and others.

#[cfg(feature = "jwt")]
mod monday;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    #[cfg(feature = "jwt")]
    &monday::MONDAY,
];
