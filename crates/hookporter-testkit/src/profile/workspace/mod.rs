//! Documents, forms and calendars: Notion, Box, Dropbox, DocuSign, Typeform and others.

mod dropbox_sign;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[("dropbox-sign", &dropbox_sign::DROPBOX_SIGN)];
