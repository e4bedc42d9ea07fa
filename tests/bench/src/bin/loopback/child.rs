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

/// The unit of `/proc/<pid>/stat`, which Linux keeps at this for every program.
const TICKS_PER_SECOND: f64 = 100.0;

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

    /// User and system time of all its threads, dead ones included.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let path = format!("/proc/{}/stat", self.process.id());
        let text = std::fs::read_to_string(path).expect("a process that lives");
        // Behind the name, which may hold anything in its brackets: state is field 3, utime 14, stime 15.
        let (_, fields) = text.rsplit_once(')').expect("a name in brackets");
        let ticks: f64 = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
        ticks / TICKS_PER_SECOND
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
