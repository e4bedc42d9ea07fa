//! Opening: the store, and the writer's thread.

use std::path::PathBuf;
use std::sync::Arc;

use hookporter_pipeline::inbox::EndpointNames;
use tokio::sync::{oneshot, watch};

use crate::backfill::Backfill;
use crate::cancel::{Cancel, OnDrop};
use crate::depth::Depth;
use crate::emptying::Emptying;
use crate::inbox::Shared;
use crate::journal::{Notes, Scribe};
use crate::queue::Queue;
use crate::readers::Readers;
use crate::refused::{Keeper, RefusedQueue};
use crate::role::Role;
use crate::size::Room;
use crate::store::Store;
use crate::sweep::Sweep;
use crate::writer::Writer;
use crate::{Inbox, OpenError, Settings};

/// Opens the file on the thread that will own it: no runtime's thread waits for a disk.
///
/// Where nobody waits for it any more, the thread ends soon, and with it the lock: while it opens because it is interrupted,
/// and once it is open because the last handle is gone.
pub(crate) async fn open(settings: Settings, role: Role, path: PathBuf) -> Result<Inbox, OpenError> {
    let (reply, opened) = oneshot::channel();
    let cancel = Arc::new(Cancel::default());
    let mut on_drop = OnDrop(Some(cancel.clone()));
    let thread = move || match begun(settings, role, path, &cancel) {
        Ok((shared, writer)) => {
            if reply.send(Ok(shared)).is_ok() {
                writer.run();
            }
        }
        Err(error) => drop(reply.send(Err(error))),
    };
    let spawned = std::thread::Builder::new().name("hookporter-inbox".to_owned()).spawn(thread);
    spawned.map_err(|error| OpenError::failed("starting its thread", error))?;
    let opened = opened.await.map_err(|error| OpenError::failed("its thread ended", error));
    on_drop.0 = None;
    Ok(Inbox::new(opened??))
}

fn begun(settings: Settings, role: Role, path: PathBuf, cancel: &Cancel) -> Result<(Shared, Writer), OpenError> {
    let queue = Arc::new(Queue::new(settings.waiting, settings.waiting_bytes));
    let changed = Arc::new(watch::Sender::new(()));
    let (ended, end) = watch::channel(());
    let sweep = Sweep::new(&settings);
    let (sealing, clock, longest_effect) = (settings.sealing.clone(), settings.clock.clone(), settings.effect);
    let room = Arc::new(Room::new(settings.file_limit, settings.log));
    let notes = settings
        .keeping()
        .filter(|_| role != Role::Working)
        .map(|keeping| Arc::new(Notes::new(keeping, queue.clone())));
    let scribe = notes.clone().map(|notes| Scribe::new(notes, room.clone(), settings.size()));
    let depth = Arc::new(Depth::new(clock.clone()));
    let refused = Arc::new(RefusedQueue::new(settings.bounds()));
    let keeper = Keeper::new(refused.clone(), room.clone(), sealing.clone());
    let log = settings.log;
    let store = Store::open(settings, role, path, cancel)?;
    let shared = Shared {
        queue: queue.clone(),
        changed: changed.clone(),
        readers: Readers::new(store.path()),
        path: store.path().to_owned(),
        aside: store.aside(),
        damage: store.damage(),
        room,
        refused,
        sealing,
        clock,
        longest_effect,
        names: EndpointNames::new(),
        notes,
        depth: depth.clone(),
        end,
    };
    let backfill = Backfill::new(store.path(), log);
    let (emptying, generation) = (Emptying::default(), store.generation());
    Ok((
        shared,
        Writer {
            role,
            queue,
            changed,
            store,
            sweep,
            backfill,
            emptying,
            scribe,
            depth,
            keeper,
            generation,
            _ended: ended,
        },
    ))
}
