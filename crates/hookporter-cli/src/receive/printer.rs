//! The printer: a thread of its own that writes the lines, so that no slow reader keeps a sender waiting.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use hookporter::{Event, Observer, Record};

use super::line;
use crate::output;
use crate::style::Style;

/// How many lines wait for a slow reader; a record is below 1 kB, but for its path.
const CAPACITY: usize = 1024;
/// How often it is looked at the end whether the last lines are written: for one second.
const LOOKS: u32 = 200;
/// The pause after a look.
const PAUSE: Duration = Duration::from_millis(5);

/// Writes lines until it is told to finish.
pub(crate) struct Printer {
    messages: SyncSender<Message>,
    dropped: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

enum Message {
    Line(String),
    Worked(Event),
    // Made a line by the printer: the request's task has other work.
    Record(Box<Record>),
    End,
}

impl Printer {
    pub(crate) fn start(json: bool) -> io::Result<Self> {
        let (messages, received) = sync_channel(CAPACITY);
        let dropped = Arc::new(AtomicU64::new(0));
        let count = dropped.clone();
        let thread =
            std::thread::Builder::new().name("printer".to_owned()).spawn(move || write_all(&received, &count, json))?;
        Ok(Self { messages, dropped, thread })
    }

    /// Says one line before any request is shown.
    pub(crate) fn say(&self, line: String) {
        // Fails only without a printer, which then has said why.
        let _ = self.messages.send(Message::Line(line));
    }

    /// Shows every request, or counts it where the reader is too slow.
    pub(crate) fn observer(&self) -> impl Observer + use<> {
        let (messages, dropped) = (self.messages.clone(), self.dropped.clone());
        move |record: &Record| {
            let message = Message::Record(Box::new(record.clone()));
            if let Err(TrySendError::Full(_)) = messages.try_send(message) {
                dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Shows every event that is worked.
    pub(crate) fn worked(&self) -> Worked {
        Worked { messages: self.messages.clone() }
    }

    /// Waits for the lines that were not written yet; not for ever, where nobody reads them.
    pub(crate) fn finish(self) {
        let mut told = false;
        for _ in 0..LOOKS {
            told = told || self.messages.try_send(Message::End).is_ok();
            if self.thread.is_finished() {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        complain_of(&self.dropped);
    }
}

/// Shows events that are worked.
#[derive(Clone)]
pub(crate) struct Worked {
    messages: SyncSender<Message>,
}

impl Worked {
    /// Ends when the printer has it: an event that waits for a slow reader is still in the inbox.
    pub(crate) async fn show(&self, event: &Event) {
        while let Err(TrySendError::Full(_)) = self.messages.try_send(Message::Worked(event.clone())) {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn write_all(messages: &Receiver<Message>, dropped: &AtomicU64, json: bool) {
    let (mut closed, style) = (false, Style::of_stdout());
    while let Ok(message) = messages.recv() {
        let line = match message {
            Message::End => return,
            _ if closed => continue,
            Message::Line(line) => line,
            Message::Worked(event) if json => line::worked_json(&event),
            Message::Worked(event) => line::worked_human(&event),
            Message::Record(record) if json => line::json(&record),
            Message::Record(record) => line::human(&record, style),
        };
        if output::print(&line).is_err() {
            closed = true;
            output::complain(format_args!("stdout is closed: requests are answered, but no longer shown"));
        }
        complain_of(dropped);
    }
}

fn complain_of(dropped: &AtomicU64) {
    let count = dropped.swap(0, Ordering::Relaxed);
    if count > 0 {
        output::complain(format_args!("{count} requests were answered, but not shown: stdout is read too slowly"));
    }
}
