//! Works what `hooks-receiver` accepts. It has no secret: what is in the file was proven before.
//!
//! It may be stopped, replaced or killed at any time: the next one goes on where this one was.

use std::time::Duration;

use hookporter::Event;
use hookporter::inbox::WorkError;
use hookporter::sqlite::WorkingInbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let mut shutdown = std::pin::pin!(shutdown());
    let inbox = tokio::select! {
        inbox = open() => inbox,
        ended = &mut shutdown => return Ok(ended?),
    };
    tracing::info!("the worker has begun");
    let end = inbox.worker(work).run_until(async { drop(shutdown.await) }).await;
    tracing::info!(end.given_back, "the worker has ended");
    inbox.close().await;
    Ok(())
}

/// Opens the inbox, as soon as it can be: the receiver may not have made it yet, or another worker may not have ended yet.
async fn open() -> WorkingInbox {
    loop {
        match WorkingInbox::open(file()).await {
            Ok(inbox) => return inbox,
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "the worker waits"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Runs for each event until it says `Ok`: after an error, a panic or a crash it runs again.
async fn work(event: Event) -> Result<(), WorkError> {
    let repository = event.member("/repository/full_name");
    tracing::info!(
        event.id = event.id(),
        event.kind = event.event_type(),
        attempt = event.attempt(),
        repository,
        "work"
    );
    Ok(())
}

/// Ends when an orchestrator, or a person with ctrl-c, says so.
async fn shutdown() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            ended = tokio::signal::ctrl_c() => ended,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// Where the inbox is: `INBOX`, else `hooks.db` here.
fn file() -> String {
    std::env::var("INBOX").unwrap_or_else(|_| "hooks.db".to_owned())
}
