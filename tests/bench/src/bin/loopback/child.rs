//! A server in a process of its own, and the CPU time that it has used.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitCode, Stdio};

use hookporter_bench::server::{Kind, directory_of};
use tokio::net::TcpListener;

use crate::Settings;

/// A running server; it ends when this is dropped, and also when this process ends in any other way.
pub(crate) struct Child {
    process: std::process::Child,
    pub(crate) port: u16,
}

impl Child {
    pub(crate) fn start(kind: Kind, settings: &Settings) -> Self {
        let program = std::env::current_exe().expect("this program").into_os_string();
        let mut words: Vec<OsString> = settings.under.iter().map(OsString::from).collect();
        words.push(program);
        let mut process = Command::new(&words[0])
            .args(&words[1..])
            .args(["serve", kind.name(), &settings.workers.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("its port");
        let port = line.trim().parse().expect("a port");
        Self { process, port }
    }

    /// The CPU time of all its threads, to the nanosecond; of one that has ended none.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.process.id())).expect("a process that lives");
        let nanoseconds = |thread: std::io::Result<std::fs::DirEntry>| {
            let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        };
        threads.filter_map(nanoseconds).sum::<f64>() / 1e9
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It ends with its input, and a profiler around it writes what it has seen.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(directory_of(self.process.id()));
    }
}

/// Serves on a free port of loopback, says which, and ends with its standard input.
pub(crate) fn serve(name: &str, workers: usize) -> ExitCode {
    let Some(kind) = Kind::by_name(name) else {
        eprintln!("no server `{name}`");
        return ExitCode::from(2);
    };
    std::thread::spawn(|| {
        let mut rest = Vec::new();
        let _ = std::io::stdin().read_to_end(&mut rest);
        std::process::exit(0);
    });
    if kind.is_watched() {
        hookporter_bench::server::watch();
    }
    if let Some(router) = kind.router() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
            println!("{}", listener.local_addr().expect("its address").port());
            axum::serve(listener, router).await.expect("it serves for ever");
        });
    }
    #[cfg(feature = "actix")]
    actix::serve(kind, workers);
    ExitCode::SUCCESS
}

#[cfg(feature = "actix")]
mod actix;
