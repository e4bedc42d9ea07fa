//! The example with tenants: keys that change while it runs.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hookporter_testkit::SignedRequest;

use super::program::Program;

const NAME: &str = "axum-multi-tenant";
const FIRST: &str = "the first long and random secret of acme's";
const SECOND: &str = "the second long and random secret of acme's";
const OTHER: &str = "the long and random secret of globex's";

/// How long a change of keys may take: the pipeline remembers them for a second, and machines are busy.
const CHANGE: Duration = Duration::from_secs(10);

/// The store: a folder for every tenant, removed in the end.
struct Store(PathBuf);

impl Store {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tenants-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn add(&self, tenant: &str, key: &str, secret: &str) {
        std::fs::create_dir_all(self.0.join(tenant)).unwrap();
        std::fs::write(self.0.join(tenant).join(key), format!("{secret}\n")).unwrap();
    }

    fn remove(&self, tenant: &str, key: &str) {
        std::fs::remove_file(self.0.join(tenant).join(key)).unwrap();
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn push(tenant: &str, secret: &str) -> SignedRequest {
    hookporter_testkit::github(secret).event("push").target(&format!("/webhooks/{tenant}")).build()
}

/// Waits until requests signed with `secret` are answered `status`.
fn becomes(program: &Program, tenant: &str, secret: &str, status: u16) {
    let started = Instant::now();
    while program.send(&push(tenant, secret)).status != status {
        assert!(started.elapsed() < CHANGE, "{tenant}: not {status} after {CHANGE:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn tenants_have_keys_of_their_own_that_come_and_go() {
    let store = Store::new();
    store.add("acme", "2026-11", FIRST);
    store.add("globex", "2026-11", OTHER);
    let program = Program::start(NAME, &[("KEYS", store.path())]);
    let status = |request: &SignedRequest| {
        let answer = program.send(request);
        assert!(answer.status == 200 || answer.body.is_empty(), "{answer:?}");
        answer.status
    };
    assert_eq!(status(&push("acme", FIRST)), 200);
    assert_eq!(status(&push("globex", OTHER)), 200);
    for (tenant, secret) in [("acme", OTHER), ("globex", FIRST), ("acme", SECOND)] {
        assert_eq!(status(&push(tenant, secret)), 401, "{tenant} with a key of another");
    }
    for stranger in ["initech", ".hidden", "..", "%2e%2e", "..%2facme", "acme%2f..%2facme"] {
        assert_eq!(status(&push(stranger, FIRST)), 401, "{stranger}");
    }
    for forgery in hookporter_testkit::github(FIRST).event("push").target("/webhooks/acme").mutations() {
        assert_eq!(status(&forgery.request), 401, "{}", forgery.name);
    }
    assert_eq!(program.get("/webhooks/acme").status, 405);

    store.add("acme", "2026-12", SECOND);
    becomes(&program, "acme", SECOND, 200);
    assert_eq!(status(&push("acme", FIRST)), 200, "during a rotation both count");
    store.remove("acme", "2026-11");
    becomes(&program, "acme", FIRST, 401);
    assert_eq!(status(&push("acme", SECOND)), 200);
    store.remove("globex", "2026-11");
    becomes(&program, "globex", OTHER, 401);

    let (ended, said) = program.terminate();
    assert_eq!(ended.code(), Some(0));
    assert!([FIRST, SECOND, OTHER].into_iter().all(|secret| !said.contains(secret)), "{said}");
}

#[test]
fn it_does_not_start_without_a_folder_of_keys() {
    assert!(Program::refuses_to_start(NAME, &[]).contains("KEYS"));
    let said = Program::refuses_to_start(NAME, &[("KEYS", "no/such/folder")]);
    assert!(said.contains("KEYS") && said.contains("no/such/folder"), "{said}");
}
