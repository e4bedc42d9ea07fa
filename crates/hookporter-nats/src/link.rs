//! The connection to the server: questions and their answers, and whether it is there.

use std::pin::pin;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, HeaderMap, Message, Request};
use bytes::Bytes;
use hookporter_pipeline::inbox::store::{Fault, until_closed};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// How long an answer may take. Senders were told 503 long before.
pub(crate) const LATE: Duration = Duration::from_secs(5);
/// How often it is looked whether the connection is there.
const LOOK: Duration = Duration::from_millis(50);

/// The connection.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) client: Client,
    /// How often it was lost, told anew at every look: what was asked before a loss has no answer. Whoever waits looks at his time
    /// then, too: one timer for all, and none for each.
    looks: watch::Receiver<u64>,
}

impl Link {
    /// Looks after this client until `end`.
    pub(crate) fn new(client: Client, end: watch::Receiver<()>) -> Self {
        let (looked, looks) = watch::channel(0);
        tokio::spawn(look_after(client.clone(), looked, end));
        Self { client, looks }
    }

    /// Whether it is there, as far as is known.
    pub(crate) fn is_up(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Asks, and waits for the answer, as long as the connection is there.
    pub(crate) async fn ask(
        &self,
        subject: String,
        headers: Option<HeaderMap>,
        payload: Bytes,
    ) -> Result<Message, Fault> {
        let mut looks = self.looks.clone();
        let (losses, began) = (*looks.borrow_and_update(), Instant::now());
        if !self.is_up() {
            return Err(Fault::Store("the server cannot be reached".to_owned()));
        }
        let mut request = Request::new().payload(payload).timeout(None);
        if let Some(headers) = headers {
            request = request.headers(headers);
        }
        let mut asking = pin!(self.client.send_request(subject, request));
        loop {
            tokio::select! {
                biased;
                answer = &mut asking => return answer.map_err(fault),
                // An error says that nobody looks after it any more, since the inbox is closed.
                looked = looks.changed() => if looked.is_err() || *looks.borrow_and_update() != losses {
                    return Err(Fault::Store("the connection is gone".to_owned()));
                },
            }
            if began.elapsed() >= LATE {
                return Err(Fault::Store("the server does not answer".to_owned()));
            }
        }
    }
}

/// An error and its cause, in words.
pub(crate) fn fault<E: std::error::Error>(error: E) -> Fault {
    let said = error.to_string();
    let cause = error.source().map(ToString::to_string).filter(|cause| !said.contains(cause.as_str()));
    Fault::Store(cause.map_or_else(|| said.clone(), |cause| format!("{said}: {cause}")))
}

/// Notes when the connection is lost, and when it was lost and is there again.
async fn look_after(client: Client, looked: watch::Sender<u64>, end: watch::Receiver<()>) {
    let looking = async {
        let statistics = client.statistics();
        let (mut was_up, mut made) = (true, statistics.connects.load(Ordering::Relaxed));
        loop {
            sleep(LOOK).await;
            let is_up = client.connection_state() == State::Connected;
            let makes = statistics.connects.load(Ordering::Relaxed);
            let is_lost = was_up && (!is_up || makes != made);
            looked.send_modify(|losses| *losses = losses.wrapping_add(u64::from(is_lost)));
            if is_lost {
                tracing::warn!(target: "hookporter", "the inbox has lost its server");
            } else if is_up && !was_up {
                tracing::info!(target: "hookporter", "the inbox has its server again");
            }
            (was_up, made) = (is_up, makes);
        }
    };
    until_closed(end, looking).await;
}
