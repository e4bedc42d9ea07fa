//! Who changes things for a desk: the server's own writer, or a tool beside the server.

use std::path::PathBuf;
use std::sync::Arc;

use hookporter_pipeline::BoxFuture;
use hookporter_pipeline::inbox::InboxError;
use hookporter_pipeline::inbox::store::{Bulk, Doing};
use hookporter_pipeline::operating::Selection;
use rusqlite::Connection;
use tokio::sync::Mutex;

use crate::readers::{Beside, blocking};
use crate::{Inbox, Mender};

/// Who is told how many events are changed so far.
pub(crate) type Progress = Arc<dyn Fn(usize) + Send + Sync>;

/// What changes are made by.
#[derive(Clone)]
pub(crate) enum Hand {
    /// The server's own writer.
    Server(Inbox),
    /// A connection beside the server.
    Tool(Tool),
}

/// A connection beside the server, opened when it is first needed.
#[derive(Clone)]
pub(crate) struct Tool {
    path: PathBuf,
    mender: Arc<Mutex<Option<Beside<Mender>>>>,
}

impl Hand {
    /// Changes something in one transaction; the function says whether workers are to look, and may be run again.
    pub(crate) fn change<T: Send + 'static>(
        &self,
        function: impl FnMut(&Connection) -> rusqlite::Result<(T, bool)> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, InboxError>> {
        let mut function = function;
        match self {
            Self::Server(inbox) => inbox.ask(function),
            Self::Tool(tool) => tool.mend(move |mender| mender.transaction(|connection| Ok(function(connection)?.0))),
        }
    }

    /// Changes these events, a few at a time; a tool tells how far it is, since it takes as long as the server has the file.
    pub(crate) fn all(
        &self,
        which: Selection,
        doing: Doing,
        progress: &Progress,
    ) -> BoxFuture<'static, Result<Bulk, InboxError>> {
        match self {
            Self::Server(inbox) => {
                let inbox = inbox.clone();
                Box::pin(async move { inbox.all(which, doing).await })
            }
            Self::Tool(tool) => {
                let progress = progress.clone();
                tool.mend(move |mender| mender.all_telling(&which, doing, &*progress))
            }
        }
    }

    /// Erases an event with all that was kept of it; whether there was one.
    pub(crate) fn erase(&self, number: i64) -> BoxFuture<'static, Result<bool, InboxError>> {
        match self {
            Self::Server(inbox) => {
                let inbox = inbox.clone();
                Box::pin(async move { Ok(inbox.erase(number).await?.events() > 0) })
            }
            Self::Tool(tool) => tool.mend(move |mender| {
                let was_there = mender.erase(number)?;
                // Where another program reads the log, the server empties it later.
                let _ = was_there && mender.empty_log()?;
                Ok(was_there)
            }),
        }
    }
}

impl Tool {
    /// For the inbox in this file.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path, mender: Arc::default() }
    }

    /// Has something done on the connection: one after the other, as SQLite would have it, too; here nobody who waits has a thread.
    pub(crate) fn mend<T: Send + 'static>(
        &self,
        function: impl FnOnce(&Mender) -> Result<T, InboxError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, InboxError>> {
        let Self { path, mender } = self.clone();
        Box::pin(async move {
            let mut kept = mender.lock_owned().await;
            blocking(move || {
                let mender = match kept.take().filter(|mender| mender.is_at(&path)) {
                    Some(mender) => mender,
                    None => Beside::open(&path, |path| Mender::open(path)).map_err(InboxError::new)?,
                };
                let done = function(&mender.opened);
                *kept = Some(mender).filter(|_| done.is_ok());
                done
            })
            .await
        })
    }
}
