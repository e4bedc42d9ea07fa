//! Documents, forms and calendars: Notion, Box, Dropbox, DocuSign, Typeform and others.

mod airtable;
mod box_com;
mod calcom;
mod calendly;
mod docusign;
#[cfg(feature = "jwt")]
mod monday;
mod tally;
mod typeform;

use super::Profile;

/// The profiles of this family, by the id of their preset.
pub(super) static ALL: &[(&str, &Profile)] = &[
    ("airtable", &airtable::AIRTABLE),
    ("box", &box_com::BOX),
    ("calcom", &calcom::CALCOM),
    ("calendly", &calendly::CALENDLY),
    ("docusign", &docusign::DOCUSIGN),
    ("tally", &tally::TALLY),
    ("typeform", &typeform::TYPEFORM),
    #[cfg(feature = "jwt")]
    ("monday", &monday::MONDAY),
];
