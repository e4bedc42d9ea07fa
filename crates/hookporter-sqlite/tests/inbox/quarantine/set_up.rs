//! What builds and what does not, and what is never in the file.

use std::sync::Arc;

use hookporter_core::{ConfigError, FrozenClock, Scheme, Secret};
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Durability, EndpointNames, EventRecord};
use hookporter_pipeline::{BoxFuture, Endpoint, HandoffError};
use hookporter_sqlite::{AcceptingInbox, Inbox};
use hookporter_testkit::inbox::START;

use super::{RIGHT, WRONG, github, kept, open, push, send};
use crate::directory::Directory;

/// A store without a quarantine.
#[derive(Clone)]
struct Bare(Inbox);

impl AcceptingSide for Bare {
    fn accept(&self, records: Vec<EventRecord>) -> BoxFuture<'static, Result<Vec<Accepted>, HandoffError>> {
        self.0.accept(records)
    }

    fn durability(&self) -> Durability {
        self.0.durability()
    }

    fn keeps_order(&self) -> bool {
        self.0.keeps_order()
    }

    fn endpoint_names(&self) -> &EndpointNames {
        self.0.endpoint_names()
    }
}

fn problem(built: Result<Endpoint, ConfigError>) -> String {
    match built {
        Err(ConfigError::Setting { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn it_needs_a_store_that_keeps_and_a_proof_that_may_be_kept() {
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let github = || Endpoint::github(Secret::new(RIGHT)).unwrap();
    assert!(problem(github().quarantine()).contains("say `inbox` first"));
    assert!(problem(github().inbox(&Bare(inbox.clone())).quarantine()).contains("does not keep"));
    assert!(problem(github().inbox(&inbox).hold_while_red()).contains("say `quarantine` first"));
    assert!(github().inbox(&inbox).quarantine().unwrap().hold_while_red().is_ok());
    for secret in [
        Scheme::static_token("x-acme-token"),
        Scheme::static_token("x-acme-token").or_query("token"),
        Scheme::static_token_in_query("code"),
        Scheme::basic_authentication(),
    ] {
        let token = Endpoint::custom("acme", secret, Secret::weak("user:canary-7f3a")).unwrap().inbox(&inbox);
        assert!(problem(token.quarantine()).contains("cannot be kept"));
    }
}

#[tokio::test]
async fn the_accepting_side_has_one_too() {
    let directory = Directory::new();
    let inbox = AcceptingInbox::open(directory.file()).await.unwrap();
    let endpoint = Endpoint::github(Secret::new(WRONG)).unwrap().clock(FrozenClock(START)).inbox(&inbox);
    let endpoint = Arc::new(endpoint.quarantine().unwrap());
    assert_eq!(send(&endpoint, &push(RIGHT, "[1]")).await, 401);
    drop(endpoint);
    // What waits at the end is written.
    inbox.close().await;
    let inbox = open(&directory.file()).await;
    kept(&inbox, 1).await;
}

/// What of a request opens doors is not in the file, nor in its log.
#[tokio::test]
async fn no_credential_lies_in_the_file() {
    const CANARY: &str = "canary-7f3a";
    let directory = Directory::new();
    let inbox = open(&directory.file()).await;
    let endpoint = github(&inbox, WRONG);
    let mut request = push(RIGHT, "[1]").with_added_header("user-agent", "kept-9c1d");
    for name in [
        "authorization",
        "proxy-authorization",
        "cookie",
        "X-GitHub-Encoded-Secret",
        "x-gitlab-token",
        "x-api-key",
        "x-hook-secret",
        "x-telegram-bot-api-secret-token",
        "x-password",
        "x-session-id",
        "cf-access-jwt-assertion",
        "x-forwarded-access-token",
        "x-of-a-proxy",
    ] {
        request = request.with_added_header(name, CANARY);
    }
    assert_eq!(send(&endpoint, &request).await, 401);
    kept(&inbox, 1).await;
    assert!(holds(&directory, "kept-9c1d"), "it is looked for where it would be");
    assert!(!holds(&directory, CANARY));
    drop(endpoint);
    inbox.close().await;
    assert!(holds(&directory, "kept-9c1d") && !holds(&directory, CANARY));
    assert!(!holds(&directory, RIGHT) && !holds(&directory, WRONG), "a key");
}

fn holds(directory: &Directory, text: &str) -> bool {
    let files = std::fs::read_dir(directory.path()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}
