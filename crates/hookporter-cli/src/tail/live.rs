//! Following with keys, on a terminal.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{Event, poll, read};
use hookporter::operating::Selection;
use hookporter::{Clock, SystemClock};

use super::fate::Fates;
use super::follow::{Follower, Shared};
use super::keys::{View, Wish};
use super::screen::Screen;
use super::{Arguments, PAUSE};
use crate::failure::Failure;
use crate::receive::shutdown;
use crate::send;
use crate::store::Store;
use crate::style::Style;

pub(super) fn run(args: &Arguments, mut follower: Follower, begun: Vec<Shared>) -> Result<ExitCode, Failure> {
    let terminal = |error| Failure::system("the terminal", error);
    let is_over = ends_with_signals()?;
    let (mut view, mut fates) = (View::default(), Fates::new(args.events));
    begun.iter().for_each(|entry| fates.watch(entry));
    view.add(begun);
    // What comes in a pause.
    let mut waiting: Vec<Shared> = Vec::new();
    let screen = Screen::take().map_err(terminal)?;
    let mut is_stale = true;
    while !is_over.load(Ordering::Relaxed) {
        // A terminal that is gone is as good as the end.
        if is_stale && screen.draw(&view).is_err() {
            break;
        }
        is_stale = false;
        if poll(PAUSE).map_err(terminal)? {
            is_stale = true;
            if let Event::Key(key) = read().map_err(terminal)? {
                match view.press(key) {
                    Wish::Quit => break,
                    Wish::Replay(event) => view.message = replayed(follower.store(), event),
                    Wish::Nothing => {}
                }
            }
        } else {
            if let Some(new) = follower.news() {
                is_stale = true;
                new.iter().for_each(|entry| fates.watch(entry));
                waiting.extend(new);
            }
            if let Some(fate) = fates.changed(follower.store()).pop() {
                is_stale = true;
                view.message = fate.human(Style::plain());
            }
        }
        if !view.is_paused && !waiting.is_empty() {
            view.add(waiting.drain(..));
            is_stale = true;
        }
    }
    drop(screen);
    Ok(ExitCode::SUCCESS)
}

/// Set once a signal asks for the end: the terminal is given back first.
fn ends_with_signals() -> Result<Arc<AtomicBool>, Failure> {
    let is_over = Arc::new(AtomicBool::new(false));
    let set = is_over.clone();
    let runtime = send::runtime()?;
    let requested = {
        let _inside = runtime.enter();
        shutdown::requested().map_err(|error| Failure::system("signals", error))?
    };
    let wait = move || {
        runtime.block_on(requested);
        set.store(true, Ordering::Relaxed);
    };
    std::thread::Builder::new().spawn(wait).map_err(|error| Failure::system("a thread", error))?;
    Ok(is_over)
}

/// Has an event worked again; what is to be said of it.
fn replayed(store: &Store, event: i64) -> String {
    replay(store, event).unwrap_or_else(|failure| failure.to_string())
}

fn replay(store: &Store, event: i64) -> Result<String, Failure> {
    let (events, which) = (store.events(), Selection::all().numbers([event]));
    let reason = Some("by a key of `tail`".to_owned());
    if let Some(number) = store.wait(events.replay(which.clone(), reason, SystemClock.now()))? {
        return Ok(format!("event {event} is worked again: `hookporter inbox verdicts {number}` says how it goes"));
    }
    if store.wait(events.requeue(which))? > 0 {
        return Ok(format!("event {event} is due at once"));
    }
    Ok(format!("event {event} cannot be replayed: it is parked, being worked, or no longer kept"))
}
