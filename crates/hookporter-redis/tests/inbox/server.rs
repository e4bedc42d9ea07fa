//! A Redis server of a test's own, on a free port, with its data in a directory that goes with it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hookporter_pipeline::inbox::EventRecord;
use hookporter_redis::redis::aio::MultiplexedConnection;
use hookporter_redis::redis::{self, FromRedisValue};
use hookporter_redis::{Inbox, Settings};
use hookporter_testkit::free_address;
use tokio::time::Instant;

/// What the durable promise needs.
pub(crate) const DURABLE: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

/// The server.
pub(crate) struct Server {
    directory: PathBuf,
    address: SocketAddr,
    settings: Vec<String>,
    /// What the program is run under.
    tracer: Vec<String>,
    child: Option<Child>,
}

/// Whether the program is here; only on a machine without `CI` it may be missing.
fn is_here() -> bool {
    let here = Command::new("redis-server").arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(here || std::env::var_os("CI").is_none(), "these tests need redis-server");
    if !here {
        eprintln!("skipped: {} needs redis-server", std::thread::current().name().unwrap_or("this test"));
    }
    here
}

/// A port that is free, and low enough for the second one of a cluster's node, 10,000 above.
fn address() -> SocketAddr {
    (0..1000).map(|_| free_address().unwrap()).find(|address| address.port() < 55_000).unwrap()
}

impl Server {
    /// A server that keeps its promise; `None`, said aloud, where Redis is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::with(&DURABLE)
    }

    /// A server with these settings, else as its authors deliver it.
    pub(crate) fn with(settings: &[&str]) -> Option<Self> {
        Self::under(&[], settings)
    }

    /// The same under another program.
    pub(crate) fn under(tracer: &[&str], settings: &[&str]) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        if !is_here() {
            return None;
        }
        let name = format!("hookporter-redis-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).unwrap();
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let (settings, tracer) = (owned(settings), owned(tracer));
        let mut server = Self { directory, address: address(), settings, tracer, child: None };
        // Somebody may be faster at the port.
        for _ in 0..10 {
            server.launch();
            if server.is_up() {
                return Some(server);
            }
            server.kill();
            server.address = address();
        }
        panic!("the server does not start: {}", server.log());
    }

    /// Starts it, or starts it again with what it has kept.
    pub(crate) fn launch(&mut self) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.directory.join("log")).unwrap();
        let words: Vec<_> = self.tracer.iter().map(String::as_str).chain(["redis-server"]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(["--port", &self.port(), "--bind", &self.host(), "--dir"]).arg(&self.directory);
        command.args(&self.settings).current_dir(&self.directory);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.child = Some(command.spawn().unwrap());
    }

    /// Waits until it answers; not if it ends.
    fn is_up(&mut self) -> bool {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(30) {
            if self.child.as_mut().is_none_or(|child| child.try_wait().unwrap().is_some()) {
                return false;
            }
            // Another server at this port would have another directory.
            if self.asked(&["ping"]) == "PONG" && self.asked(&["config", "get", "dir"]).contains(self.name()) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    pub(crate) fn await_up(&mut self) {
        assert!(self.is_up(), "the server does not start: {}", self.log());
    }

    fn name(&self) -> &str {
        self.directory.file_name().unwrap().to_str().unwrap()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn host(&self) -> String {
        self.address.ip().to_string()
    }

    pub(crate) fn port(&self) -> String {
        self.address.port().to_string()
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// An inbox of this name.
    pub(crate) async fn inbox(&self, name: &str) -> Inbox {
        Settings::new().name(name).connect(&self.url()).await.unwrap()
    }

    /// What the program that people use says.
    pub(crate) fn asked(&self, words: &[&str]) -> String {
        let to = ["-h", &*self.host(), "-p", &*self.port()].map(str::to_owned);
        let output = Command::new("redis-cli").args(to).args(words).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Sets something while it runs.
    pub(crate) fn set(&self, setting: &str, value: &str) {
        assert_eq!(self.asked(&["config", "set", setting, value]), "OK");
    }

    /// A connection to look with.
    pub(crate) async fn look(&self) -> Look {
        Look::at(&self.url()).await
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            if self.tracer.is_empty() {
                child.kill().unwrap();
            } else {
                // The program above it ends with it.
                let info = self.asked(&["info", "server"]);
                let id = info.lines().find_map(|line| line.trim().strip_prefix("process_id:"));
                let killed = id.map(|id| Command::new("kill").args(["-KILL", id]).status());
                assert!(killed.is_some() || child.try_wait().unwrap().is_some(), "{info}");
            }
            child.wait().unwrap();
        }
    }

    /// Ends it as an administrator does.
    pub(crate) fn stop(&mut self) {
        self.signal("TERM");
        if let Some(mut child) = self.child.take() {
            child.wait().unwrap();
        }
    }

    pub(crate) fn signal(&self, signal: &str) {
        if let Some(child) = &self.child {
            hookporter_testkit::signal(child.id(), signal).unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}

/// What people see.
#[derive(Clone)]
pub(crate) struct Look(MultiplexedConnection);

impl Look {
    pub(crate) async fn at(url: &str) -> Self {
        let client = redis::Client::open(url).unwrap();
        Self(client.get_multiplexed_async_connection().await.unwrap())
    }

    pub(crate) async fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut asked = redis::cmd(words[0]);
        asked.arg(&words[1..]);
        asked.query_async(&mut self.0.clone()).await.unwrap()
    }

    pub(crate) async fn set(&self, key: &str, value: &[u8]) {
        redis::cmd("SET").arg(key).arg(value).exec_async(&mut self.0.clone()).await.unwrap();
    }

    /// How many events of an inbox wait, or are being worked.
    pub(crate) async fn undone(&self, name: &str) -> i64 {
        let behind: Option<i64> = self.ask(&["GET", &format!("{{{name}}}:behind")]).await;
        self.ask::<i64>(&["XLEN", &format!("{{{name}}}:events")]).await.saturating_add(behind.unwrap_or(0))
    }

    /// How many events there are, finished ones included.
    pub(crate) async fn events(&self, name: &str) -> usize {
        self.ask::<Vec<String>>(&["KEYS", &format!("{{{name}}}:c:*")]).await.len()
    }

    /// The ids of all events.
    pub(crate) async fn ids(&self, name: &str) -> Vec<String> {
        let mut ids = Vec::new();
        for key in self.ask::<Vec<String>>(&["KEYS", &format!("{{{name}}}:c:*")]).await {
            let contents: Vec<u8> = self.ask(&["GET", &key]).await;
            ids.push(EventRecord::from_bytes(&contents.into()).unwrap().event_id.unwrap().text);
        }
        ids
    }
}
