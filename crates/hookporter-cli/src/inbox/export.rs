//! Export: events as JSON lines, one a line, in a form that can be read back.

mod line;

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use hookporter::operating::{MovingSide, Page, Selection};

use super::filter::Filter;
use super::{Arguments, mend, open, show};
use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;
use crate::store::Store;
use line::Line;

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
    let store = open(args)?;
    let which = export.filter.selection();
    let mut left = export.filter.part.numbers();
    let Some(path) = &export.output else {
        let written = lines(&store, &which, BufWriter::new(io::stdout().lock()), |number| {
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
    let progress = Progress::new(|| mend::count(&store, &which))?;
    let mut count = 0_usize;
    let written = lines(&store, &which, BufWriter::new(&file), |number| {
        left.retain(|one| *one != number);
        count = count.saturating_add(1);
        // A terminal is slower than a file.
        if count.is_multiple_of(100) {
            progress.draw(count);
        }
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
    store: &Store,
    which: &Selection,
    mut out: impl Write,
    mut written: impl FnMut(i64),
) -> Result<usize, Stopped> {
    let (events, moving) = (store.events(), store.moving());
    let (mut after, mut left_out) = (0, 0_usize);
    loop {
        let page = store.wait(events.select(which.clone(), Page::After(after), PAGE)).map_err(Stopped::Reading)?;
        let Some(last) = page.last() else { break };
        after = last.number;
        for listed in &page {
            match line(store, &*moving, listed.number, &mut out) {
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

fn line(store: &Store, moving: &dyn MovingSide, number: i64, mut out: impl Write) -> Result<(), Stopped> {
    let reading = |failure: Failure| Stopped::Reading(failure.about(format_args!("event {number}")));
    // One that was erased meanwhile is not there.
    let Some(moved) = store.wait(moving.moved(number)).map_err(reading)? else { return Ok(()) };
    output::write_json(&mut out, &Line::of(&moved)).and_then(|()| out.write_all(b"\n")).map_err(Stopped::Writing)
}
