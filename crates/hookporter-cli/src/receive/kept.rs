//! The inbox of a receiver, and its worker: every event is shown when it is worked.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use hookporter::inbox::{AcceptingSide, WorkError, Worker, WorkerEnd, WorkingSide};
use hookporter::sqlite::OpenError;
use hookporter::{BoxFuture, Endpoint, Event, Inbox};
use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Printer;
use crate::failure::Failure;
use crate::output;
use crate::store::Place;

/// How long events that are being shown get at the end; what is not shown then is shown at the next start.
const DRAIN: Duration = Duration::from_secs(1);
/// How long what is done is kept in a database: others may want it for longer than a receiver by itself would.
#[cfg(feature = "postgres")]
const AGES: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// An inbox and its worker.
pub(super) struct Kept {
    /// Of the worker alone: both frameworks have their own.
    runtime: Runtime,
    worker: JoinHandle<WorkerEnd>,
    end: oneshot::Sender<()>,
    /// Ends once all that waits is written.
    closed: BoxFuture<'static, ()>,
}

impl Kept {
    /// Opens an inbox, gives it to the endpoint, and begins to work what is in it.
    pub(super) fn open(place: &Place, endpoint: Endpoint, printer: &Printer) -> Result<(Endpoint, Self), Failure> {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| Failure::system("--inbox", error))?;
        match place {
            Place::File(path) => {
                let inbox = file(&runtime, path)?;
                let closing = inbox.clone();
                Ok(Self::begin(runtime, &inbox, endpoint, printer, Box::pin(async move { closing.close().await })))
            }
            #[cfg(feature = "postgres")]
            Place::Postgres(address) => {
                let settings = address.settings().keep_bodies(AGES).remember_events(AGES);
                let inbox = runtime.block_on(settings.connect(&address.url));
                let inbox = inbox.map_err(|error| address.unopened(&error))?;
                let closing = inbox.clone();
                Ok(Self::begin(runtime, &inbox, endpoint, printer, Box::pin(async move { closing.close().await })))
            }
        }
    }

    fn begin<I: AcceptingSide + WorkingSide + Clone>(
        runtime: Runtime,
        inbox: &I,
        endpoint: Endpoint,
        printer: &Printer,
        closed: BoxFuture<'static, ()>,
    ) -> (Endpoint, Self) {
        let show = printer.worked();
        let worker = Worker::new(inbox.clone(), move |event: Event| {
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
        (endpoint.inbox(inbox), Self { runtime, worker, end, closed })
    }

    /// Ends when the worker has ended and all that waits is written.
    pub(super) fn close(self) {
        let _ = self.end.send(());
        self.runtime.block_on(async {
            let _ = self.worker.await;
            self.closed.await;
        });
    }
}

fn file(runtime: &Runtime, path: &Path) -> Result<Inbox, Failure> {
    let inbox = runtime.block_on(Inbox::open(path)).map_err(|error| unopened(&error))?;
    if let Some(aside) = inbox.set_aside() {
        let aside = output::escaped(&aside.display().to_string());
        output::complain(format_args!("warning: the inbox was damaged and is set aside: {aside}"));
    }
    Ok(inbox)
}

fn unopened(error: &OpenError) -> Failure {
    let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    let hint = match error {
        OpenError::InUse { .. } => "; give this receiver a file of its own with --inbox FILE, or --no-inbox",
        _ => "",
    };
    Failure::system("--inbox", output::escaped(&format!("{error}{source}{hint}")))
}
