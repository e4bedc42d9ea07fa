//! Real proxies, each a process of its own on a free port, gone with the row.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::examples::program::Program;
use crate::replay::directory::Directory;

/// nginx, with one `server`.
pub(super) struct Nginx {
    program: Program,
    _directory: Directory,
}

impl Nginx {
    /// Starts it; `$UP` in `server` is the upstream's address.
    pub(super) fn start(server: &str, upstream: SocketAddr) -> Self {
        let directory = Directory::new();
        let path = directory.path();
        let program = Program::run("nginx", |address| {
            let file = path.join("nginx.conf");
            std::fs::write(&file, configuration(path, address, &server.replace("$UP", &upstream.to_string()))).unwrap();
            let mut command = Command::new("nginx");
            command.args(["-e", "stderr", "-p"]).arg(path).arg("-c").arg(file);
            command.env("PATH", search_path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command
        });
        Self { program, _directory: directory }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.program.address
    }

    pub(super) fn output(&self) -> String {
        self.program.output()
    }
}

fn configuration(directory: &Path, address: SocketAddr, server: &str) -> String {
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};", directory.join(name).display()))
        .join(" ");
    format!(
        "daemon off; master_process off; worker_processes 1; error_log stderr; pid {};\n\
         events {{ worker_connections 64; }}\n\
         http {{ access_log off; {folders}\nserver {{ listen {address}; server_name a.example;\n{server}\n}} }}\n",
        directory.join("pid").display()
    )
}

/// Debian's programs for administrators are not in everybody's path.
fn search_path() -> String {
    format!("{}:/usr/sbin:/usr/local/sbin", std::env::var("PATH").unwrap_or_default())
}

/// Whether nginx is installed; CI must have it.
pub(super) fn nginx_is_here() -> bool {
    let version = Command::new("nginx").arg("-v").env("PATH", search_path()).stderr(Stdio::null()).status();
    let is_here = version.is_ok_and(|status| status.success());
    assert!(is_here || std::env::var_os("CI").is_none(), "the diagnosis behind proxies needs nginx");
    if !is_here {
        println!("skipped: the diagnosis behind proxies, since nginx is not installed");
    }
    is_here
}

/// A proxy that parses what it passes on.
pub(super) struct Parser(Program);

impl Parser {
    pub(super) fn start(what: &str, upstream: SocketAddr) -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("suite/diagnosis/behind/proxy.py");
        Self(Program::run("proxy.py", |address| {
            let mut command = Command::new("python3");
            command.arg(&script).args([address.to_string(), upstream.to_string(), what.to_owned()]);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command
        }))
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.0.address
    }
}
