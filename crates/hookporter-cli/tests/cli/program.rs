//! The built program, run and read.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;

/// The variable that every test keeps its key in.
pub(crate) const VAR: &str = "HOOKPORTER_TEST_KEY";

/// The program with these arguments, and a key in [`VAR`].
pub(crate) fn program<A: AsRef<OsStr>>(key: &str, args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookporter"));
    // Whoever develops may have an inbox of his own.
    command.env_remove("HOOKPORTER_INBOX").env(VAR, key).args(args);
    command
}

/// Runs it to its end.
pub(crate) fn run<A: AsRef<OsStr>>(key: &str, args: impl IntoIterator<Item = A>) -> Ended {
    Ended::of(program(key, args).output().unwrap())
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Every line of stdout as JSON.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Whether anything in this process has failed: then every folder stays, to be looked at.
static FAILED: AtomicBool = AtomicBool::new(false);

/// The folders of a test, which go with its thread.
#[derive(Default)]
struct Folders(RefCell<Vec<PathBuf>>);

impl Drop for Folders {
    fn drop(&mut self) {
        if FAILED.load(Ordering::SeqCst) {
            return;
        }
        for folder in self.0.take() {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

thread_local! {
    static FOLDERS: Folders = Folders::default();
}

/// Has failures noticed. The test harness catches a panic before the thread ends, which then looks like any other.
fn notice_failures() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            FAILED.store(true, Ordering::SeqCst);
            before(panic);
        }));
    });
}

/// A file with these bytes, in a folder of its own, gone when the test ends well.
pub(crate) fn file(bytes: &[u8]) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    notice_failures();
    let name = format!("cli-folder-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // Process ids come again: what stands here is a dead process's, with whatever an inbox has made beside its file.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).unwrap();
    FOLDERS.with(|folders| folders.0.borrow_mut().push(folder.clone()));
    let path = folder.join("file");
    std::fs::write(&path, bytes).unwrap();
    path.into_os_string().into_string().unwrap()
}

/// A receiver that runs, and prints JSON.
pub(crate) struct Receiver {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// Kept open: what is complained of must find a reader.
    _complaints: ChildStderr,
    pub(crate) url: String,
    /// Where it says that it keeps events.
    pub(crate) inbox: Option<PathBuf>,
    /// Lines of the worker that came while others were waited for, and the other way about.
    worked: VecDeque<Value>,
    requests: VecDeque<Value>,
}

impl Receiver {
    /// Starts one on a free port; without an inbox, unless `more` names one: no test is to leave a file behind.
    pub(crate) fn start(provider: &str, key: &str, more: &[&str]) -> Self {
        let given = ["receive", "--provider", provider, "--secret-env", VAR, "--listen", "127.0.0.1:0", "--json"];
        let none: &[&str] = if more.contains(&"--inbox") { &[] } else { &["--no-inbox"] };
        Self::of(program(key, given.iter().chain(more).chain(none)))
    }

    /// Starts one with the inbox that it has by itself, in this directory.
    pub(crate) fn start_in(directory: &Path, provider: &str, key: &str) -> Self {
        let args = ["receive", "--provider", provider, "--secret-env", VAR, "--listen", "127.0.0.1:0", "--json"];
        let mut command = program(key, args);
        command.current_dir(directory);
        Self::of(command)
    }

    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let complaints = child.stderr.take().unwrap();
        let (worked, requests) = (VecDeque::new(), VecDeque::new());
        let mut receiver =
            Self { child, lines, _complaints: complaints, url: String::new(), inbox: None, worked, requests };
        let first = receiver.line();
        receiver.inbox = first["inbox"].as_str().map(PathBuf::from);
        receiver.url = first["listening"].as_str().unwrap().to_owned();
        receiver
    }

    /// The next line that tells of a request.
    pub(crate) fn line(&mut self) -> Value {
        loop {
            if let Some(line) = self.requests.pop_front() {
                return line;
            }
            self.read();
        }
    }

    /// The next line that tells of an event that is worked.
    pub(crate) fn worked(&mut self) -> Value {
        loop {
            if let Some(line) = self.worked.pop_front() {
                return line;
            }
            self.read();
        }
    }

    fn read(&mut self) {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        if line.get("worked").is_some() { self.worked.push_back(line) } else { self.requests.push_back(line) }
    }

    /// Asks it to end; its exit status, and the lines that nobody read.
    pub(crate) fn end(mut self) -> (i32, Vec<Value>) {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let rest = (&mut self.lines).lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
        (self.child.wait().unwrap().code().unwrap(), rest)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // Ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends to a receiver; the statuses that were answered.
pub(crate) fn send(provider: &str, key: &str, url: &str, more: &[&str]) -> Vec<u64> {
    let given = ["send", "--provider", provider, "--secret-env", VAR, "--url", url, "--json"];
    let ended = run(key, given.iter().chain(more));
    assert_eq!(ended.status, 0, "{provider} {more:?}: {}", ended.stderr);
    ended.json().iter().map(|line| line["status"].as_u64().unwrap()).collect()
}
