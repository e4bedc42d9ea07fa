//! The power goes: whatever the disk then holds, nothing that was acknowledged is missing.
//!
//! A victim runs under `strace`, which writes down all that SQLite and the inbox ask of the system, in order, and the
//! acknowledgements among it. Played back, the recording says at every moment which bytes and names a sync has made durable and
//! which ones only the system's memory has. From there every disk is built that a loss of power may leave: changes that were
//! not synced are kept, lost, or torn between sectors, each for itself; so are the sizes of files, and the names in the
//! directory. The inbox opens the disk, and all that was acknowledged before the cut must be there.
//!
//! `HOOKPORTER_POWER_CUTS` says in how many moments the power is cut; by default so many that it takes some seconds.
#![expect(clippy::arithmetic_side_effects, reason = "tests: an overflow fails them")]

mod cuts;
mod machine;
mod random;
mod recording;
mod victim;

use std::collections::BTreeSet;
use std::path::Path;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_sqlite::Settings;
use hookporter_testkit::inbox::sample_record;
use rusqlite::{Connection, OpenFlags};

use self::cuts::{Found, Past, cut};
use self::machine::{Fate, Image, Variant};
use self::recording::{Habits, Operation, Recording, strace};
use self::victim::{AGAIN, FILE, LIFE};
use crate::directory::Directory;
use crate::strace::is_here;

/// A directory that is watched while victims live in it, one after the other.
struct Scene {
    directory: Directory,
    recording: Recording,
    lives: usize,
}

impl Scene {
    fn new() -> Self {
        // The memory that readers of the log share.
        let habits = Habits { passing: &["-shm"], ..Habits::default() };
        Self { directory: Directory::new(), recording: Recording { habits, ..Recording::default() }, lives: 0 }
    }

    /// Has a victim live, to its end or until it is killed instead of a sync of this number.
    fn live(&mut self, life: &str, again: &[String], kill_at: Option<u32>) {
        self.lives += 1;
        let log = self.directory.path().join(format!("strace.{}.log", self.lives));
        let kill = kill_at.map(|at| format!("inject=fdatasync,fsync:signal=SIGKILL:when={at}"));
        let disturbance: Vec<&str> = kill.iter().flat_map(|kill| ["-e", kill]).collect();
        let output = strace(&log, &disturbance)
            .arg(std::env::current_exe().unwrap())
            .args(["power::victim::victim", "--exact", "--ignored", "--nocapture"])
            .env(FILE, self.directory.file())
            .env(LIFE, life)
            .env(AGAIN, again.join(" "))
            .output()
            .unwrap();
        let said = || String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned();
        assert_eq!(output.status.success(), kill_at.is_none(), "{}", said());
        self.recording.add(&std::fs::read_to_string(&log).unwrap(), self.directory.path());
    }

    fn past(&self) -> Past<'_> {
        Past::of(self.recording.said())
    }

    /// What was sent and not acknowledged: its senders try again.
    fn unanswered(&self) -> Vec<String> {
        let past = self.past();
        past.sent.difference(&past.acked).map(|id| (*id).to_owned()).collect()
    }

    /// Without this nothing would be shown: events and completions, a log that was begun anew, a file that shrank.
    fn assert_much_has_happened(&self) {
        let (acked, worked) = (self.past().acked.len(), self.past().worked.len());
        assert!(acked > 400 && worked > 400, "the victims hardly lived: {acked} acknowledged, {worked} worked");
        let count = |is: fn(&Operation) -> bool| {
            self.recording.operations.iter().flatten().filter(|operation| is(operation)).count()
        };
        let logs = count(|what| matches!(what, Operation::Write { file, at: Some(0), .. } if file == "hooks.db-wal"));
        let back = count(|what| matches!(what, Operation::Write { file, .. } if file == "hooks.db"));
        let shrunk = count(|what| matches!(what, Operation::Resize { file, .. } if file == "hooks.db"));
        assert!(logs > 3 && back > 100 && shrunk > 0, "{logs} logs, {back} pages written back, shrunk {shrunk} times");
    }

    /// As many cuts as one asked for, or so many.
    fn cut<S>(&self, usual: usize, variants: &[Variant], stored: S) -> Found
    where
        S: Fn(&Path, &Past<'_>) -> Result<BTreeSet<String>, String> + Sync,
    {
        let most = std::env::var("HOOKPORTER_POWER_CUTS").map_or(usual, |cuts| cuts.parse().unwrap());
        cut(&self.recording, &Image::new(), most, variants, stored)
    }
}

/// Opens what is left as its owner does, and looks through it.
fn opened(disk: &Path, past: &Past<'_>) -> Result<BTreeSet<String>, String> {
    let file = disk.join("hooks.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let inbox = Settings::new().refuse_damaged().open(&file).await.map_err(|error| format!("{error:?}"))?;
        if let Some(id) = past.acked.last() {
            let told = inbox.accept(vec![sample_record(id)]).await.map_err(|error| format!("{error:?}"))?;
            if told != [Accepted::Duplicate] {
                return Err(format!("{id} was acknowledged, and is {told:?} when it comes again"));
            }
        }
        inbox.close().await;
        Ok(())
    })?;
    looked_through(&file, past).map_err(|error| format!("{error:?}"))?
}

/// Which events are in the file, or what is wrong with it.
fn looked_through(file: &Path, past: &Past<'_>) -> rusqlite::Result<Result<BTreeSet<String>, String>> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if check != "ok" {
        return Ok(Err(check));
    }
    let sql = "SELECT event_id, state, substr(body, 1, length(event_id)), substr(body, -length(event_id)) \
        FROM events LEFT JOIN contents ON event = id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut stored = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let (id, state): (String, String) = (row.get(0)?, row.get(1)?);
        let ends: [Option<Vec<u8>>; 2] = [row.get(2)?, row.get(3)?];
        let is_whole = ends.iter().all(|end| end.as_deref() == Some(id.as_bytes()));
        if state == "done" && !past.worked.contains(&*id) {
            return Ok(Err(format!("{id} is done, and nobody has worked it")));
        }
        // What is done may have lost its body to the sweep.
        if !(is_whole || (state == "done" && ends == [None, None])) {
            return Ok(Err(format!("{id} is {state}, and its body is not what was sent")));
        }
        if !stored.insert(id.clone()) {
            return Ok(Err(format!("{id} has two rows")));
        }
    }
    Ok(Ok(stored))
}

fn assert_nothing_is_missing(scene: &Scene, found: &Found) {
    let problems = &found.problems[..found.problems.len().min(5)];
    assert!(found.missing == 0 && problems.is_empty(), "{found}: {problems:#?} in {:?}", scene.directory.path());
}

/// Six senders and a worker, a kill and a restart, a restart with a sweep; the log is begun anew again and again.
#[test]
fn nothing_that_was_acknowledged_is_missing_after_a_loss_of_power() {
    if !is_here("a loss of power") {
        return;
    }
    let mut scene = Scene::new();
    scene.live("first", &[], Some(120));
    let again = scene.unanswered();
    scene.live("second", &again, None);
    scene.assert_much_has_happened();
    let found = scene.cut(700, &Variant::ALL, opened);
    assert_nothing_is_missing(&scene, &found);
}

/// A process is killed when its commit stands in the log and the sync has not begun. The next one finds the event there, and
/// is not to call its retry a duplicate before it is durable. Two things see to that, and one of them would do: the log is
/// written back when the file is opened, and a duplicate uses a number up, so that it is a commit of its own with its own sync.
#[test]
fn what_a_killed_process_did_not_sync_is_durable_before_it_is_a_duplicate() {
    if !is_here("a loss of power after a kill") {
        return;
    }
    // Where the machine stood still for a moment, the sync was another one.
    let scene = (0..10).find_map(|_| killed_before_its_sync()).expect("a commit that is not synced");
    let found = scene.cut(300, &Variant::ALL, opened);
    assert_nothing_is_missing(&scene, &found);
}

/// A victim that was killed so, and one after it that was told of a duplicate.
fn killed_before_its_sync() -> Option<Scene> {
    let mut scene = Scene::new();
    scene.live("alone", &[], Some(26));
    let left = scene.unanswered();
    scene.live("alone", &left, None);
    let told = format!("told {}:Duplicate", left.first()?);
    let happened = scene.recording.said().any(|said| said.trim() == told);
    happened.then_some(scene)
}

/// The simulator can find a loss: a queue whose commits are not synced has many.
#[test]
fn a_store_that_does_not_sync_is_found_out() {
    if !is_here("a store that does not sync") {
        return;
    }
    let mut scene = Scene::new();
    scene.live("not synced", &[], None);
    let found = scene.cut(100, &Variant::ALL, |disk, past| match Connection::open(disk.join("hooks.db")) {
        Ok(connection) => Ok(ids(&connection).unwrap_or_default()),
        Err(error) => Err(format!("{error:?} after {}", past.acked.len())),
    });
    assert!(found.missing > found.acknowledged / 100, "hardly anything is missing: {found}");
}

fn ids(connection: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    connection.prepare("SELECT event_id FROM events")?.query_map([], |row| row.get(0))?.collect()
}

/// It finds the other kind, too: every byte is synced, and the file's name in its directory is not.
#[test]
fn a_file_whose_name_was_never_synced_is_found_out() {
    if !is_here("a file whose name was never synced") {
        return;
    }
    let mut scene = Scene::new();
    scene.live("not named", &[], None);
    let lines = |disk: &Path, _: &Past<'_>| {
        let lines = std::fs::read(disk.join("hooks.db")).unwrap_or_default();
        Ok(String::from_utf8_lossy(&lines).lines().map(str::to_owned).collect())
    };
    let of = |names| Variant { writes: Fate::Lost, sizes: Fate::Lost, names };
    let (kept, lost) = (scene.cut(60, &[of(Fate::Kept)], lines), scene.cut(60, &[of(Fate::Lost)], lines));
    assert!(kept.acknowledged > 0 && kept.missing == 0, "with its name it is all there: {kept}");
    assert!(lost.missing == lost.acknowledged, "without it nothing is: {lost}");
}
