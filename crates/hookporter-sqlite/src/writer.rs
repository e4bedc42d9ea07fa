//! The one writer: takes what waits, does it in one transaction, syncs once, and tells everybody.

use std::sync::Arc;
use std::time::Duration;

use hookporter_pipeline::inbox::store::Fault;
use tokio::sync::watch;

use crate::backfill::Backfill;
use crate::commit::{committed, is_corrupt, is_perhaps_of_one};
use crate::damage;
use crate::depth::Depth;
use crate::emptying::{Emptying, Moment};
use crate::job::{Effect, Job};
use crate::journal::{Scribe, Wrote};
use crate::queue::{Queue, Taken};
use crate::refused::Keeper;
use crate::role::Role;
use crate::store::{PROBE, Store};
use crate::sweep::Sweep;

/// How many jobs one transaction holds. More would not share the sync any better and keep the first one waiting.
const MOST_JOBS: usize = 512;
/// How many bytes of records one transaction holds.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// An idle moment: the log is written back into the file then, not while senders wait.
const IDLE: Duration = Duration::from_millis(50);

/// The thread that owns the connection.
pub(crate) struct Writer {
    pub(crate) role: Role,
    pub(crate) queue: Arc<Queue>,
    /// Wakes the workers.
    pub(crate) changed: Arc<watch::Sender<()>>,
    pub(crate) store: Store,
    pub(crate) sweep: Sweep,
    pub(crate) backfill: Backfill,
    pub(crate) emptying: Emptying,
    /// Writes the journal.
    pub(crate) scribe: Option<Scribe>,
    pub(crate) depth: Arc<Depth>,
    pub(crate) keeper: Keeper,
    /// Of the file that the two of them know.
    pub(crate) generation: u64,
    /// Says that the file is closed, by being dropped last.
    pub(crate) _ended: watch::Sender<()>,
}

impl Writer {
    pub(crate) fn run(mut self) {
        let mut dirty = false;
        loop {
            let moment = match self.queue.take(MOST_JOBS, MOST_BYTES, self.patience(dirty)) {
                Taken::Jobs(jobs) => {
                    self.work(jobs);
                    self.write_beside();
                    dirty = true;
                    Moment::Busy
                }
                Taken::Nudged => Moment::Busy,
                Taken::Idle => Moment::Idle,
                Taken::Closed => return self.end(),
            };
            if self.queue.is_to_flush() {
                self.emptying.want();
            }
            self.emptying.add(self.queue.waiters());
            if self.emptying.is_due(moment) {
                self.empty_log();
            }
            self.begin_anew();
            self.write_down(moment);
            if moment == Moment::Idle {
                if dirty {
                    if self.role.tends() {
                        self.write_log_back();
                    }
                } else {
                    // Also without anybody who asks, so that workers find it open.
                    let _ = self.store.connection();
                }
                dirty = false;
            }
            self.emptying.expire();
            dirty |= self.keep_refused();
            dirty |= self.role.tends() && self.sweep();
            self.look();
            self.look_how_deep();
        }
    }

    fn patience(&self, dirty: bool) -> Duration {
        let patience = match (self.store.connected(), dirty) {
            // Nothing is swept or written back until it is open again.
            (None, _) => PROBE,
            (Some(_), true) => IDLE,
            (Some(_), false) if self.role.tends() => self.sweep.patience().min(self.store.look.patience()),
            (Some(_), false) => self.store.look.patience(),
        };
        let patience = patience.min(self.scribe.as_ref().map_or(Duration::MAX, Scribe::patience));
        let patience = if self.role == Role::Working { patience } else { patience.min(self.depth.patience()) };
        // Nothing is kept before it is open again.
        let keeping = if self.store.connected().is_some() { self.keeper.patience() } else { PROBE };
        patience.min(self.emptying.patience()).min(keeping)
    }

    fn work(&mut self, mut jobs: Vec<Job>) {
        if self.store.connected().is_none() {
            // The file is about to be opened again, and may be set aside; what failed of the run is still in the log.
            let _ = self.backfill.finish();
        }
        let damage = self.store.damage();
        let fault = match self.store.connection() {
            Ok(connection) => match committed(connection, &mut jobs, &damage) {
                Ok(()) => None,
                Err(error) if is_perhaps_of_one(&error) && jobs.len() > 1 => return self.one_by_one(jobs),
                // Whoever only looks does not stop the others.
                Err(error) if is_corrupt(&error) && jobs.iter().all(|job| job.effect == Effect::Reads) => {
                    damage.meet();
                    tracing::error!(target: "hookporter", "what was asked of the inbox cannot be read: {error}");
                    Some(Fault::Store(error.to_string()))
                }
                Err(error) => Some(self.store.failed(&error)),
            },
            Err(fault) => Some(fault),
        };
        self.conclude(jobs, fault.as_ref());
    }

    /// One of the jobs cannot be done: the others are not to suffer for it.
    fn one_by_one(&mut self, jobs: Vec<Job>) {
        for job in jobs {
            self.work(vec![job]);
        }
    }

    fn conclude(&self, jobs: Vec<Job>, fault: Option<&Fault>) {
        let mut wakes = false;
        for job in jobs {
            wakes |= job.step.wakes();
            job.step.conclude(fault);
        }
        if wakes && fault.is_none() {
            self.changed.send_replace(());
        }
    }

    /// Where the file was opened again it may be another one, whose journal and quarantine are sound.
    fn begin_anew(&mut self) {
        let generation = self.store.generation();
        if generation != self.generation {
            self.generation = generation;
            self.scribe.iter_mut().for_each(Scribe::forget);
            self.keeper.resume();
        }
    }

    /// Keeps refused requests that wait. Whether it has changed the file.
    fn keep_refused(&mut self) -> bool {
        let Some(connection) = self.store.connected() else { return false };
        match self.keeper.step_if_due(connection) {
            Ok(changed) => changed,
            // Events are not set aside for what was refused: the next start looks the file through.
            Err(error) if damage::is_damage(&error) => {
                self.store.damage().meet();
                self.keeper.stop();
                tracing::error!(target: "hookporter", "the quarantine is damaged, and keeps nothing more: {error}");
                false
            }
            Err(error) => {
                self.store.failed(&error);
                false
            }
        }
    }

    /// Whether it may have changed the file.
    fn sweep(&mut self) -> bool {
        let Some(connection) = self.store.connected() else { return false };
        match self.sweep.step_if_due(connection) {
            Ok(step) => {
                if step.removed {
                    self.emptying.want();
                    self.scribe.iter().for_each(Scribe::take_none_for_new);
                }
                step.looked
            }
            Err(error) => {
                self.store.failed(&error);
                false
            }
        }
    }

    /// Writes the journal, where it is time for it. Its row is lost rather than that the inbox stops for it.
    fn write_down(&mut self, moment: Moment) {
        let Some(scribe) = self.scribe.as_mut().filter(|scribe| scribe.is_due(moment == Moment::Idle)) else { return };
        let wrote = match self.store.connected_mut() {
            Some(connection) => scribe.write(self.role, connection),
            // The file may be another one when it is open again.
            None => return scribe.forget(),
        };
        match wrote {
            Wrote::Well => {}
            Wrote::Damaged => self.store.damage().meet(),
            Wrote::Failed(error) => self.store.distrust(&error),
        }
    }

    fn look_how_deep(&mut self) {
        let Some(connection) = self.store.connected().filter(|_| self.role != Role::Working) else { return };
        if let Err(error) = self.depth.look_if_due(connection) {
            self.store.failed(&error);
        }
    }

    /// Wakes the workers where somebody else has changed the file: another process, or a tool.
    fn look(&mut self) {
        match self.store.is_changed() {
            Ok(true) => {
                self.changed.send_replace(());
            }
            Ok(false) => {}
            Err(error) => {
                self.store.failed(&error);
            }
        }
    }

    /// Has the log written back while events come in.
    fn write_beside(&mut self) {
        let Some(connection) = self.store.connected().filter(|_| self.role.tends()) else { return };
        if let Err(error) = self.backfill.committed(connection) {
            self.store.failed(&error);
        }
    }

    /// Writes the log back into the file, as far as nobody reads it.
    fn write_log_back(&mut self) {
        let Some(connection) = self.store.connected() else { return };
        let beside = self.backfill.finish();
        let done = beside.and_then(|()| connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())));
        if let Err(error) = done {
            self.store.failed(&error);
        }
    }

    fn empty_log(&mut self) {
        let beside = self.backfill.finish();
        if let Err(error) = beside.and_then(|()| self.emptying.run(self.role, self.store.connected_mut())) {
            self.store.failed(&error);
        }
    }

    /// The queue is closed, and empty.
    fn end(mut self) {
        if let (Some(scribe), Some(connection)) = (&mut self.scribe, self.store.connected_mut()) {
            scribe.write_all(self.role, connection);
        }
        if let Err(error) = self.backfill.finish() {
            self.store.failed(&error);
        }
        if let Some(connection) = self.store.connected()
            && let Err(error) = self.keeper.finish(connection)
        {
            self.store.failed(&error);
        }
        self.emptying.add(self.queue.waiters());
        if self.emptying.is_wanted() {
            self.empty_log();
        }
        self.store.close();
    }
}

/// However the thread ends, nobody waits for it.
impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
        self.emptying.add(self.queue.waiters());
        self.emptying.end();
        while let Taken::Jobs(jobs) = self.queue.take(MOST_JOBS, MOST_BYTES, Duration::ZERO) {
            jobs.into_iter().for_each(|job| job.step.conclude(Some(&Fault::Closed)));
        }
    }
}
