//! A server's certificate of a test's own, made by `openssl`, and a program that knows the authority behind it or does not.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;

use hookporter_pipeline::inbox::{Accepted, AcceptingSide};
use hookporter_testkit::free_address;
use hookporter_testkit::inbox::sample_record;

/// Where the program finds the server.
pub(crate) const URL: &str = "HOOKPORTER_TLS_URL";
/// What the program prints when an event is kept.
const KEPT: &str = "an event is kept by TLS";

/// The program: has an event kept, or says why it cannot.
pub(crate) async fn keep(opened: Result<impl AcceptingSide, impl Display>) {
    match opened {
        Ok(inbox) => {
            assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
            println!("{KEPT}");
        }
        Err(error) => println!("{error}"),
    }
}

/// An authority, and what it has certified for the servers of this process, in a directory that goes with them.
pub(crate) struct Certificates {
    directory: PathBuf,
}

impl Certificates {
    /// New ones; `None`, said aloud, where `openssl` is not installed, which it may be without `CI` only.
    pub(crate) fn make() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            assert!(std::env::var_os("CI").is_none(), "openssl is missing");
            eprintln!("skipped: {} needs openssl", std::thread::current().name().unwrap_or("this test"));
            return None;
        }
        let name = format!("{}-tls-{}", env!("CARGO_PKG_NAME"), std::process::id());
        let made = Self { directory: std::env::temp_dir().join(name) };
        // Process ids come again: what stands here is a dead process's.
        let _ = std::fs::remove_dir_all(&made.directory);
        std::fs::create_dir(&made.directory).unwrap();
        let new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
        made.openssl(&format!("req -x509 {new} -subj /CN=authority -keyout authority.key -out authority.pem"));
        // Each server has an address of its own, which begins as all of this process's do.
        let address = free_address().unwrap().ip().to_string();
        let (network, _) = address.rsplit_once('.').unwrap();
        let names: Vec<_> = (1..255).map(|last| format!("IP:{network}.{last}")).collect();
        let of = format!("-CA authority.pem -CAkey authority.key -addext subjectAltName={}", names.join(","));
        // A server's is no authority's.
        let only = "-addext basicConstraints=critical,CA:FALSE";
        made.openssl(&format!("req -x509 {new} -subj /CN=server {of} {only} -keyout server.key -out server.pem"));
        Some(made)
    }

    fn openssl(&self, line: &str) {
        let output = Command::new("openssl").args(line.split(' ')).current_dir(&self.directory).output().unwrap();
        assert!(output.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub(crate) fn authority(&self) -> PathBuf {
        self.directory.join("authority.pem")
    }

    pub(crate) fn certificate(&self) -> PathBuf {
        self.directory.join("server.pem")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.directory.join("server.key")
    }

    /// A program that trusts the authority has an event kept by the server at `url`; one that does not is told why it has not.
    pub(crate) fn judge(&self, url: &str) {
        let known = program(url, &self.authority());
        assert!(known.contains(KEPT), "{known}");
        // What is no authority has certified nothing.
        let unknown = program(url, &self.certificate());
        assert!(unknown.contains("the server cannot be reached: ") && unknown.contains("certificate"), "{unknown}");
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// What a process says that has installed no provider of cryptography, and trusts this certificate alone.
fn program(url: &str, trusted: &Path) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["tls::program", "--exact", "--ignored", "--nocapture"])
        .env(URL, url)
        .env("SSL_CERT_FILE", trusted)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}
