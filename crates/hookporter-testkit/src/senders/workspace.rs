//! Documents, forms and calendars: Notion, Box, Dropbox, DocuSign, Typeform and others.

use crate::maker::RequestMaker;
use crate::profile::Profile;
use crate::secret::SenderSecret;
use crate::senders::preset;

senders! {
    /// Requests of Airtable's.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    airtable = "airtable",
    /// Requests of Asana's. The event is the first one's `action`.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    asana = "asana",
    /// Requests of Box's. A second secret signs the secondary header.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    box_com = "box",
    /// Requests of Cal.com's.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    calcom = "calcom",
    /// Requests of Calendly's.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    calendly = "calendly",
    /// Requests of DocuSign Connect's. Each further secret signs a header of its own.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    docusign = "docusign",
    /// Requests of Dropbox's.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    dropbox = "dropbox",
    /// Callbacks of Dropbox Sign's: a multipart form, made of the JSON of an event. Only its time and type are covered.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    dropbox_sign = "dropbox-sign",
    /// Requests of monday.com's, for the URL that [`RequestMaker::url`] sets. The token covers no byte of the body.
    #[cfg(feature = "jwt")]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "workspace", feature = "jwt"))))]
    monday = "monday",
    /// Requests of Notion's.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    notion = "notion",
    /// Requests of Nylas' (v3).
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    nylas = "nylas",
    /// Requests of Tally's.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    tally = "tally",
    /// Requests of Trello's. It signs the callback URL: set it with [`RequestMaker::url`].
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    trello = "trello",
    /// Requests of Typeform's.
    #[cfg_attr(docsrs, doc(cfg(feature = "workspace")))]
    typeform = "typeform",
}
