//! The power goes: what of the server's append-only file was not synced is lost, and its names stay.
//!
//! The server runs under `strace`, which writes down in order what is written to the file, what is synced, and what clients are
//! told. At every moment the recording says how much of the file is durable and how many events are acknowledged. A server is
//! started on as much, and what it then has must be as many.
#![expect(clippy::arithmetic_side_effects, reason = "tests: an overflow fails them")]

use std::path::{Path, PathBuf};
use std::process::Command;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_redis::{Inbox, Settings};
use hookporter_testkit::inbox::sample_record;

use crate::server::Server;

/// What is in every answer to deliveries of one event each, and what one says of an event that is new.
const ANSWER: &str = r"\r\n*1\r\n:";
const NEW: &str = r":1\r\n";
const FILE: &str = "appendonly.aof.1.incr.aof";

fn strace_is_here() -> bool {
    let here = Command::new("strace").arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(here || std::env::var_os("CI").is_none(), "these tests need strace");
    if !here {
        println!("skipped: a loss of power needs strace");
    }
    here
}

/// What was so at one moment at which somebody was told something.
#[derive(Debug, Clone, Copy, Default)]
struct Moment {
    written: usize,
    synced: usize,
    acknowledged: usize,
}

/// Reads a recording.
fn moments(log: &str) -> Vec<Moment> {
    let (mut now, mut moments) = (Moment::default(), Vec::new());
    // By thread: how much a sync that is under way will have made durable; and a write that another thread's call interrupted.
    let (mut syncing, mut writing): (Vec<(&str, usize)>, Option<&str>) = (Vec::new(), None);
    for line in log.lines() {
        let (thread, what) = line.split_once(' ').unwrap();
        let what = what.trim_start();
        let result = || what.rsplit("= ").next().and_then(|text| text.trim().parse::<usize>().ok());
        let opened = what.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(path, _)| path);
        if what.starts_with("fdatasync(") && opened.ends_with(FILE) {
            syncing.push((thread, now.written));
        }
        if what.contains("fdatasync") && result() == Some(0) {
            if let Some(at) = syncing.iter().position(|(of, _)| *of == thread) {
                now.synced = now.synced.max(syncing.remove(at).1);
            }
        } else if what.starts_with("write(") && opened.ends_with(FILE) {
            if what.ends_with("<unfinished ...>") {
                writing = Some(thread);
            } else {
                now.written += result().expect("written in one go");
            }
        } else if what.starts_with("<... write resumed>") && writing.take_if(|of| *of == thread).is_some() {
            now.written += result().expect("written in one go");
        } else if what.starts_with("write") && what.contains(ANSWER) {
            now.acknowledged += what.matches(NEW).count();
            moments.push(now);
        }
    }
    moments
}

/// Has a server live with so many events, one after the other and eight at a time; what it wrote, and when.
async fn lived(sync: &str) -> Option<(Server, PathBuf, Vec<Moment>)> {
    let log = std::env::temp_dir().join(format!("hookporter-redis-strace-{}-{sync}", std::process::id()));
    let tracer = [
        "strace",
        "-f",
        "-y",
        "-s",
        "1000000",
        "-e",
        "trace=write,writev,fdatasync,fsync",
        "-o",
        log.to_str().unwrap(),
    ];
    let mut server = Server::under(&tracer, &["--appendonly", "yes", "--appendfsync", sync, "--save", ""])?;
    let inbox = server.inbox("power").await;
    for at in 0..25 {
        let tasks: Vec<_> =
            (0..8).map(|of| tokio::spawn(accepted(inbox.clone(), format!("evt_{at}_{}", of % (at % 8 + 1))))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
    inbox.close().await;
    server.kill();
    let moments = moments(&std::fs::read_to_string(&log).unwrap());
    let last = moments.last().unwrap();
    assert!(moments.len() > 25 && last.acknowledged > 100, "{} moments, {last:?}", moments.len());
    let _ = std::fs::remove_file(log);
    let file = server.directory().join("appendonlydir").join(FILE);
    Some((server, file, moments))
}

async fn accepted(inbox: Inbox, id: String) {
    let _: Vec<Accepted> = inbox.accept(vec![sample_record(&id)]).await.unwrap();
}

/// How many events a server has that is started on the first bytes of a file.
async fn left(file: &Path, whole: &[u8], length: usize) -> usize {
    std::fs::write(file, &whole[..length]).unwrap();
    let directory = file.parent().unwrap();
    let survivor = Server::with(&["--appendonly", "yes", "--save", "", "--appenddirname", "kept"]).unwrap();
    // Its own file is replaced before it reads it.
    let mut survivor = survivor;
    survivor.kill();
    let kept = survivor.directory().join("kept");
    std::fs::remove_dir_all(&kept).unwrap();
    std::fs::create_dir(&kept).unwrap();
    for entry in std::fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), kept.join(entry.file_name())).unwrap();
    }
    survivor.launch();
    survivor.await_up();
    survivor.look().await.events("power").await
}

/// The moments right behind an acknowledgement, some of them, the last one included.
fn chosen(moments: &[Moment]) -> Vec<Moment> {
    let step = (moments.len() / 8).max(1);
    moments.iter().rev().step_by(step).copied().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_acknowledged_is_missing_after_a_loss_of_power() {
    if !strace_is_here() {
        return;
    }
    let Some((_server, file, moments)) = lived("always").await else { return };
    let whole = std::fs::read(&file).unwrap();
    for moment in chosen(&moments) {
        let left = left(&file, &whole, moment.synced).await;
        assert!(left >= moment.acknowledged, "{left} are left: {moment:?}");
    }
    println!("{} acknowledged, {} moments", moments.last().unwrap().acknowledged, moments.len());
}

/// The same way finds the loss where there is one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_syncs_every_second_is_found_out() {
    if !strace_is_here() {
        return;
    }
    let Some((_server, file, moments)) = lived("everysec").await else { return };
    let whole = std::fs::read(&file).unwrap();
    let worst = moments.iter().max_by_key(|moment| moment.written - moment.synced).unwrap();
    let left = left(&file, &whole, worst.synced).await;
    assert!(left < worst.acknowledged, "nothing is missing: {worst:?}, {left} left");
    println!("{} acknowledged, {left} left", worst.acknowledged);
}

/// Why `everysec` is called `Memory`: while a sync is under way the server answers and does not write, so that its death is enough.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_syncs_every_second_may_lose_events_with_its_process_alone() {
    if !strace_is_here() {
        return;
    }
    // A disk that takes three seconds for a sync.
    let slow = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=fdatasync",
        "-e",
        "inject=fdatasync:delay_enter=3000000",
    ];
    let settings = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""];
    let Some(mut server) = Server::under(&slow, &settings) else { return };
    // It may come to write after all before it is killed, on a machine that has little time for this.
    for round in 0..5 {
        let name = format!("slow{round}");
        let acknowledged = until_unwritten(&server, &name).await;
        server.kill();
        server.launch();
        server.await_up();
        let left = server.look().await.events(&name).await;
        assert!(left <= acknowledged, "{left} of {acknowledged}");
        if left < acknowledged {
            return;
        }
    }
    panic!("it never lost anything");
}

/// Has a server acknowledge events until it has something that it did not write: how many there are.
async fn until_unwritten(server: &Server, name: &str) -> usize {
    let (inbox, look) = (Settings::new().name(name).connect(&server.url()).await.unwrap(), server.look().await);
    for at in 0..20_000 {
        assert_eq!(inbox.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap(), [Accepted::New]);
        let info: String = look.ask(&["INFO", "persistence"]).await;
        let unwritten = info.lines().find_map(|line| line.trim().strip_prefix("aof_buffer_length:")).unwrap();
        if unwritten != "0" {
            return at + 1;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it wrote all the time");
}
