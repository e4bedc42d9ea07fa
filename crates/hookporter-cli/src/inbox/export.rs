//! Export: events as JSON lines, one a line, in a form that can be read back.
//!
//! Each line is one object:
//!
//! - `form`: 1, the version of this form. Whoever reads it leaves lines of a higher one alone, and members that it does not
//!   know.
//! - `number`, `state`, `endpoint`, `tenant`, `event_id`, `event_type`, `received_ms`, `due_ms`, `finished_ms` (Unix time in
//!   milliseconds), `attempts`, `last_error`: as the inbox lists it; what there is none of is null.
//! - `attempt_log`: an array of `started_ms`, `ended_ms`, `outcome`, `error`.
//! - `record`: what is kept of the request, or null once that was swept: `format`, `provider`, `identity`, `api_version`,
//!   `signed` (which of `event_id`, `event_type`, `api_version` the proof covers), `method`, `target`, `headers` (an array of
//!   name and value), `body`, `payload` (null: the body itself), `coverage`, `key_id`, `sent_ms`, `lane`, `peer`,
//!   `sealed_by` (the key that headers, body and payload are encrypted with), `edited`.
//! - `original`: of an edited event what came in: `body`, `payload`, `coverage`, `edited_ms`, `reason`; else null.
//!
//! Bytes (`identity`, the values of headers, `body`, `payload`) are a string where they are UTF-8, else an object
//! `{"base64": "…"}`. No character stands in it that a terminal acts upon; escapes of JSON stand for them.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use hookporter::UnixTime;
use hookporter::inbox::{EventRecord, RecordLabel};
use hookporter::sqlite::{Attempted, Listed, Original, Reader, Selection};
use serde::{Serialize, Serializer};

use super::filter::Filter;
use super::progress::Progress;
use super::{Arguments, failed, mend, reader, show};
use crate::failure::Failure;
use crate::output;

/// How many events are looked up at a time; their bodies are read one by one.
const PAGE: usize = 200;

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    filter: Filter,
    /// Write to this file, which must not be there yet, instead of stdout
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Arguments, export: &Export) -> Result<ExitCode, Failure> {
    let reader = reader(args)?;
    let which = export.filter.selection();
    let mut left = export.filter.part.numbers();
    let Some(path) = &export.output else {
        let written = lines(&reader, &which, BufWriter::new(io::stdout().lock()), |number| {
            left.retain(|one| *one != number);
        });
        return match written {
            // Whoever does not read on does not want more.
            Err(Stopped::Writing(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            Err(stopped) => Err(stopped.failure("stdout")),
            Ok(left_out) => whole(left_out, &left),
        };
    };
    let shown = output::escaped(&path.display().to_string());
    let file = private(path).map_err(|error| Failure::usage(format!("--output {shown}: {error}")))?;
    let progress = Progress::new(|| mend::count(args, &which))?;
    let mut count = 0_usize;
    let written = lines(&reader, &which, BufWriter::new(&file), |number| {
        left.retain(|one| *one != number);
        count = count.saturating_add(1);
        progress.draw(count);
    });
    progress.end();
    let synced = written.and_then(|left_out| file.sync_all().map(|()| left_out).map_err(Stopped::Writing));
    let left_out = synced.map_err(|stopped| {
        // Half an export looks like a whole one.
        let _ = std::fs::remove_file(path);
        stopped.failure(&shown)
    })?;
    output::say(&show::counted(count, args.json));
    whole(left_out, &left)
}

/// A new file for its owner's eyes only: bodies are other people's.
fn private(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Why it is not whole.
enum Stopped {
    Reading(Failure),
    Writing(io::Error),
}

impl Stopped {
    fn failure(self, what: &str) -> Failure {
        match self {
            Self::Reading(failure) => failure,
            Self::Writing(error) => Failure::system(what, error),
        }
    }
}

/// Writes the events, each as it is at that moment; one at a time is held. Tells of each that is written; how many could not
/// be read.
fn lines(
    reader: &Reader,
    which: &Selection,
    mut out: impl Write,
    mut written: impl FnMut(i64),
) -> Result<usize, Stopped> {
    let reading = |error| Stopped::Reading(failed(error));
    let (mut after, mut left_out) = (0, 0_usize);
    loop {
        let page = reader.select(which, after, PAGE).map_err(reading)?;
        let Some(last) = page.last() else { break };
        after = last.number;
        for listed in &page {
            match line(reader, listed, &mut out) {
                Ok(()) => written(listed.number),
                // One that cannot be read keeps nobody from the others.
                Err(Stopped::Reading(failure)) => {
                    output::complain(format_args!("left out: {failure}"));
                    left_out = left_out.saturating_add(1);
                }
                Err(stopped) => return Err(stopped),
            }
        }
    }
    out.flush().map_err(Stopped::Writing)?;
    Ok(left_out)
}

/// Whether everything that was asked for is there.
fn whole(left_out: usize, left: &[i64]) -> Result<ExitCode, Failure> {
    if left_out > 0 {
        return Err(Failure::Run(format!("{left_out} events could not be read and are left out")));
    }
    mend::none_left_out(left)
}

fn line(reader: &Reader, listed: &Listed, mut out: impl Write) -> Result<(), Stopped> {
    let reading = |error| Stopped::Reading(failed(error).about(format_args!("event {}", listed.number)));
    let record = reader.inspect(listed.number).map_err(reading)?.map(|(_, record)| record);
    let attempts = reader.attempts(listed.number).map_err(reading)?;
    let is_edited = record.as_ref().is_some_and(|record| record.edited);
    let original = if is_edited { reader.original(listed.number).map_err(reading)? } else { None };
    let line = Line::of(listed, record.as_ref(), &attempts, original.as_ref());
    output::write_json(&mut out, &line).and_then(|()| out.write_all(b"\n")).map_err(Stopped::Writing)
}

/// Text where it is that, else base64.
struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Encoded {
            base64: String,
        }
        match std::str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Encoded { base64: STANDARD.encode(self.0) }.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    form: u32,
    number: i64,
    state: &'static str,
    endpoint: &'a str,
    tenant: Option<&'a str>,
    event_id: Option<&'a str>,
    event_type: Option<&'a str>,
    received_ms: i64,
    due_ms: Option<i64>,
    finished_ms: Option<i64>,
    attempts: u32,
    last_error: Option<&'a str>,
    attempt_log: Vec<Attempt<'a>>,
    record: Option<Record<'a>>,
    original: Option<Came<'a>>,
}

#[derive(Serialize)]
struct Attempt<'a> {
    started_ms: i64,
    ended_ms: Option<i64>,
    outcome: Option<&'a str>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct Record<'a> {
    format: u32,
    provider: &'a str,
    identity: Option<Bytes<'a>>,
    api_version: Option<&'a str>,
    signed: Vec<&'static str>,
    method: &'a str,
    target: &'a str,
    headers: Vec<(&'a str, Bytes<'a>)>,
    body: Bytes<'a>,
    payload: Option<Bytes<'a>>,
    coverage: &'static str,
    key_id: &'a str,
    sent_ms: Option<i64>,
    lane: Option<&'a str>,
    peer: Option<&'a str>,
    sealed_by: Option<&'a str>,
    edited: bool,
}

#[derive(Serialize)]
struct Came<'a> {
    body: Bytes<'a>,
    payload: Option<Bytes<'a>>,
    coverage: &'static str,
    edited_ms: i64,
    reason: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn of(
        listed: &'a Listed,
        record: Option<&'a EventRecord>,
        attempts: &'a [Attempted],
        original: Option<&'a Original>,
    ) -> Self {
        Self {
            form: 1,
            number: listed.number,
            state: listed.state.as_str(),
            endpoint: &listed.endpoint,
            tenant: listed.tenant.as_deref(),
            event_id: listed.event_id.as_deref(),
            event_type: listed.event_type.as_deref(),
            received_ms: listed.received_at.as_millis(),
            due_ms: listed.due_at.map(UnixTime::as_millis),
            finished_ms: listed.finished_at.map(UnixTime::as_millis),
            attempts: listed.attempts,
            last_error: listed.last_error.as_deref(),
            attempt_log: attempts.iter().map(Attempt::of).collect(),
            record: record.map(Record::of),
            original: original.map(Came::of),
        }
    }
}

impl<'a> Attempt<'a> {
    fn of(attempt: &'a Attempted) -> Self {
        Self {
            started_ms: attempt.started_at.as_millis(),
            ended_ms: attempt.ended_at.map(UnixTime::as_millis),
            outcome: attempt.outcome.as_deref(),
            error: attempt.error.as_deref(),
        }
    }
}

impl<'a> Record<'a> {
    fn of(record: &'a EventRecord) -> Self {
        let labels =
            [("event_id", &record.event_id), ("event_type", &record.event_type), ("api_version", &record.api_version)];
        let signed = |label: &Option<RecordLabel>| label.as_ref().is_some_and(|label| label.signed);
        Self {
            format: record.format,
            provider: &record.provider,
            identity: record.identity.as_deref().map(Bytes),
            api_version: record.api_version.as_ref().map(|label| &*label.text),
            signed: labels.iter().filter(|(_, label)| signed(label)).map(|(name, _)| *name).collect(),
            method: &record.method,
            target: &record.target,
            headers: record.headers.iter().map(|(name, value)| (&**name, Bytes(value))).collect(),
            body: Bytes(&record.body),
            payload: record.payload.as_deref().map(Bytes),
            coverage: record.coverage.as_str(),
            key_id: &record.key_id,
            sent_ms: record.sent_at.map(UnixTime::as_millis),
            lane: record.lane.as_deref(),
            peer: record.peer.as_deref(),
            sealed_by: record.sealed_by.as_deref(),
            edited: record.edited,
        }
    }
}

impl<'a> Came<'a> {
    fn of(original: &'a Original) -> Self {
        Self {
            body: Bytes(&original.body),
            payload: original.payload.as_deref().map(Bytes),
            coverage: original.coverage.as_str(),
            edited_ms: original.edited_at.as_millis(),
            reason: original.reason.as_deref(),
        }
    }
}
