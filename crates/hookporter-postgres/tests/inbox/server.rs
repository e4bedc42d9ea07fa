//! A PostgreSQL server of a test's own, on a free port, with its data in a directory that goes with it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hookporter_core::SystemClock;
use hookporter_postgres::sqlx::{self, Connection, PgConnection, PgPool};
use hookporter_postgres::{Inbox, Settings};
use hookporter_testkit::free_address;
use tokio::time::Instant;

/// The server.
pub(crate) struct Server {
    directory: PathBuf,
    address: SocketAddr,
    child: Option<Child>,
    /// The directory is somebody else's, who looks at it afterwards.
    stays: bool,
}

/// Where Debian and others put the programs of the newest version; `None` where there is none, which only a machine without
/// `CI` may be.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    found.extend(["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map(PathBuf::from));
    let found =
        found.into_iter().filter(|programs| programs.join("initdb").exists() && programs.join("postgres").exists());
    let newest = found.max_by_key(|programs| {
        let version =
            programs.parent().and_then(Path::file_name).and_then(|version| version.to_str()?.parse::<u32>().ok());
        version.unwrap_or(0)
    });
    assert!(newest.is_some() || std::env::var_os("CI").is_none(), "these tests need postgresql");
    newest
}

/// A program of the server's, as a user that is not root: it refuses that one.
fn command(program: &Path) -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

/// How many there were before.
fn count() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

impl Server {
    /// A server, with everything of it synced as ever; `None`, said aloud, where PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let mut server = Self::new(&[])?;
        server.launch(&[]);
        server.await_up();
        Some(server)
    }

    /// One that does not run yet, made with these words to `initdb`.
    pub(crate) fn new(words: &[&str]) -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("skipped: {} needs postgresql", std::thread::current().name().unwrap_or("this test"));
            return None;
        };
        let name = format!("hookporter-postgres-{}-{}", std::process::id(), count());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).unwrap();
        let _ = Command::new("chown").arg("postgres").arg(&directory).status();
        let made = command(&programs.join("initdb"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .args(words)
            .arg("--pgdata")
            .arg(directory.join("data"))
            .current_dir(&directory)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Some(Self { directory, address: free_address().unwrap(), child: None, stays: false })
    }

    /// One of another's directory, which stays.
    pub(crate) fn at(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), address: free_address().unwrap(), child: None, stays: true }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Starts it again, with these settings.
    pub(crate) fn launch(&mut self, settings: &[&str]) {
        self.child = Some(self.spawn(settings));
    }

    fn spawn(&self, settings: &[&str]) -> Child {
        let log =
            std::fs::OpenOptions::new().create(true).append(true).open(self.directory.join("server.log")).unwrap();
        let mut command = command(&programs().unwrap().join("postgres"));
        command.arg("-D").arg(self.directory.join("data")).args(["-p", &self.address.port().to_string()]);
        command.args([
            "-c",
            &format!("listen_addresses={}", self.address.ip()),
            "-c",
            "unix_socket_directories=",
            "-c",
            "shared_buffers=32MB",
        ]);
        command.args(["-c", "max_connections=60"]);
        settings.iter().for_each(|setting| {
            command.args(["-c", setting]);
        });
        command.current_dir(&self.directory).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        command.spawn().unwrap()
    }

    /// Waits until it answers; one that could not start, as while the processes of a killed one still end, is started again.
    pub(crate) fn await_up(&mut self) {
        self.try_await_up().unwrap();
    }

    /// The same, or what it says of why it does not start.
    pub(crate) fn try_await_up(&mut self) -> Result<(), String> {
        let began = Instant::now();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = self.url();
        // A runtime of its own, on a thread of its own: whoever calls may be in one.
        loop {
            let up = std::thread::scope(|scope| {
                let connecting = async { PgConnection::connect(&url).await.is_ok() };
                scope.spawn(|| runtime.block_on(connecting)).join().unwrap()
            });
            if up {
                std::thread::spawn(move || drop(runtime)).join().unwrap();
                return Ok(());
            }
            let has_ended = self.child.as_mut().is_some_and(|child| child.try_wait().unwrap().is_some());
            if began.elapsed() > Duration::from_secs(30) || (has_ended && self.stays) {
                let log = std::fs::read_to_string(self.directory.join("server.log")).unwrap_or_default();
                std::thread::spawn(move || drop(runtime)).join().unwrap();
                return Err(format!("the server does not start: {log}"));
            }
            if has_ended {
                self.child = Some(self.spawn(&[]));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@{}/postgres", self.address)
    }

    /// An inbox in a schema of this name, by the clock of the callers.
    pub(crate) async fn inbox(&self, schema: &str) -> Inbox {
        self.settings(schema).clock(SystemClock).connect(&self.url()).await.unwrap()
    }

    /// The same by the server's clock.
    pub(crate) fn settings(&self, schema: &str) -> Settings {
        Settings::new().schema(schema)
    }

    /// A pool to look with.
    pub(crate) async fn pool(&self) -> PgPool {
        PgPool::connect(&self.url()).await.unwrap()
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Ends it as an administrator does: connections are cut.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            child.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        if !self.stays && !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}

/// One number.
pub(crate) async fn number(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

/// Any spread of moments does; the process id makes every run another.
pub(crate) fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}
