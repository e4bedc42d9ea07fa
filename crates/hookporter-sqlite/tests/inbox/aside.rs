//! A process that dies while it sets a damaged file aside: nothing is lost, and the next start finishes it.
//!
//! The victim is this same program, run once more under `strace`, which kills it at one call after the other.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_sqlite::{Inbox, State};
use hookporter_testkit::inbox::sample_record;

use crate::directory::Directory;

const FILE: &str = "HOOKPORTER_ASIDE_FILE";
const SIGKILL: i32 = 9;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
#[ignore = "the victim of the test beside it"]
fn victim() {
    let file = PathBuf::from(std::env::var_os(FILE).expect("which file"));
    block_on(async { Inbox::open(file).await.unwrap().close().await });
}

/// An inbox as a crash leaves it, with events in its log, and damaged; and the bytes of the two files.
fn damaged(directory: &Directory) -> (Vec<u8>, Vec<u8>) {
    let (file, log) = (directory.file(), with(&directory.file(), "-wal"));
    let elsewhere = Directory::new();
    block_on(async {
        // The first of them are in the file, the others in its log.
        for lot in 0..2 {
            let inbox = Inbox::open(elsewhere.file()).await.unwrap();
            let records = (0..150).map(|at| sample_record(&format!("evt_{lot}_{at}")));
            inbox.accept(records.collect()).await.unwrap();
            if lot == 0 {
                inbox.close().await;
                continue;
            }
            copy(&elsewhere.file(), &file);
        }
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[20_000..40_000].fill(0xa5);
        std::fs::write(&file, bytes).unwrap();
    });
    (std::fs::read(file).unwrap(), std::fs::read(log).unwrap())
}

/// As a crash leaves them.
fn copy(from: &Path, to: &Path) {
    for suffix in ["", "-wal", ".lock"] {
        std::fs::copy(with(from, suffix), with(to, suffix)).unwrap();
    }
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    format!("{}{suffix}", path.display()).into()
}

/// The names of the files that were set aside, without `-wal`.
fn set_aside(directory: &Directory) -> BTreeSet<PathBuf> {
    let names = std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path());
    let names = names.filter(|name| name.to_str().unwrap().contains(".damaged-"));
    names.map(|name| name.to_str().unwrap().trim_end_matches("-wal").into()).collect()
}

#[test]
fn a_kill_at_any_step_parts_no_file_from_its_log() {
    if !crate::strace::is_here("a_kill_at_any_step_parts_no_file_from_its_log") {
        return;
    }
    let (mut kills, mut halves) = (0, 0);
    for at in 1.. {
        let directory = Directory::new();
        let (file, log) = damaged(&directory);
        // Each call that makes, moves, removes or syncs a name.
        let calls = "trace=/^(rename|unlink|fsync|fdatasync|open|write)";
        let status = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-P"])
            .arg(directory.path())
            .args(["-P".as_ref(), directory.file().as_os_str()])
            .args(["-P".as_ref(), with(&directory.file(), "-wal").as_os_str()])
            .args(["-P".as_ref(), with(&directory.file(), ".aside").as_os_str()])
            .args([
                "-e",
                calls,
                "-e",
                &format!("inject=/^(rename|unlink|fsync|fdatasync|open|write):signal=SIGKILL:when={at}"),
            ])
            .arg(std::env::current_exe().unwrap())
            .args(["aside::victim", "--exact", "--ignored"])
            .env(FILE, directory.file())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        if status.success() {
            break;
        }
        assert!(status.signal() == Some(SIGKILL) || status.code() == Some(128 + SIGKILL), "{status:?}");
        kills += 1;
        halves += usize::from(directory.file().exists() != with(&directory.file(), "-wal").exists());

        let aside = block_on(async {
            let inbox = Inbox::open(directory.file()).await.unwrap();
            assert_eq!(inbox.list(State::Waiting, 0, 10).await.unwrap(), [], "a new file");
            assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
            assert!(inbox.list(State::Waiting, 0, 1).await.unwrap()[0].number > 1_000_000_000, "no number again");
            inbox.close().await;
            inbox.set_aside()
        });
        let all = set_aside(&directory);
        assert_eq!(all.len(), 1, "at call {at}: {all:?}");
        let kept = all.first().unwrap();
        assert!(aside.is_none_or(|aside| aside == *kept));
        assert!(std::fs::read(kept).unwrap() == file, "at call {at}: the file");
        assert!(std::fs::read(with(kept, "-wal")).unwrap() == log, "at call {at}: its log");
        assert!(!with(&directory.file(), ".aside").exists());
    }
    assert!(kills > 8, "only {kills} calls");
    assert!(halves > 0, "no kill came between two files");
    println!("killed at each of {kills} calls, {halves} times between two files");
}

#[test]
fn two_that_are_set_aside_in_one_second_do_not_overwrite_each_other() {
    let directory = Directory::new();
    for count in 1..=3 {
        damaged(&directory);
        block_on(async { Inbox::open(directory.file()).await.unwrap().close().await });
        assert_eq!(set_aside(&directory).len(), count);
        for kept in set_aside(&directory) {
            assert!(with(&kept, "-wal").exists(), "{}", kept.display());
        }
    }
}
