//! An inbox, for commands beside its server: the one place that knows which kind it is; `receive` has the server itself.

mod place;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hookporter::BoxFuture;
use hookporter::inbox::InboxError;
use hookporter::nodes::SharedSide;
use hookporter::operating::{JournalSide, MovingSide, Operated, OperatingSide, QuarantineSide};
use hookporter::sqlite::{self, Mender};
use tokio::runtime::Runtime;

use crate::failure::Failure;
use crate::progress::Progress;
use crate::{output, send};
pub(crate) use place::{At, Named, Place, without_addresses};

/// How long a look into a file may take: whoever asks for everything waits for it.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// An open inbox.
pub(crate) struct Store {
    runtime: Runtime,
    kind: Kind,
}

enum Kind {
    File {
        desk: sqlite::Desk,
        path: PathBuf,
    },
    #[cfg(feature = "postgres")]
    Postgres(hookporter::postgres::Desk),
}

impl Store {
    /// Opens the inbox that is there.
    pub(crate) fn open(place: &Place) -> Result<Self, Failure> {
        let runtime = send::runtime()?;
        let kind = match place {
            Place::File(path) => {
                let desk = runtime.block_on(sqlite::Desk::open(path)).map_err(|error| unopened(path, &error))?;
                Kind::File { desk: desk.longest_look(LONGEST), path: path.clone() }
            }
            #[cfg(feature = "postgres")]
            Place::Postgres(address) => {
                // Whoever looks may look at a server that is not durable; what is acknowledged there is its nodes' matter.
                let desk = address.settings().node_name(&by()).dangerously_accept_loss().desk(&address.url);
                Kind::Postgres(runtime.block_on(desk).map_err(|error| address.unopened(&error))?)
            }
        };
        Ok(Self { runtime, kind })
    }

    /// Opens the inbox to put events into it, and makes it if it is not there.
    pub(crate) fn open_to_fill(place: &Place) -> Result<Self, Failure> {
        match place {
            Place::File(path) if !path.exists() => {
                let made = async {
                    hookporter::Inbox::open(path).await?.close().await;
                    Ok(())
                };
                send::runtime()?.block_on(made).map_err(|error| unopened(path, &error))?;
                Self::open(place)
            }
            Place::File(_) => Self::open(place),
            #[cfg(feature = "postgres")]
            Place::Postgres(address) => {
                let runtime = send::runtime()?;
                let desk = address.settings().make_desk(&address.url);
                let desk = runtime.block_on(desk).map_err(|error| address.unopened(&error))?;
                Ok(Self { runtime, kind: Kind::Postgres(desk) })
            }
        }
    }

    fn operated(&self) -> &dyn Operated {
        match &self.kind {
            Kind::File { desk, .. } => desk,
            #[cfg(feature = "postgres")]
            Kind::Postgres(desk) => desk,
        }
    }

    /// Its events.
    pub(crate) fn events(&self) -> Arc<dyn OperatingSide> {
        self.operated().events()
    }

    /// Its events, where changes to many of them draw how far they are.
    pub(crate) fn events_watched(&self, progress: Progress) -> Arc<dyn OperatingSide> {
        match &self.kind {
            Kind::File { desk, .. } => desk.clone().on_progress(move |done| progress.draw(done)).events(),
            #[cfg(feature = "postgres")]
            Kind::Postgres(desk) => desk.clone().on_progress(move |done| progress.draw(done)).events(),
        }
    }

    /// The requests that came to it.
    pub(crate) fn requests(&self) -> Result<Arc<dyn JournalSide>, Failure> {
        let absent = || Failure::Run("this inbox writes no requests down: its journal is not in PostgreSQL".to_owned());
        self.operated().requests().ok_or_else(absent)
    }

    /// The refused requests that it keeps.
    pub(crate) fn refused(&self) -> Result<Arc<dyn QuarantineSide>, Failure> {
        let absent = || Failure::Run("this inbox keeps no refused requests".to_owned());
        self.operated().refused().ok_or_else(absent)
    }

    /// Where its nodes agree, where several can have it.
    pub(crate) fn shared(&self) -> Option<Arc<dyn SharedSide>> {
        self.operated().shared()
    }

    /// How events come out of it whole, and into it.
    pub(crate) fn moving(&self) -> Arc<dyn MovingSide> {
        match &self.kind {
            Kind::File { desk, .. } => Arc::new(desk.clone()),
            #[cfg(feature = "postgres")]
            Kind::Postgres(desk) => Arc::new(desk.clone()),
        }
    }

    /// Waits for an answer.
    pub(crate) fn wait<T>(&self, asked: BoxFuture<'static, Result<T, InboxError>>) -> Result<T, Failure> {
        self.runtime.block_on(asked).map_err(failed)
    }

    /// Waits for what takes a while.
    pub(crate) fn block_on<T>(&self, asked: impl Future<Output = T>) -> T {
        self.runtime.block_on(asked)
    }

    /// Removes copies of what was erased, where the inbox can; `false` if another program keeps it from that for now. A
    /// database does it by itself, with time.
    pub(crate) fn empty_log(&self) -> Result<bool, Failure> {
        match &self.kind {
            Kind::File { path, .. } => {
                Mender::open(path).map_err(|error| unopened(path, &error))?.empty_log().map_err(failed)
            }
            #[cfg(feature = "postgres")]
            Kind::Postgres(_) => Ok(true),
        }
    }
}

/// Who says what is said for every node: the account, as far as it is known.
#[cfg(feature = "postgres")]
fn by() -> String {
    let names = ["USER", "LOGNAME", "USERNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    let name = names.into_iter().find(|name| !name.is_empty());
    name.map_or_else(|| "somebody at a terminal".to_owned(), |name| format!("{name} at a terminal"))
}

/// Why a file does not open.
fn unopened(file: &std::path::Path, error: &sqlite::OpenError) -> Failure {
    let shown = output::escaped(&file.display().to_string());
    match error {
        sqlite::OpenError::Failed { .. } if !file.exists() => Failure::usage(format!("--inbox: there is no {shown}")),
        error => Failure::system(shown, output::escaped(&error.to_string())),
    }
}

/// Why it cannot be read or written.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` gives")]
pub(crate) fn failed(error: InboxError) -> Failure {
    let source = error.source().map(|source| output::escaped(&source.to_string()));
    Failure::system(&error, source.unwrap_or_default())
}
