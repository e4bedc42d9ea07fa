//! A RabbitMQ server of a test's own, on free ports, with its data in a directory that goes with it.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The server, and the daemon that tells its Erlang where its nodes are.
pub struct RabbitMq {
    directory: PathBuf,
    ports: Ports,
    names: Child,
    server: Option<Child>,
}

struct Ports {
    /// Where nobody else is, so that its port is free when it starts again.
    host: IpAddr,
    amqp: u16,
    nodes: u16,
    names: u16,
}

/// How it takes messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Usual,
    /// It takes none, as where its disk is nearly full.
    Blocking,
}

/// The script that starts it. The one that is on the path changes the user first.
fn script() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/rabbitmq/lib").into_iter().flatten().flatten();
    let script = versions.map(|version| version.path().join("sbin/rabbitmq-server")).find(|script| script.exists());
    assert!(script.is_some() || std::env::var_os("CI").is_none(), "this test needs rabbitmq-server");
    script
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl RabbitMq {
    /// A server that takes messages; `None`, said aloud, where it is not installed.
    pub fn start() -> Option<Self> {
        if script().is_none() {
            eprintln!("skipped: {} needs rabbitmq-server", std::thread::current().name().unwrap_or("this test"));
            return None;
        }
        let directory = std::env::temp_dir().join(format!("hookporter-rabbitmq-{}", std::process::id()));
        // Process ids come again: what stands here is a dead process's.
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir(&directory).unwrap();
        let host = hookporter_testkit::free_address().unwrap().ip();
        // In one go, so that no two are the same.
        let local = IpAddr::from(Ipv4Addr::LOCALHOST);
        let held = [host, local].map(|host| TcpListener::bind((host, 0)).unwrap());
        let [amqp, nodes] = held.each_ref().map(|held| held.local_addr().unwrap().port());
        drop(held);
        let (daemon, names) = names_daemon(&directory);
        let ports = Ports { host, amqp, nodes, names };
        let mut server = Self { names: daemon, directory, ports, server: None };
        server.launch(Mood::Usual);
        Some(server)
    }

    pub fn url(&self) -> String {
        format!("amqp://{}:{}", self.ports.host, self.ports.amqp)
    }

    /// Starts it, and waits until it answers.
    pub fn launch(&mut self, mood: Mood) {
        let began = Instant::now();
        self.server = Some(self.spawn(mood));
        while TcpStream::connect(SocketAddr::from((self.ports.host, self.ports.amqp))).is_err() {
            let log = || std::fs::read_to_string(self.directory.join("out")).unwrap_or_default();
            assert!(began.elapsed() < Duration::from_secs(90), "the broker does not start: {}", log());
            if self.server.as_mut().is_some_and(|server| server.try_wait().unwrap().is_some()) {
                // Somebody else may have had the port of its nodes, which is one of every address of this machine's.
                assert!(log().contains("in use") || log().contains("eaddrinuse"), "the broker ended: {}", log());
                self.ports.nodes = free_port();
                self.server = Some(self.spawn(mood));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn spawn(&self, mood: Mood) -> Child {
        let file = |name: &str, text: &str| {
            let path = self.directory.join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        // More room than any disk has.
        let free = if mood == Mood::Blocking { "1000000GB" } else { "1MB" };
        let settings = format!(
            "listeners.tcp.1 = {}:{}\nlog.file = false\nlog.console = true\nlog.console.level = warning\n\
             disk_free_limit.absolute = {free}\nvm_memory_high_watermark.relative = 0.9\n",
            self.ports.host, self.ports.amqp
        );
        let out = std::fs::OpenOptions::new().create(true).append(true).open(self.directory.join("out")).unwrap();
        Command::new(script().unwrap())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
            .env("HOME", &self.directory)
            .env("LANG", "C.UTF-8")
            // The server takes the script's place, so that a signal reaches it.
            .env("RABBITMQ_ALLOW_INPUT", "1")
            // One scheduler is quicker to start than one for each core.
            .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-noinput +S 1:1")
            .env("ERL_EPMD_PORT", self.ports.names.to_string())
            .env("RABBITMQ_DIST_PORT", self.ports.nodes.to_string())
            .env("RABBITMQ_NODENAME", "hookporter@localhost")
            .env("RABBITMQ_MNESIA_BASE", self.directory.join("data"))
            .env("RABBITMQ_LOG_BASE", self.directory.join("log"))
            .env("RABBITMQ_PID_FILE", self.directory.join("pid"))
            .env("RABBITMQ_CONFIG_FILE", file("rabbitmq.conf", &settings))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", file("plugins", "[]."))
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap()
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }
}

fn names_daemon(directory: &Path) -> (Child, u16) {
    // Somebody else may take a port between its choice and its use.
    for _ in 0..5 {
        let port = free_port();
        let mut daemon = Command::new("epmd");
        daemon.args(["-port", &port.to_string()]).env("ERL_EPMD_ADDRESS", "127.0.0.1").current_dir(directory);
        let mut daemon = daemon.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        while daemon.try_wait().unwrap().is_none() {
            if tells_names(port) {
                return (daemon, port);
            }
            assert!(began.elapsed() < Duration::from_secs(60), "epmd does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    panic!("epmd ends at once, on five ports");
}

/// Whether a daemon of names answers there: asked for the names, it says its port first.
fn tells_names(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    let mut told = [0; 4];
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(b"\0\x01n").is_ok()
        && stream.read_exact(&mut told).is_ok()
        && told == u32::from(port).to_be_bytes()
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        self.kill();
        let _ = self.names.kill();
        let _ = self.names.wait();
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.directory);
        }
    }
}
