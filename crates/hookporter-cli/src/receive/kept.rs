//! The inbox of a receiver, and its worker: every event is shown when it is worked.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use hookporter::inbox::{WorkError, WorkerEnd};
use hookporter::sqlite::OpenError;
use hookporter::{Event, Inbox};
use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Printer;
use crate::failure::Failure;
use crate::output;

/// How long events that are being shown get at the end; what is not shown then is shown at the next start.
const DRAIN: Duration = Duration::from_secs(1);

/// An inbox and its worker.
pub(super) struct Kept {
    /// Of the worker alone: both frameworks have their own.
    runtime: Runtime,
    inbox: Inbox,
    worker: JoinHandle<WorkerEnd>,
    end: oneshot::Sender<()>,
}

impl Kept {
    pub(super) fn open(path: &Path, printer: &Printer) -> Result<Self, Failure> {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| Failure::system("--inbox", error))?;
        let inbox = runtime.block_on(Inbox::open(path)).map_err(|error| unopened(&error))?;
        if let Some(aside) = inbox.set_aside() {
            let aside = output::escaped(&aside.display().to_string());
            output::complain(format_args!("warning: the inbox was damaged and is set aside: {aside}"));
        }
        let show = printer.worked();
        let worker = inbox.worker(move |event: Event| {
            let show = show.clone();
            async move {
                show.show(&event).await;
                Ok::<_, WorkError>(())
            }
        });
        let (end, ended) = oneshot::channel::<()>();
        let worker = runtime.spawn(worker.drain(DRAIN).run_until(async {
            // An error says that the receiver is gone.
            let _ = ended.await;
        }));
        Ok(Self { runtime, inbox, worker, end })
    }

    pub(super) const fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Ends when the worker has ended and all that waits is written.
    pub(super) fn close(self) {
        let _ = self.end.send(());
        self.runtime.block_on(async {
            let _ = self.worker.await;
            self.inbox.close().await;
        });
    }
}

fn unopened(error: &OpenError) -> Failure {
    let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    let hint = match error {
        OpenError::InUse { .. } => "; give this receiver a file of its own with --inbox FILE, or --no-inbox",
        _ => "",
    };
    Failure::system("--inbox", output::escaped(&format!("{error}{source}{hint}")))
}
