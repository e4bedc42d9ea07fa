//! Whether a scheme's requests say when they were made.

use crate::scheme::Compiled;
#[cfg(feature = "http-signatures")]
use crate::scheme::Plan;

impl Compiled {
    /// Whether every request says when it was signed.
    pub(crate) fn has_timestamp(&self) -> bool {
        #[cfg(feature = "http-signatures")]
        if matches!(self.plan, Plan::Message(_)) {
            return true;
        }
        self.timestamp.is_some()
    }
}
