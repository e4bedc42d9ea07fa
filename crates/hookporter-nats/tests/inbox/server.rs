//! A NATS server of a test's own, on a free port, with its streams in a directory that goes with it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hookporter_core::{Clock, SystemClock};
use hookporter_nats::async_nats::{self, jetstream};
use hookporter_nats::{Inbox, Settings};
use hookporter_pipeline::inbox::{Claim, Lease, WorkingSide};
use hookporter_testkit::free_address;
use tokio::time::{Instant, sleep, timeout};

/// The address of one that does not run yet.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// The server.
pub(crate) struct Server {
    program: PathBuf,
    directory: PathBuf,
    address: SocketAddr,
    child: Option<Child>,
    /// Whether it is to sync every message, if it can.
    syncs: bool,
    /// What else stands in its settings.
    more: String,
    /// The directory is somebody else's, who looks at it afterwards.
    stays: bool,
}

/// The program that `HOOKPORTER_NATS_SERVER` names.
fn named() -> Option<PathBuf> {
    std::env::var_os("HOOKPORTER_NATS_SERVER").map(PathBuf::from)
}

/// The first one that is there; `None` is for machines without `CI` only.
fn first(mut programs: impl Iterator<Item = PathBuf>, what: &str) -> Option<PathBuf> {
    let found = programs.find(|program| program.exists());
    assert!(found.is_some() || std::env::var_os("CI").is_none(), "these tests need {what}");
    if found.is_none() {
        eprintln!("skipped: {} needs {what}", std::thread::current().name().unwrap_or("this test"));
    }
    found
}

/// The program that is named, or the one that is installed.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed =
        std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]).map(|path| path.join("nats-server"));
    first(named().into_iter().chain(installed), "nats-server")
}

/// The program that is named, or the newer one that `.ci/test` installs: it can sync every message, and Debian 12's cannot.
fn newer() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/interop/venv/bin/nats-server");
    first(named().into_iter().chain([installed]), "a nats-server that can sync every message")
}

impl Server {
    /// A server that syncs every message where its version can; `None`, said aloud, where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        Some(Self::in_a_new_directory(program()?).started())
    }

    /// One that is reached by TLS only.
    #[cfg(feature = "tls")]
    pub(crate) fn encrypting(certificate: &Path, key: &Path) -> Option<Self> {
        let more = format!("tls {{\n  cert_file: {certificate:?}\n  key_file: {key:?}\n}}");
        let mut server = Self::in_a_new_directory(program()?);
        server.more = more;
        Some(server.started())
    }

    /// A server that syncs every message; `None`, said aloud, where none is installed that can.
    pub(crate) fn syncing() -> Option<Self> {
        let server = Self::in_a_new_directory(newer()?).started();
        assert!(server.can_sync(), "{:?} cannot sync every message", server.program);
        Some(server)
    }

    /// A newer server in this directory, which it leaves as it is; it does not run yet.
    pub(crate) fn at(directory: &Path, syncs: bool) -> Option<Self> {
        Some(Self {
            program: newer()?,
            directory: directory.to_owned(),
            address: NOWHERE,
            child: None,
            syncs,
            more: String::new(),
            stays: true,
        })
    }

    fn in_a_new_directory(program: PathBuf) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("hookporter-nats-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let directory = std::env::temp_dir().join(name);
        // Process ids come again: what stands here is a dead process's.
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir(&directory).unwrap();
        Self { program, directory, address: NOWHERE, child: None, syncs: true, more: String::new(), stays: false }
    }

    pub(crate) fn started(self) -> Self {
        self.try_started().unwrap_or_else(|log| panic!("the server does not start: {log}"))
    }

    /// The same, where a server may have a reason not to start, which is in its log.
    pub(crate) fn try_started(mut self) -> Result<Self, String> {
        // Somebody else may be faster to take a port that was free.
        for _ in 0..5 {
            self.address = free_address().unwrap();
            self.launch();
            if self.is_up() {
                return Ok(self);
            }
        }
        Err(self.log())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }

    fn configuration(&self, sync: &str) -> PathBuf {
        let file = self.directory.join(format!("server{}.conf", sync.len()));
        let (address, store) = (self.address, self.directory.join("streams"));
        let text = format!(
            "listen: \"{address}\"\njetstream {{\n  store_dir: {store:?}\n  max_memory_store: 64MB\n  \
             max_file_store: 1GB\n  {sync}\n}}\n{}\n",
            self.more
        );
        std::fs::write(&file, text).unwrap();
        file
    }

    /// Whether its version knows how to sync every message: Debian 12 has one that does not.
    pub(crate) fn can_sync(&self) -> bool {
        let file = self.configuration("sync_interval: always");
        let tried = Command::new(&self.program).arg("-t").arg("-c").arg(file).output().unwrap();
        tried.status.success()
    }

    /// Starts it, once more on the same port and files.
    pub(crate) fn launch(&mut self) {
        let sync = if self.syncs && self.can_sync() { "sync_interval: always" } else { "" };
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.directory.join("log")).unwrap();
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(self.configuration(sync));
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.child = Some(command.spawn().unwrap());
    }

    /// Waits until it takes connections; whether it does.
    fn is_up(&mut self) -> bool {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(30) {
            if self.child.as_mut().is_some_and(|child| child.try_wait().unwrap().is_some()) {
                return false;
            }
            if std::net::TcpStream::connect(self.address).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// Starts it again; one that could not start, as while the killed one still holds its port, is started once more.
    pub(crate) fn relaunch(&mut self) {
        for _ in 0..50 {
            self.launch();
            if self.is_up() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the server does not start again: {}", self.log());
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// An inbox in a stream of this name.
    pub(crate) async fn inbox(&self, stream: &str) -> Inbox {
        Settings::new().stream(stream).connect(&self.url()).await.unwrap()
    }

    /// Streams to look at.
    pub(crate) async fn streams(&self) -> jetstream::Context {
        streams_at(&self.url()).await
    }

    /// How many messages a stream has beside its marker, which it always has.
    pub(crate) async fn count(&self, stream: &str) -> u64 {
        let messages = self.streams().await.get_stream(stream).await.unwrap().cached_info().state.messages;
        messages.checked_sub(1).expect("no stream is empty")
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
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

    /// Freezes it, or lets it go on.
    pub(crate) fn signal(&self, signal: &str) {
        hookporter_testkit::signal(self.child.as_ref().unwrap().id(), signal).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if !self.stays && !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}

/// Streams of the server at this address, to look at.
pub(crate) async fn streams_at(url: &str) -> jetstream::Context {
    jetstream::new(async_nats::connect(url).await.unwrap())
}

/// A claim with leases of this length.
pub(crate) fn claim(lease: Duration, attempts: u32) -> Claim {
    Claim { now: SystemClock.now(), lease, most: 10, attempts }
}

/// What is lent as soon as something is.
pub(crate) async fn lent(inbox: &Inbox, lease: Duration) -> Vec<Lease> {
    let claiming = async {
        loop {
            let leases = inbox.claim(claim(lease, 10)).await.unwrap().leases;
            if !leases.is_empty() {
                return leases;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), claiming).await.expect("nothing is lent")
}
