//! The power goes under PostgreSQL: whatever the disk then holds, nothing that was acknowledged is missing.
//!
//! As for SQLite, with the same machine: `strace` writes down all that the server's processes ask of the system, in order, and the
//! acknowledgements among it; disks are built that a loss of power may leave at a moment of that; and on each a server starts,
//! recovers, and is asked. The server's settings are its defaults, but for logs so short that they are begun anew again and again.
//!
//! Where a file has grown and its bytes did not come, the disk shows zeros. PostgreSQL counts on that: it lengthens a table by
//! pages of zeros without a word in its log, and one that then holds what was on the disk before is an invalid page (seen, on
//! disks that showed such: the last page of the table of events, which nothing had been written to; no event was missing). ext4
//! in its default mode, XFS, Btrfs and ZFS keep to it; ext4 with `data=writeback` does not.
//!
//! `HOOKPORTER_POWER_CUTS` says in how many moments the power is cut; by default so many that it takes some seconds.

#[path = "../../../hookporter-sqlite/tests/inbox/power/cuts.rs"]
mod cuts;
mod life;
#[path = "../../../hookporter-sqlite/tests/inbox/power/machine.rs"]
mod machine;
#[path = "../../../hookporter-sqlite/tests/inbox/power/random.rs"]
mod random;
#[path = "../../../hookporter-sqlite/tests/inbox/power/recording.rs"]
mod recording;
#[path = "../../../hookporter-sqlite/tests/inbox/strace.rs"]
mod strace;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use hookporter_pipeline::Event;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, WorkError};
use hookporter_postgres::Settings;
use hookporter_postgres::sqlx::{self, Row};
use hookporter_testkit::inbox::sample_record;

use self::cuts::{Past, cut};
use self::life::{EACH, PRODUCERS, is_whole, produce, read, say};
use self::machine::{Image, Variant};
use self::recording::{Habits, Operation, Recording};
use crate::node::runtime;
use crate::server::Server;

const DIRECTORY: &str = "HOOKPORTER_POWER_DIRECTORY";
const LIFE: &str = "HOOKPORTER_POWER_LIFE";

/// The life of a server that syncs as PostgreSQL does by default.
const SYNCED: &str = "synced";

/// Short logs, so that checkpoints come often and files of the log are used again.
const SHORT: [&str; 3] = ["max_wal_size=2MB", "min_wal_size=2MB", "checkpoint_timeout=30"];
/// A commit does not wait for its sync, which comes much later: not before the log is longer than all that is sent.
const NOT_SYNCED: [&str; 4] =
    ["synchronous_commit=off", "wal_writer_delay=10s", "wal_writer_flush_after=1GB", "wal_buffers=16MB"];

/// Caches, statistics and notes of who runs, which a server that starts makes anew; and its messages.
const PASSING: &[&str] = &["pg_internal.init", "pg_stat", "pg_subtrans", "postmaster.", "server.log"];

#[test]
#[ignore = "the victim of the tests beside it"]
fn victim() {
    let told = |name| std::env::var(name).expect("started by the test beside it");
    let mut server = Server::at(Path::new(&told(DIRECTORY)));
    let is_synced = told(LIFE) == SYNCED;
    server.launch(if is_synced { &SHORT } else { &NOT_SYNCED });
    server.await_up();
    runtime().block_on(async {
        let settings = if is_synced { Settings::new() } else { Settings::new().dangerously_accept_loss() };
        let inbox = settings.connect(&server.url()).await.unwrap();
        let worker = inbox.worker(|event: Event| async move {
            say("worked", event.id().unwrap());
            Ok::<_, WorkError>(())
        });
        let worker = tokio::spawn(worker.concurrency(4).run_until(std::future::pending()));
        produce(&inbox, 1).await;
        worker.abort();
        inbox.close().await;
    });
}

/// A server's disk and what happened to it.
struct Scene {
    disk: Image,
    /// Directories, which a server does not make anew.
    directories: BTreeSet<String>,
    recording: Recording,
}

impl Scene {
    /// A server with tables and nothing in them, which is on the disk as it is; and a victim's life with it.
    fn of(life: &str) -> Option<Self> {
        let mut server = Server::new(&[if life == SYNCED { "--wal-segsize=1" } else { "--wal-segsize=16" }])?;
        server.launch(&[]);
        server.await_up();
        runtime().block_on(async { Settings::new().connect(&server.url()).await.unwrap().close().await });
        server.stop();
        let (mut disk, mut directories) = (Image::new(), BTreeSet::new());
        read(server.directory(), "data", PASSING, &mut disk, &mut directories);

        let log = server.directory().join("log.strace");
        let output = recording::strace(&log, &["--seccomp-bpf"])
            .arg(std::env::current_exe().unwrap())
            .args(["power::victim", "--exact", "--ignored", "--nocapture"])
            .env(DIRECTORY, server.directory())
            .env(LIFE, life)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let habits = Habits {
            passing: PASSING,
            overwritten: &["data/global/pg_control"],
            home: Some("data"),
            grows_with_zeros: true,
        };
        let mut recording = Recording { habits, ..Recording::default() };
        recording.add(&std::fs::read_to_string(&log).unwrap(), server.directory());
        Some(Self { disk, directories, recording })
    }

    fn cut(&self, usual: usize) -> cuts::Found {
        let most = std::env::var("HOOKPORTER_POWER_CUTS").map_or(usual, |cuts| cuts.parse().unwrap());
        cut(&self.recording, &self.disk, most, &Variant::ALL, |disk, past| self.recovered(disk, past))
    }

    /// What a server finds on a disk that a loss of power has left.
    fn recovered(&self, disk: &Path, past: &Past<'_>) -> Result<BTreeSet<String>, String> {
        for directory in &self.directories {
            std::fs::create_dir_all(disk.join(directory)).unwrap();
        }
        let _ = Command::new("chown").args(["-R", "postgres"]).arg(disk).status();
        std::fs::set_permissions(disk.join("data"), std::fs::Permissions::from_mode(0o700)).unwrap();
        let mut server = Server::at(disk);
        server.launch(&[]);
        server.try_await_up()?;
        runtime().block_on(looked_through(&server, past)).map_err(|error| error.to_string())?
    }
}

/// Which events are there, or what is wrong.
async fn looked_through(server: &Server, past: &Past<'_>) -> sqlx::Result<Result<BTreeSet<String>, String>> {
    let pool = server.pool().await;
    let sql = "SELECT event_id, state, body FROM hookporter.events LEFT JOIN hookporter.contents ON event = id";
    let mut stored = BTreeSet::new();
    for row in sqlx::query(sql).fetch_all(&pool).await? {
        let (id, state, body): (String, String, Option<Vec<u8>>) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        if state == "done" && !past.worked.contains(&*id) {
            return Ok(Err(format!("{id} is done, and nobody has worked it")));
        }
        if !body.is_some_and(|body| is_whole(&id, &body)) {
            return Ok(Err(format!("{id} is {state}, and its body is not what was sent")));
        }
        if !stored.insert(id.clone()) {
            return Ok(Err(format!("{id} has two rows")));
        }
    }
    // Whoever sends the last one again is told what the table says.
    if let Some(id) = past.acked.last() {
        let inbox =
            Settings::new().connect(&server.url()).await.map_err(|error| sqlx::Error::Configuration(error.into()))?;
        let told =
            inbox.accept(vec![sample_record(id)]).await.map_err(|error| sqlx::Error::Configuration(error.into()))?;
        inbox.close().await;
        if (told == [Accepted::Duplicate]) != stored.contains(*id) {
            return Ok(Err(format!("{id} was acknowledged, and is {told:?} when it comes again")));
        }
    }
    Ok(Ok(stored))
}

/// Six senders and a worker.
#[test]
fn nothing_that_was_acknowledged_is_missing_after_a_loss_of_power() {
    if !strace::is_here("a loss of power") {
        return;
    }
    let Some(scene) = Scene::of(SYNCED) else { return };
    let count = |is: fn(&Operation) -> bool| {
        scene.recording.operations.iter().flatten().filter(|operation| is(operation)).count()
    };
    let logs = count(|what| matches!(what, Operation::Sync { file } if file.contains("pg_wal/")));
    let checkpoints = count(|what| matches!(what, Operation::Sync { file } if file.ends_with("pg_control")));
    let back = count(|what| matches!(what, Operation::Write { file, .. } if file.contains("/base/")));
    assert!(
        logs > 100 && checkpoints > 2 && back > 50,
        "{logs} syncs, {checkpoints} checkpoints, {back} pages written back"
    );
    assert_eq!(Past::of(scene.recording.said()).acked.len(), PRODUCERS * EACH);
    let found = scene.cut(7);
    let problems = &found.problems[..found.problems.len().min(5)];
    assert!(found.acknowledged > 100 && found.missing == 0 && problems.is_empty(), "{found}: {problems:#?}");
}

/// The machine can find a loss: a server that acknowledges before it has synced has many, and is sound otherwise.
#[test]
fn a_server_that_does_not_wait_for_its_syncs_is_found_out() {
    if !strace::is_here("a server that does not wait for its syncs") {
        return;
    }
    let Some(scene) = Scene::of("not synced") else { return };
    let found = scene.cut(3);
    assert!(found.missing > found.acknowledged / 10, "hardly anything is missing: {found}");
}
