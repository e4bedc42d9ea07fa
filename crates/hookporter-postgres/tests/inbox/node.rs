//! A node that is a process: this same program, run once more, with an inbox in a server of the test's.

use std::process::Command;
use std::time::Duration;

use hookporter_postgres::{Inbox, Settings};
use hookporter_testkit::inbox::NodeLife;

const URL: &str = "HOOKPORTER_CRASH_URL";
const SCHEMA: &str = "HOOKPORTER_CRASH_SCHEMA";
const FAULTS: &str = "HOOKPORTER_CRASH_FAULTS";

/// Where everything fails.
pub(crate) const LEASE: Duration = Duration::from_secs(6);

/// Whether anything is to fail but nodes: then a node's senders try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Faults {
    NodesDie,
    Everything,
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// The program of a node.
pub(crate) fn program(url: &str, schema: &str, faults: Faults) -> Command {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["node::node", "--exact", "--ignored", "--nocapture"]).env(URL, url).env(SCHEMA, schema);
    if faults == Faults::Everything {
        program.env(FAULTS, "everything");
    }
    program
}

#[test]
#[ignore = "a process of the tests beside it"]
fn node() {
    let told = |name| std::env::var(name).expect("started by the test beside it");
    let faults = if std::env::var_os(FAULTS).is_some() { Faults::Everything } else { Faults::NodesDie };
    let ended = runtime().block_on(async {
        let life = NodeLife::new(connected(&told(URL), &told(SCHEMA), faults).await);
        match faults {
            Faults::NodesDie => life.live().await,
            // Longer: a node has to find its database again within one.
            Faults::Everything => life.lease(LEASE).amid_faults().live().await,
        }
    });
    panic!("{ended}");
}

async fn connected(url: &str, schema: &str, faults: Faults) -> Inbox {
    loop {
        match Settings::new().schema(schema).connect(url).await {
            Ok(inbox) => return inbox,
            Err(error) => assert_eq!(faults, Faults::Everything, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
