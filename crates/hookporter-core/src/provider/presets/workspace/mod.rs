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

use crate::Provider;

/// Every preset of this family that is compiled in.
pub(super) static ALL: &[&Provider] = &[
    &airtable::AIRTABLE,
    &box_com::BOX,
    &calcom::CALCOM,
    &calendly::CALENDLY,
    &docusign::DOCUSIGN,
    &tally::TALLY,
    &typeform::TYPEFORM,
    #[cfg(feature = "jwt")]
    &monday::MONDAY,
];
