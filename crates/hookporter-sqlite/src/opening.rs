//! Opening: the lock, the file, and the writer's thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use crate::inbox::Shared;
use crate::look::Look;
use crate::queue::Queue;
use crate::role::{Locks, Role};
use crate::sweep::Sweep;
use crate::writer::Writer;
use crate::{Inbox, OpenError, Settings, file};

/// Opens the file on the thread that will own it: no runtime's thread waits for a disk.
pub(crate) async fn open(settings: Settings, role: Role, path: PathBuf) -> Result<Inbox, OpenError> {
    let queue = Arc::new(Queue::new(settings.waiting, settings.waiting_bytes));
    let changed = Arc::new(watch::Sender::new(()));
    let (ended, end) = watch::channel(());
    let (reply, opened) = oneshot::channel();
    let (sealing, clock, longest_effect) = (settings.sealing.clone(), settings.clock.clone(), settings.effect);
    let (its_queue, its_changed, its_path) = (queue.clone(), changed.clone(), path.clone());
    let thread = move || {
        let (locks, connection, set_aside) = match opened_file(&settings, role, &its_path) {
            Ok(opened) => opened,
            Err(error) => {
                let _ = reply.send(Err(error));
                return;
            }
        };
        let writer = Writer {
            role,
            path: its_path,
            queue: its_queue,
            changed: its_changed,
            connection: Some(connection),
            sweep: Sweep::new(settings.clock, settings.bodies, settings.events),
            look: Look::new(role.looks_every()),
            probe_at: None,
            _locks: locks,
            _ended: ended,
        };
        if reply.send(Ok(set_aside)).is_ok() {
            writer.run();
        }
    };
    let spawned = std::thread::Builder::new().name("hookporter-inbox".to_owned()).spawn(thread);
    spawned.map_err(|error| OpenError::failed("starting its thread", error))?;
    let set_aside = opened.await.map_err(|error| OpenError::failed("its thread ended", error))??;
    Ok(Inbox::new(Shared { queue, changed, path, set_aside, sealing, clock, longest_effect, end }))
}

/// The file, locked and looked through; and where a damaged one was set aside.
fn opened_file(
    settings: &Settings,
    role: Role,
    path: &Path,
) -> Result<(Locks, Connection, Option<PathBuf>), OpenError> {
    let mut locks = Locks::take(role, path)?;
    if role.finds_older(path) && !locks.take_all(path) {
        return Err(OpenError::InUse { path: path.to_owned() });
    }
    let opened = role.open(path).and_then(|connection| file::check(&connection).map(|()| connection));
    match opened {
        Ok(connection) => {
            if role.works() {
                reclaim(&connection, settings)?;
            }
            locks.mark()?;
            locks.keep_own();
            Ok((locks, connection, None))
        }
        // A file beside which no inbox ever was may be anything of the user's.
        Err(OpenError::Damaged { .. }) if !locks.known() => Err(OpenError::NotAnInbox { path: path.to_owned() }),
        Err(error @ OpenError::Damaged { .. }) if settings.set_aside && locks.take_all(path) => {
            let aside = file::set_aside(path, settings.clock.now().as_secs())?;
            tracing::error!(target: "hookporter", path = %path.display(), set_aside = %aside.display(), "{error}");
            let connection = role.open(path)?;
            number_from(&connection, settings.clock.now().as_millis())?;
            locks.keep_own();
            Ok((locks, connection, Some(aside)))
        }
        Err(error) => Err(error),
    }
}

/// Begins above every number of the file that was set aside: a handler may remember what it has worked by its number.
fn number_from(connection: &Connection, first: i64) -> Result<(), OpenError> {
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('events', ?1)", [first])?;
    Ok(())
}

/// What was being worked when the last process that works ended is due at once: nobody else can have it, so no lease need run
/// out.
fn reclaim(connection: &Connection, settings: &Settings) -> Result<(), OpenError> {
    let now = settings.clock.now().as_millis();
    let sql = "UPDATE events SET due_at = ?1 WHERE due_at > ?1 AND state = 'working'";
    match connection.execute(sql, [now])? {
        0 => {}
        events => tracing::info!(target: "hookporter", events, "the inbox takes back what was not finished"),
    }
    Ok(())
}
