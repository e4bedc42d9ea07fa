//! Documents, forms and calendars: Notion, Box, Dropbox, DocuSign, Typeform and others.

mod asana;
mod dropbox;
mod notion;
mod nylas;
mod trello;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("asana", &asana::ASANA),
    ("dropbox", &dropbox::DROPBOX),
    ("notion", &notion::NOTION),
    ("nylas", &nylas::NYLAS),
    ("trello", &trello::TRELLO),
];
