//! Everything that any crate says through `tracing` or `log`, down to TRACE, watched for secrets.

use std::fmt::{self, Write};
use std::sync::{Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::attacks::CANARY;

/// What was said with the secret in it.
static LEAKS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// What Hookporter itself said.
static OURS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static ONCE: Once = Once::new();

/// Watches from now on, in the whole process.
pub fn watch() {
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Watch).unwrap();
        log::set_logger(&Watch).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// What was said with the secret in it; must stay empty.
pub fn leaks() -> Vec<String> {
    LEAKS.lock().unwrap().clone()
}

/// What Hookporter itself said that contains `part`.
pub fn ours_with(part: &str) -> Vec<String> {
    OURS.lock().unwrap().iter().filter(|text| text.contains(part)).cloned().collect()
}

/// How much Hookporter itself has said so far.
pub fn ours_count() -> usize {
    OURS.lock().unwrap().len()
}

/// What it has said since then.
pub fn ours_since(count: usize) -> Vec<String> {
    OURS.lock().unwrap()[count..].to_vec()
}

struct Watch;

fn note(target: &str, text: String) {
    if text.contains(CANARY) {
        LEAKS.lock().unwrap().push(text.clone());
    }
    if target.starts_with("hookporter") {
        OURS.lock().unwrap().push(text);
    }
}

/// The fields as a plain formatter writes them: text is not escaped for it.
pub struct Text(pub String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {}={value}", field.name()).unwrap();
    }
}

impl Subscriber for Watch {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut text = Text(span.metadata().name().to_owned());
        span.record(&mut text);
        note(span.metadata().target(), text.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut text = Text(String::new());
        values.record(&mut text);
        note("", text.0);
    }

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        note(event.metadata().target(), text.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl log::Log for Watch {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        note(record.target(), record.args().to_string());
    }

    fn flush(&self) {}
}
