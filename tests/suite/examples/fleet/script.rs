//! The script of the fleet, and what it has started.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{NAME, PATH, SECRET, VARIABLE};
use crate::examples::program::{Program, binary, signal};
use crate::wire::{Answer, Wire};

/// What the script has started.
pub struct Fleet {
    script: Program,
    front: SocketAddr,
    room: PathBuf,
}

/// The servers of Debian's that are not here. CI must have them.
pub fn is_skipped() -> bool {
    let here = |program: &str| {
        let look = format!("PATH=$PATH:/usr/sbin; command -v {program}");
        let mut found = Command::new("sh");
        found.args(["-c", &look]).stdout(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let missing = !here("nginx") || !here("psql") || !Path::new("/usr/lib/postgresql").exists();
    assert!(!missing || std::env::var_os("CI").is_none(), "the fleet needs nginx and postgresql");
    if missing {
        println!("skipped: the fleet, since nginx or postgresql is not installed");
    }
    missing
}

impl Fleet {
    pub fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(NAME);
        let mut command = Command::new("bash");
        command.arg(folder.join("run.sh")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env(VARIABLE, SECRET).env("BIN", binary("fleet-axum").parent().unwrap());
        let mut script = Program::beside(NAME, command);
        script.says_within(Duration::from_secs(60), "break: kill -9");
        let said = script.output();
        let word = |before: &str, after: &str| {
            said.split_once(before).and_then(|(_, rest)| Some(rest.split_once(after)?.0.to_owned())).unwrap()
        };
        let front = word("the fleet is at http://", PATH).parse().unwrap();
        let room = PathBuf::from(word("$(cat ", "/secret)"));
        Self { script, front, room }
    }

    /// The process that is a node now.
    pub fn process(&self, node: &str) -> u32 {
        let said = self.script.output();
        let line = said.lines().rfind(|line| line.starts_with(&format!("{node} is process "))).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }

    /// What the script has said.
    pub fn said(&self) -> String {
        self.script.output()
    }

    /// Kills a node with SIGKILL, and waits until nothing of it takes a connection any more.
    pub fn kill(&self, node: &str) {
        let process = self.process(node);
        signal(process, "KILL");
        let state = || std::fs::read_to_string(format!("/proc/{process}/stat"));
        while state().is_ok_and(|state| !state.contains(") Z ")) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What one of the processes has written.
    pub fn log(&self, of: &str) -> String {
        std::fs::read_to_string(self.room.join(of).with_extension("log")).unwrap()
    }

    /// Rows as `psql` shows them, one a line.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        let url = std::fs::read_to_string(self.room.join("database")).unwrap();
        let output = Command::new("psql").arg(url.trim()).args(["-AtX", "-c", sql]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// The answer; nginx is never killed, so that there is one whatever becomes of the nodes.
    pub fn send(&self, request: &[u8]) -> Answer {
        let mut wire = Wire::connect(self.front);
        wire.write(request);
        wire.answer().expect("an answer")
    }
}

/// Nothing that the script has started is left, whatever became of the test.
impl Drop for Fleet {
    fn drop(&mut self) {
        self.script.signal("INT");
        let ended = self.script.ends_within(Duration::from_secs(40));
        if !std::thread::panicking() {
            assert!(ended, "the script goes on: {}", self.script.output());
            assert!(!self.room.exists(), "{:?} is left", self.room);
            assert!(Wire::try_connect(self.front).is_err(), "nginx is left");
        }
    }
}
