//! The quarantine of an inbox that a server has open, for tools.

use hookporter_core::{Rejection, UnixTime};
use hookporter_pipeline::inbox::{Accepted, EventRecord, InboxError};
use hookporter_pipeline::operating::{RefusedCount, RefusedListed, RefusedRequest, RefusedSelection};

use super::readmit;
use crate::{Mender, Reader, refused};

/// Refused requests.
impl Reader {
    /// Refused requests, by number, at most `most` of those behind the number `after`; begin with 0.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn refused(&self, which: &RefusedSelection, after: i64, most: usize) -> Result<Vec<RefusedListed>, InboxError> {
        refused::list(&self.connection, which, after, most).map_err(InboxError::new)
    }

    /// How many refused requests there are of each reason, the most frequent first.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn refused_by_reason(&self, which: &RefusedSelection) -> Result<Vec<RefusedCount>, InboxError> {
        refused::by_reason(&self.connection, which).map_err(InboxError::new)
    }

    /// A refused request with all that is kept of it; what is encrypted stays so, and says with which key.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be read.
    pub fn refused_request(&self, number: i64) -> Result<Option<RefusedRequest>, InboxError> {
        refused::request(&self.connection, number).map_err(InboxError::new)
    }
}

/// Refused requests.
impl Mender {
    /// Takes over what a refused request tells of, now that its proof holds, and forgets the request, in one transaction. `None` if
    /// it is not there any more.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written, and for a request that is encrypted while a record is not: what it says must
    /// not lie beside it in clear.
    pub fn readmit(&self, number: i64, records: &[EventRecord]) -> Result<Option<Vec<Accepted>>, InboxError> {
        self.transaction(|connection| readmit::alone(connection, number, records))?.into_answer()
    }

    /// Notes that a request was judged again and is still refused. Whether it was there.
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written.
    pub fn refused_again(&self, number: i64, rejection: &Rejection, now: UnixTime) -> Result<bool, InboxError> {
        self.transaction(|connection| refused::again(connection, number, rejection, now))
    }

    /// Forgets refused requests, a few at a time, so that no sender waits for all of them. How many. The file's log may hold a copy until [`Mender::empty_log`].
    ///
    /// # Errors
    /// [`InboxError`] if the file cannot be written; those up to there are forgotten.
    pub fn forget_refused(&self, which: &RefusedSelection) -> Result<usize, InboxError> {
        let mut forgetting = refused::Forgetting::new(which.clone());
        while !forgetting.is_over {
            forgetting = self.transaction(|connection| forgetting.step(connection))?;
        }
        Ok(forgetting.done)
    }
}
