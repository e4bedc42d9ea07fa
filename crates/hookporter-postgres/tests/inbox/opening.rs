//! What opens, what is refused, and what the tables need.

use std::time::Duration;

use hookporter_core::Secret;
use hookporter_pipeline::Endpoint;
use hookporter_pipeline::inbox::{Accepted, AcceptingSide, Durability};
use hookporter_postgres::sqlx::{self, PgPool};
use hookporter_postgres::{Inbox, OpenError, Settings};
use hookporter_testkit::inbox::{Stopwatch, sample_record};
use tokio::time::{Instant, sleep};

use crate::server::{Server, number};

async fn run(pool: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_may_lose_what_it_committed_is_refused() {
    let Some(mut server) = Server::start() else { return };
    let (pool, open) = (server.pool().await, server.inbox("open").await);
    run(&pool, "ALTER DATABASE postgres SET synchronous_commit = off").await;
    let refused = Inbox::connect(&server.url()).await.unwrap_err();
    assert!(matches!(refused, OpenError::NotDurable { setting: "synchronous_commit", .. }), "{refused}");
    let url = server.url();
    let waived = server.settings("waived").dangerously_accept_loss().connect(&url).await.unwrap();
    assert_eq!(waived.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    // An endpoint takes it only where it says so.
    assert_eq!((open.durability(), waived.durability()), (Durability::Synced, Durability::Memory));
    let github = || Endpoint::github(Secret::new("a secret that is long enough")).unwrap();
    let refused = github().inbox(&waived).durability(Durability::Written).unwrap_err().to_string();
    assert!(refused.contains("it promises `memory`"), "{refused}");
    github().inbox(&waived).durability(Durability::Memory).unwrap().check_inbox().unwrap();
    github().inbox(&open).check_inbox().unwrap();

    // What is open stays durable; a connection that has to be made anew is refused, and nobody is acknowledged.
    assert_eq!(open.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    run(&pool, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid != pg_backend_pid() AND backend_type = 'client backend'").await;
    let began = Instant::now();
    loop {
        // Once it has noticed; nobody is acknowledged meanwhile.
        let error = open.accept(vec![sample_record("evt_2")]).await.unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        if cause.contains("`synchronous_commit` is `off`") {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{cause}");
        sleep(Duration::from_millis(20)).await;
    }
    run(&server.pool().await, "ALTER DATABASE postgres RESET synchronous_commit").await;
    let began = Instant::now();
    let again = loop {
        match open.accept(vec![sample_record("evt_2")]).await {
            Ok(again) => break again,
            Err(error) => assert!(began.elapsed() < Duration::from_secs(20), "{error}"),
        }
        sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(again, [Accepted::New]);

    server.stop();
    server.launch(&["fsync=off"]);
    server.await_up();
    let refused = Inbox::connect(&server.url()).await.unwrap_err();
    assert!(matches!(refused, OpenError::NotDurable { setting: "fsync", .. }), "{refused}");
    server.stop();
    server.launch(&["default_transaction_read_only=on"]);
    server.await_up();
    assert!(matches!(Inbox::connect(&server.url()).await.unwrap_err(), OpenError::ReadOnly));
    server.stop();
    let began = Stopwatch::start();
    assert!(matches!(Inbox::connect(&server.url()).await.unwrap_err(), OpenError::Unreachable(_)));
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_keeps_the_durability_that_it_was_found_with() {
    let Some(mut server) = Server::start() else { return };
    server.stop();
    // Nobody else writes the log out for a while.
    server.launch(&["wal_writer_delay=10s", "autovacuum=off", "bgwriter_delay=10s"]);
    server.await_up();
    let (pool, inbox) = (server.pool().await, server.inbox("pinned").await);
    run(&pool, "ALTER SYSTEM SET synchronous_commit = off").await;
    run(&pool, "SELECT pg_reload_conf()").await;
    sleep(Duration::from_millis(300)).await;
    for at in 0..20 {
        let before = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint";
        let before = number(&pool, before).await;
        let _ = inbox.accept(vec![sample_record(&format!("evt_{at}"))]).await.unwrap();
        let flushed = number(&pool, "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint").await;
        assert!(flushed > before, "acknowledged, and not written out");
    }
    // And that this test can fail: a session that is not pinned is not written out.
    let before = number(&pool, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint").await;
    run(&pool, "UPDATE pinned.events SET last_error = 'x' WHERE id = 1").await;
    assert!(number(&pool, "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint").await <= before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_make_the_tables_once() {
    let Some(server) = Server::start() else { return };
    let opening =
        (0..8).map(|_| tokio::spawn(server.settings("tables").connect(Box::leak(server.url().into_boxed_str()))));
    let mut nodes = Vec::new();
    for node in opening.collect::<Vec<_>>() {
        nodes.push(node.await.unwrap().unwrap());
    }
    for (at, node) in nodes.iter().enumerate() {
        let expected = if at == 0 { Accepted::New } else { Accepted::Duplicate };
        assert_eq!(node.accept(vec![sample_record("evt_1")]).await.unwrap(), [expected]);
    }
    let pool = server.pool().await;
    assert_eq!(number(&pool, "SELECT count(*) - max(version) FROM tables.versions").await, 0, "each step once");
    // Another schema is another inbox, and nothing is anywhere else.
    assert_eq!(server.inbox("beside").await.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    let sql = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('tables', 'beside', 'pg_catalog', 'information_schema')";
    assert_eq!(number(&pool, sql).await, 0);

    run(&pool, "INSERT INTO tables.versions (version) VALUES (99)").await;
    let refused = server.settings("tables").connect(&server.url()).await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer(99)), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_may_make_nothing_uses_what_is_there() {
    let Some(server) = Server::start() else { return };
    let pool = server.pool().await;
    run(
        &pool,
        "CREATE ROLE shop LOGIN; REVOKE CREATE ON DATABASE postgres FROM PUBLIC; CREATE SCHEMA mine AUTHORIZATION shop",
    )
    .await;
    let url = server.url().replace("postgres@", "shop@");
    let refused = Settings::new().schema("theirs").connect(&url).await.unwrap_err();
    assert!(matches!(refused, OpenError::Tables(_)), "{refused}");
    let inbox = Settings::new().schema("mine").connect(&url).await.unwrap();
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::New]);
    inbox.close().await;
    run(&pool, "REVOKE CREATE ON SCHEMA mine FROM shop").await;
    let inbox = Settings::new().schema("mine").connect(&url).await.unwrap();
    assert_eq!(inbox.accept(vec![sample_record("evt_1")]).await.unwrap(), [Accepted::Duplicate]);
}

#[tokio::test]
async fn a_name_that_is_none_is_refused() {
    for name in ["", "1st", "a b", "a\"b", "Inbox", "pg_mine", "ä", &"x".repeat(41)] {
        let refused = Settings::new().schema(name).connect("postgres://nobody@127.0.0.1:1/x").await.unwrap_err();
        assert!(matches!(refused, OpenError::SchemaName(_)), "{name}: {refused}");
    }
}
