//! The password of a database, and a sender's secret beside it: in no output of an inbox on PostgreSQL.

use std::process::Command;

use axum::Router;
use hookporter::axum::EndpointService;
use hookporter::console::Console;
use hookporter::postgres::{Desk, Settings};
use hookporter::{Endpoint, Secret};

use super::forms::Forms;
use super::program::run;
use super::scene::{Log, Output, PATH, URL, answered, debug, page, requests};
use super::{assert_silent, forms};
use crate::attacks::at_now;
use crate::database::Server;
use crate::examples::program::binary;
use crate::replay::directory::Directory;

const PASSWORD: &str = "canary-of-a-database-9c1e";
const ID: &str = "stripe";

#[test]
fn neither_a_password_nor_a_secret_is_in_any_output() {
    crate::trace::watch();
    let Some(server) = Server::start() else { return };
    let url = server.url().replace("postgres@", &format!("postgres:{PASSWORD}@"));
    let log = Log::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut all = tracing::subscriber::with_default(log.clone(), || runtime.block_on(in_a_server(&url)));
    all.push(("the log at TRACE", log.said()));
    all.extend(commands(&url));
    for (name, word) in [
        ("the console", "/api/events/1: 200"),
        ("why it does not open", "cannot be reached"),
        ("inbox list", "stripe"),
        ("inbox export", "\"form\":1"),
        ("inbox import", "imported"),
        ("inbox show", "event 1"),
        ("inbox pause", "is paused on every node"),
        ("inbox resume", "takes requests again"),
        ("keys revoke", "is revoked on every node"),
        ("keys revoked", "`old` of tenant `acme`"),
        ("keys restore", "counts again"),
    ] {
        let said = all.iter().filter(|(known, _)| *known == name).map(|(_, text)| &**text).collect::<String>();
        assert!(said.contains(word), "{name} does not say {word}: {said}");
    }
    let mut hidden = forms(ID);
    hidden.push(Forms::of(PASSWORD));
    assert_silent(ID, &hidden, &all);
}

/// What a server with such an inbox shows of itself.
async fn in_a_server(url: &str) -> Vec<Output> {
    let settings = Settings::new();
    let inbox = settings.clone().connect(url).await.unwrap();
    let keys = hookporter_testkit::keys(ID).unwrap();
    let endpoint = at_now(Endpoint::provider_at(ID, Secret::new(keys.receiver), URL).unwrap()).inbox(&inbox);
    let app = Router::new().route_service(PATH, EndpointService::new(endpoint.clone()).unwrap());
    let mut all = Vec::new();
    for request in requests(hookporter_testkit::provider(ID, keys.sender).unwrap()) {
        all.extend(answered(&app, &request).await);
    }
    let desk = Desk::connect(url).await.unwrap();
    all.push(("Debug", debug(&settings) + &debug(&inbox) + &debug(&desk) + &debug(&endpoint)));
    for wrong in [
        format!("{}:1/postgres", url.rsplit_once(':').unwrap().0),
        format!("{}@nobody.invalid/postgres", url.rsplit_once('@').unwrap().0),
        format!("{url}/x?sslmode={PASSWORD}-is-none"),
        url.replace(":", ": "),
    ] {
        if let Err(error) = Settings::new().connect(&wrong).await {
            // What somebody typed where none belongs may be told to whoever typed it, by the library alone.
            let told = format!("{}{error}", debug(&error));
            all.push(("why it does not open", if wrong.contains("sslmode") { String::new() } else { told }));
        }
    }
    let console: Router = Console::new([endpoint]).inbox(&desk).into_router();
    let mut shown = String::new();
    for path in ["/", "/api/endpoints", "/api/events", "/api/events/1", "/api/stats", "/events/1", "/overview"] {
        shown += &page(&console, path).await;
    }
    all.push(("the console", shown));
    inbox.close().await;
    all
}

/// Every command that takes such an address.
fn commands(url: &str) -> Vec<Output> {
    let directory = Directory::new();
    let exported = directory.path().join("exported");
    let file = exported.to_str().unwrap();
    let inbox = |args: &[&str]| run("", &[&["inbox", "--inbox", url], args].concat());
    let keys = |args: &[&str]| run("", &[&["keys"], args, &["--inbox", url]].concat());
    let mut all = vec![("inbox export", inbox(&["export"]))];
    let lines: String = all[0].1.lines().filter(|line| line.starts_with('{')).map(|line| format!("{line}\n")).collect();
    std::fs::write(&exported, lines).unwrap();
    all.extend([
        ("inbox import", inbox(&["import", file])),
        ("inbox import", inbox(&["import", "--json", file])),
        ("inbox import", inbox(&["import", "/nowhere"])),
        ("inbox list", inbox(&["list"])),
        ("inbox list", inbox(&["list", "--json"])),
        ("inbox show", inbox(&["show", "1"])),
        ("inbox stats", inbox(&["stats"])),
        ("inbox requeue", inbox(&["requeue", "--all"])),
        ("inbox pause", inbox(&["pause", ID])),
        ("inbox pause", inbox(&["pause", ID, "--json"])),
        ("inbox stats", inbox(&["stats", "--json"])),
        ("inbox resume", inbox(&["resume", ID])),
        ("keys revoke", keys(&["revoke", ID, "old"])),
        ("keys revoke", keys(&["revoke", ID, "old", "--tenant", "acme", "--json"])),
        ("keys revoke, of what is no id", keys(&["revoke", ID, hookporter_testkit::keys(ID).unwrap().receiver])),
        ("keys revoked", keys(&["revoked"])),
        ("keys revoked", keys(&["revoked", "--json"])),
        ("keys restore", keys(&["restore", ID, "old"])),
        ("inbox verdicts", inbox(&["verdicts"])),
        ("inbox, of no such schema", inbox(&["--schema", "nobody", "list"])),
        ("inbox, wrongly used", run("", &["inbox", url, "list"])),
        ("rejected list", run("", &["rejected", "--inbox", url, "list"])),
        ("tail", run("", &["tail", url, "--once"])),
    ]);
    let mut by_variable = Command::new(binary("hookporter"));
    by_variable.args(["inbox", "stats", "--json"]).env("HOOKPORTER_INBOX", url);
    all.push(("inbox stats", super::program::shown(&by_variable.output().unwrap())));
    all
}
