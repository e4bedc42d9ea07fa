//! The programs that the SDKs run in.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

/// A running program of SDKs.
pub struct Program {
    child: Child,
    requests: ChildStdin,
    answers: mpsc::Receiver<String>,
}

impl Program {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (requests, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, answers) = mpsc::channel();
        // A thread, so that a program that hangs fails the test instead of stopping it.
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, requests, answers }
    }

    /// An answer, or why the harness could not run the request.
    pub fn ask(&mut self, request: &Value) -> Result<Value, String> {
        writeln!(self.requests, "{request}").unwrap();
        let line =
            self.answers.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("no answer: {request}"));
        let answer: Value = serde_json::from_str(&line).unwrap();
        match answer.as_object() {
            Some(members) if members.len() == 1 && members.contains_key("error") => Err(answer["error"].to_string()),
            _ => Ok(answer),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The SDKs, installed where they are not; `None` where this machine has no Python or Node and is no CI.
pub fn programs(test: &str) -> Option<[Program; 2]> {
    let interop = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop").canonicalize().unwrap();
    let installed = interop.ancestors().nth(2).unwrap().join("target/interop");
    let in_ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    let runs = |program: &str| Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok();
    if let Some(missing) = ["bash", "python3", "node", "npm"].into_iter().find(|program| !in_ci && !runs(program)) {
        eprintln!("SKIPPED {test}: there is no {missing} here");
        return None;
    }
    let setup = Command::new("bash").arg(interop.join("setup.sh")).arg(&installed).output().unwrap();
    assert!(setup.status.success(), "setup.sh: {}", String::from_utf8_lossy(&setup.stderr));
    let mut python = Command::new(installed.join("venv/bin/python"));
    let mut node = Command::new("node");
    node.env("HOOKPORTER_INTEROP_DIR", &installed);
    Some([Program::start(python.arg(interop.join("sdk.py"))), Program::start(node.arg(interop.join("sdk.mjs")))])
}
