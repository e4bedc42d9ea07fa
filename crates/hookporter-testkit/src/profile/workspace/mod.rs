//! Documents, forms and calendars: Notion, Box, Dropbox, DocuSign, Typeform and others.

mod airtable;
mod asana;
mod box_com;
mod calcom;
mod calendly;
mod docusign;
mod dropbox;
mod dropbox_sign;
#[cfg(feature = "jwt")]
mod monday;
mod notion;
mod nylas;
mod tally;
mod trello;
mod typeform;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("airtable", &airtable::AIRTABLE),
    ("asana", &asana::ASANA),
    ("box", &box_com::BOX),
    ("calcom", &calcom::CALCOM),
    ("calendly", &calendly::CALENDLY),
    ("docusign", &docusign::DOCUSIGN),
    ("dropbox", &dropbox::DROPBOX),
    ("dropbox-sign", &dropbox_sign::DROPBOX_SIGN),
    #[cfg(feature = "jwt")]
    ("monday", &monday::MONDAY),
    ("notion", &notion::NOTION),
    ("nylas", &nylas::NYLAS),
    ("tally", &tally::TALLY),
    ("trello", &trello::TRELLO),
    ("typeform", &typeform::TYPEFORM),
];
