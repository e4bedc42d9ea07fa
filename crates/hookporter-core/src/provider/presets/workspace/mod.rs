//! Documents, forms and calendars: Notion, Box, Dropbox, DocuSign, Typeform and others.

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[];
