//! What a console is given of an inbox: its desk.

use std::sync::Arc;

use hookporter_pipeline::nodes::SharedSide;
use hookporter_pipeline::operating::{JournalSide, Operated, OperatingSide, QuarantineSide};

use crate::{AcceptingInbox, Desk, Inbox, WorkingInbox};

impl Operated for Desk {
    fn events(&self) -> Arc<dyn OperatingSide> {
        Arc::new(self.clone())
    }

    fn requests(&self) -> Option<Arc<dyn JournalSide>> {
        Some(Arc::new(self.clone()))
    }

    fn refused(&self) -> Option<Arc<dyn QuarantineSide>> {
        Some(Arc::new(self.clone()))
    }

    fn shared(&self) -> Option<Arc<dyn SharedSide>> {
        // A file is one process's, whose endpoints are paused in it.
        None
    }
}

/// An inbox, or a side of one, is operated at its desk.
macro_rules! operated {
    ($($inbox:ty),+) => {$(
        impl Operated for $inbox {
            fn events(&self) -> Arc<dyn OperatingSide> {
                self.desk().events()
            }

            fn requests(&self) -> Option<Arc<dyn JournalSide>> {
                self.desk().requests()
            }

            fn refused(&self) -> Option<Arc<dyn QuarantineSide>> {
                self.desk().refused()
            }

            fn shared(&self) -> Option<Arc<dyn SharedSide>> {
                None
            }
        }
    )+};
}

operated!(Inbox, AcceptingInbox, WorkingInbox);
