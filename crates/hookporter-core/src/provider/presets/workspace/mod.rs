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
mod multipart;
mod notion;
mod nylas;
mod tally;
mod trello;
mod typeform;

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &airtable::AIRTABLE,
    &asana::ASANA,
    &box_com::BOX,
    &calcom::CALCOM,
    &calendly::CALENDLY,
    &docusign::DOCUSIGN,
    &dropbox::DROPBOX,
    &dropbox_sign::DROPBOX_SIGN,
    #[cfg(feature = "jwt")]
    &monday::MONDAY,
    &notion::NOTION,
    &nylas::NYLAS,
    &tally::TALLY,
    &trello::TRELLO,
    &typeform::TYPEFORM,
];
