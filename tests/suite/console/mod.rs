//! The console in a real browser, behind either adapter, over an inbox in a real file and in a
//! real PostgreSQL server: every screen and every change, by
//! keyboard, on a phone, in the dark. `tests/console/README.md` says what is looked at.

mod scene;
mod serve;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hookporter::health::Light;

use self::scene::Scene;
use self::serve::Served;
use crate::attacks::byte_headers;
use crate::database::Server;
use crate::server::{Adapter, BOTH, wait_for};
use crate::wire::{self, Wire};

/// The folder of the scripts, and where what they need is installed; `None` where this machine lacks a program and is no CI.
fn scripts(test: &str) -> Option<(PathBuf, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("console").canonicalize().unwrap();
    let installed = folder.ancestors().nth(2).unwrap().join("target/console");
    let in_ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    let runs = |program: &str| {
        Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    if let Some(missing) = ["bash", "node", "npm", "chromium"].into_iter().find(|program| !in_ci && !runs(program)) {
        eprintln!("SKIPPED {test}: there is no {missing} here");
        return None;
    }
    let setup = Command::new("bash").arg(folder.join("setup.sh")).arg(&installed).output().unwrap();
    assert!(setup.status.success(), "setup.sh: {}", String::from_utf8_lossy(&setup.stderr));
    Some((folder, installed))
}

/// A scene behind an adapter, with some requests sent to it.
fn served(adapter: Adapter) -> (Scene, Served) {
    of(Scene::new(), adapter)
}

fn of(scene: Scene, adapter: Adapter) -> (Scene, Served) {
    let served = Served::start(adapter, &scene);
    for (expected, request) in Scene::requests() {
        let mut wire = Wire::connect(served.address);
        wire.write(&wire::request(request.method(), request.target(), &byte_headers(&request), request.body()));
        let status = wire.answer().unwrap().status;
        assert_eq!(status, if expected == "accepted" { 200 } else { 401 }, "{expected}");
    }
    // What was refused is examined beside the path of requests.
    wait_for(|| scene.stripe.health().likely_cause.is_some() && scene.stripe.health().light == Light::Red);
    assert_eq!(scene.stripe.health().light, Light::Red);
    (scene, served)
}

fn run(script: &str, (folder, installed): &(PathBuf, PathBuf), arguments: &[String]) {
    let mut node = Command::new("node");
    node.arg(folder.join(script)).args(arguments).env("HOOKPORTER_CONSOLE_DIR", installed);
    let output = node.output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{said}");
    assert!(output.status.success(), "{script} {arguments:?}:\n{said}{errors}");
}

#[test]
fn a_browser_shows_every_screen_and_makes_every_change() {
    let Some(scripts) = scripts("console::a_browser_shows_every_screen_and_makes_every_change") else { return };
    std::thread::scope(|scope| {
        for adapter in BOTH {
            let scripts = &scripts;
            scope.spawn(move || check(scripts, adapter, &served(adapter)));
        }
    });
}

#[test]
fn a_browser_shows_every_screen_of_a_database_and_makes_every_change() {
    let Some(scripts) = scripts("console::a_browser_shows_every_screen_of_a_database_and_makes_every_change") else {
        return;
    };
    let Some(server) = Server::start() else { return };
    // The pages are the same, so nobody looks for what is hard to read once more.
    check(&scripts, Adapter::Actix, &of(Scene::in_database(&server.url()), Adapter::Actix));
}

fn check(scripts: &(PathBuf, PathBuf), adapter: Adapter, (scene, served): &(Scene, Served)) {
    let looks = if adapter == Adapter::Tower { "with-axe" } else { "without-axe" };
    let (key, secret) = scene.key();
    let words = [format!("http://{}", served.address), looks.to_owned(), key.display().to_string(), secret.to_owned()];
    run("check.mjs", scripts, &words);
}

/// Pictures for the documentation: `HOOKPORTER_PICTURES=folder cargo test … console::pictures -- --ignored`.
#[test]
#[ignore = "makes pictures, on demand"]
fn pictures() {
    let folder = std::env::var("HOOKPORTER_PICTURES").unwrap();
    let scripts = scripts("console::pictures").unwrap();
    let (_scene, served) = served(Adapter::Tower);
    run("pictures.mjs", &scripts, &[format!("http://{}", served.address), folder]);
}

/// For eyes: a console to open in a browser, for an hour.
#[test]
#[ignore = "runs until it is stopped"]
fn by_hand() {
    let scenes = BOTH.map(served);
    for (_, served) in &scenes {
        println!("http://{}/staff/console/", served.address);
    }
    std::thread::sleep(std::time::Duration::from_secs(3600));
}
