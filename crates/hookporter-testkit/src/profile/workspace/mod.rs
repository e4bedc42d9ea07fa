//! Documents, forms and calendars: Notion, Box, Dropbox, DocuSign, Typeform and others.

#[cfg(feature = "jwt")]
mod monday;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    #[cfg(feature = "jwt")]
    ("monday", &monday::MONDAY),
];
