//! An example as a user runs it: a process with its secrets in the environment.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use hookporter_testkit::SignedRequest;

use crate::attacks::raw;
use crate::wire::{self, Answer, Wire};

/// A variable of the environment and its value.
pub type Variable<'a> = (&'a str, &'a str);

/// How long a shutdown may take: ten seconds are what the servers give to work that is under way, the rest is a busy machine's.
const SHUTDOWN: Duration = Duration::from_secs(20);

/// A running example.
pub struct Program {
    name: String,
    pub address: SocketAddr,
    process: Process,
}

impl Program {
    /// Starts the example and waits until it listens.
    pub fn start(name: &str, environment: &[Variable<'_>]) -> Self {
        Self::run(name, |address| {
            let mut command = Process::piped(name);
            command.envs(environment.iter().copied()).env("LISTEN", address.to_string());
            command
        })
    }

    /// Starts a program that is to listen at an address, and waits until it does.
    pub fn run(name: &str, command: impl Fn(SocketAddr) -> Command) -> Self {
        // Where there is one host only, somebody else may take a port between its choice and its use.
        for _ in 0..3 {
            let address = hookporter_testkit::free_address().unwrap();
            let mut process = Process::spawn(command(address));
            let listens = || TcpStream::connect(address).is_ok();
            let ready = process.poll(Duration::from_secs(30), |process| listens() || process.exit().is_some());
            if ready && process.exit().is_none() {
                return Self { name: name.to_owned(), address, process };
            }
            let output = process.output();
            assert!(output.contains("in use"), "{name} does not start: {output}");
        }
        panic!("{name} finds no free port");
    }

    /// Starts a program that listens nowhere.
    pub fn start_beside(name: &str, environment: &[Variable<'_>]) -> Self {
        let mut command = Process::piped(name);
        command.envs(environment.iter().copied());
        Self::beside(name, command)
    }

    /// The same for one that is not built here.
    pub fn beside(name: &str, command: Command) -> Self {
        Self { name: name.to_owned(), address: ([0, 0, 0, 0], 0).into(), process: Process::spawn(command) }
    }

    /// Starts the example where it cannot run; what it says.
    pub fn refuses_to_start(name: &str, environment: &[Variable<'_>]) -> String {
        let mut command = Process::piped(name);
        command.envs(environment.iter().copied()).env("LISTEN", "127.0.0.1:0");
        let mut process = Process::spawn(command);
        assert!(process.poll(Duration::from_secs(30), |process| process.exit().is_some()), "{name} runs all the same");
        let code = process.exit().and_then(|status| status.code());
        process.read_to_the_end();
        let output = process.output();
        assert!(code.is_some_and(|code| code != 0), "{name} ends with {code:?}: {output}");
        assert!(!output.contains("panicked"), "{name}: {output}");
        output
    }

    /// Sends what the test kit made.
    pub fn send(&self, request: &SignedRequest) -> Answer {
        self.send_raw(&raw(request))
    }

    /// Sends a request that is to be kept, as senders do: again where a slow disk made the example ask for that.
    pub fn send_until_kept(&self, request: &SignedRequest) -> Answer {
        let mut answer = self.send(request);
        for _ in 0..5 {
            if answer.status != 503 {
                break;
            }
            answer = self.send(request);
        }
        answer
    }

    /// A GET, as a person's browser sends it.
    pub fn get(&self, path: &str) -> Answer {
        let mut request = wire::head("GET", path, &[]);
        request.extend_from_slice(b"\r\n");
        self.send_raw(&request)
    }

    fn send_raw(&self, request: &[u8]) -> Answer {
        let mut wire = Wire::connect(self.address);
        wire.write(request);
        wire.answer().unwrap_or_else(|| panic!("{}: no answer", self.name))
    }

    /// Its number in the system.
    pub fn id(&self) -> u32 {
        self.process.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// Kills it: nothing of its own runs any more.
    pub fn kill(mut self) {
        self.process.child.kill().unwrap();
        self.process.child.wait().unwrap();
    }

    /// Waits for its end, which somebody else has brought about.
    pub fn has_died(mut self) {
        let name = &self.name;
        assert!(self.process.poll(Duration::from_secs(30), |process| process.exit().is_some()), "{name} lives on");
    }

    /// What it has said so far.
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// Waits until the example has written `text`.
    pub fn says(&mut self, text: &str) {
        self.says_within(Duration::from_secs(30), text);
    }

    /// The same, where it takes longer.
    pub fn says_within(&mut self, longest: Duration, text: &str) {
        let said = self.process.poll(longest, |process| process.output().contains(text) || process.exit().is_some());
        let output = self.process.output();
        assert!(said && output.contains(text), "{} does not say `{text}`: {output}", self.name);
    }

    /// Whether it has ended, or does within a time.
    pub fn ends_within(&mut self, longest: Duration) -> bool {
        self.process.poll(longest, |process| process.exit().is_some())
    }

    /// Ends the example as an orchestrator does; how it ended, and all that it said.
    pub fn terminate(mut self) -> (ExitStatus, String) {
        self.signal("TERM");
        let ended = self.process.poll(SHUTDOWN, |process| process.exit().is_some());
        assert!(ended, "{} still runs {SHUTDOWN:?} after SIGTERM", self.name);
        self.process.read_to_the_end();
        let output = self.process.output();
        assert!(!output.contains("panicked"), "{}: {output}", self.name);
        (self.process.exit().unwrap(), output)
    }
}

/// A process, and what it writes.
pub struct Process {
    child: Child,
    output: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// A built program without an environment, whose output is read.
    pub fn piped(name: &str) -> Command {
        let mut command = Command::new(binary(name));
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let output = Arc::default();
        let stdout = child.stdout.take().map(|stdout| reader(stdout, &output));
        let stderr = child.stderr.take().map(|stderr| reader(stderr, &output));
        Self { child, output, readers: [stdout, stderr].into_iter().flatten().collect() }
    }

    fn exit(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    fn output(&self) -> String {
        String::from_utf8_lossy(&self.output.lock().unwrap()).into_owned()
    }

    fn read_to_the_end(&mut self) {
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
    }

    /// Whether `done` holds within `longest`.
    fn poll(&mut self, longest: Duration, done: impl Fn(&mut Self) -> bool) -> bool {
        let pause = Duration::from_millis(20);
        for _ in 0..longest.as_millis() / pause.as_millis() {
            if done(self) {
                return true;
            }
            std::thread::sleep(pause);
        }
        false
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn reader(mut from: impl Read + Send + 'static, into: &Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    let into = into.clone();
    std::thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut chunk) {
            into.lock().unwrap().extend_from_slice(&chunk[..count]);
        }
    })
}

/// Sends a signal to a process. One that is to stand still does when this returns.
pub fn signal(process: u32, name: &str) {
    hookporter_testkit::signal(process, name).unwrap();
}

/// The example's binary: in the folder above that of the test's own.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let binary = test.ancestors().nth(2).unwrap().join(file);
    assert!(binary.is_file(), "{name} is not built: run `cargo build --workspace --bins` first");
    binary
}
