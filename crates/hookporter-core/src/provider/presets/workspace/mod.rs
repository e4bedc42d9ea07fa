//! Documents, forms and calendars: Notion, Box, Dropbox, DocuSign, Typeform and others.

mod asana;
mod dropbox;
mod notion;
mod nylas;
mod trello;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] =
    &[&asana::ASANA, &dropbox::DROPBOX, &notion::NOTION, &nylas::NYLAS, &trello::TRELLO];
