//! Documents, forms and calendars: Notion, Box, Dropbox, DocuSign, Typeform and others.

mod dropbox_sign;
mod multipart;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[&dropbox_sign::DROPBOX_SIGN];
