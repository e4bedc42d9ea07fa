//! What `strace` wrote of a victim, as operations on the files of one directory, in the order in which they happened.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// Every call that changes a file or its name, and such as nobody here is to make.
const TRACED: &str = "trace=openat,open,creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,\
    copy_file_range,sendfile,splice,fdatasync,fsync,sync,syncfs,sync_file_range,msync,mmap,\
    rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,io_uring_setup";

/// Watches a victim. It writes with `O_APPEND` or at a place that it names, so no position is kept of a file.
pub(super) fn strace(log: &Path, disturbance: &[&str]) -> Command {
    let mut command = Command::new("strace");
    // Every text in hexadecimal and in full, every descriptor with its path.
    command.args(["-f", "-xx", "-yy", "-s", "16777216", "-e", TRACED]).args(disturbance).arg("-o").arg(log);
    command
}

/// One thing that a victim did.
#[derive(Debug)]
pub(super) enum Operation {
    /// Bytes into a file, at its end where no place is named.
    Write {
        file: String,
        at: Option<usize>,
        bytes: Vec<u8>,
    },
    Resize {
        file: String,
        length: usize,
    },
    Sync {
        file: String,
    },
    /// The names in the watched directory itself, which has no name; of one in it `Sync` says so.
    SyncDirectory,
    /// A file was opened, and made if it was not there.
    Create {
        file: String,
    },
    Remove {
        file: String,
    },
    Rename {
        from: String,
        to: String,
    },
    /// A second name.
    Link {
        from: String,
        to: String,
    },
    /// A line on stdout.
    Say(String),
}

/// A call is seen twice: what it does may have happened from its beginning on, and has happened at its end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moment {
    Begins(usize),
    Ends(usize),
}

/// What a recording passes over or takes on trust.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Habits {
    /// Parts of the names of files that are made anew by whoever misses them.
    pub(super) passing: &'static [&'static str],
    /// Files that are written from their beginning on where no place is named, and not at their end.
    pub(super) overwritten: &'static [&'static str],
    /// The directory in which victims live, below the watched one: names without a root are below it.
    pub(super) home: Option<&'static str>,
    /// The file system shows zeros where a file grew and its bytes did not come, and never what was on the disk before.
    pub(super) grows_with_zeros: bool,
}

/// Everything that happened in one directory.
#[derive(Debug, Default)]
pub(super) struct Recording {
    pub(super) habits: Habits,
    /// `None`: the call failed, or is none of ours.
    pub(super) operations: Vec<Option<Operation>>,
    pub(super) moments: Vec<Moment>,
}

impl Recording {
    /// Adds what one victim did. Its predecessors may have been killed, and the files have stayed.
    pub(super) fn add(&mut self, log: &str, directory: &Path) {
        // By process: the call that another one interrupted.
        let mut open: HashMap<&str, usize> = HashMap::new();
        for line in log.lines() {
            let (process, what) = line.split_once(' ').expect("a process and what it does");
            let what = what.trim_start();
            if let Some((_, rest)) = what.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
                let at = open.remove(process).expect("what goes on has begun");
                self.ends(at, result(rest));
            } else if let Some((name, rest)) = what.split_once('(').filter(|_| !what.starts_with(['+', '-'])) {
                let at = self.operations.len();
                let (arguments, ended) = match rest.split_once(" <unfinished ...>") {
                    Some((arguments, _)) => (arguments, None),
                    None => {
                        let (arguments, result) = rest.rsplit_once(" = ").expect("a call ends");
                        (arguments.trim_end().trim_end_matches(')'), Some(result))
                    }
                };
                self.operations.push(operation(name, arguments, directory, self.habits));
                self.moments.push(Moment::Begins(at));
                match ended {
                    Some(ended) => self.ends(at, result(ended)),
                    None => _ = open.insert(process, at),
                }
            }
        }
        open.into_values().for_each(|at| self.was_killed_in(at));
    }

    fn ends(&mut self, at: usize, result: Option<i64>) {
        let Some(result) = result else { return self.was_killed_in(at) };
        match (&mut self.operations[at], usize::try_from(result)) {
            (operation, Err(_)) => *operation = None,
            (Some(Operation::Write { bytes, .. }), Ok(written)) => bytes.truncate(written),
            _ => {}
        }
        self.moments.push(Moment::Ends(at));
    }

    /// The call never came back. A sync has promised nothing then; of a change nobody knows whether the next process sees it.
    fn was_killed_in(&mut self, at: usize) {
        let operation = self.operations[at].take_if(|operation| !matches!(operation, Operation::Say(_)));
        let is_sync = matches!(operation, None | Some(Operation::Sync { .. } | Operation::SyncDirectory));
        assert!(is_sync, "a victim is to be killed where it syncs, and not in {operation:?}");
    }

    /// What was said, from the beginning.
    pub(super) fn said(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().filter_map(|operation| match operation {
            Some(Operation::Say(text)) => Some(&**text),
            _ => None,
        })
    }
}

/// The number that a call gave; `None` where it never came back.
fn result(text: &str) -> Option<i64> {
    let text = text.rsplit("= ").next().unwrap_or(text).trim();
    let number = text.split([' ', '<']).next().unwrap_or(text);
    match number {
        "?" => None,
        // Where memory was mapped.
        _ if number.starts_with("0x") => Some(0),
        _ => Some(number.parse().unwrap_or_else(|_| panic!("a result: {text}"))),
    }
}

/// What a call does in the directory; `None` where it does nothing there.
fn operation(name: &str, arguments: &str, directory: &Path, habits: Habits) -> Option<Operation> {
    let arguments: Vec<&str> = arguments.split(", ").collect();
    let ours = |path: &str| {
        let path = match habits.home {
            Some(home) if Path::new(path).is_relative() => directory.join(home).join(path),
            _ => path.into(),
        };
        let name = path.strip_prefix(directory).ok().filter(|name| *name != OsStr::new(""))?.to_str()?;
        (!habits.passing.iter().any(|part| name.contains(part))).then(|| name.to_owned())
    };
    let by_number = |at: usize| arguments.get(at).and_then(|argument| ours(&opened(argument)?));
    let by_name = |at: usize| arguments.get(at).and_then(|argument| ours(&text(argument)?));
    let number = |at: usize| arguments[at].parse::<usize>().expect("a number");
    let bytes = || unescaped(arguments[1].trim_matches('"'));
    match name {
        "write" if arguments[0].starts_with("1<") => {
            Some(Operation::Say(String::from_utf8_lossy(&bytes()).into_owned()))
        }
        "write" => {
            let file = by_number(0)?;
            let at = habits.overwritten.contains(&&*file).then_some(0);
            Some(Operation::Write { file, at, bytes: bytes() })
        }
        "pwrite64" => Some(Operation::Write { file: by_number(0)?, at: Some(number(3)), bytes: bytes() }),
        "ftruncate" => Some(Operation::Resize { file: by_number(0)?, length: number(1) }),
        "fdatasync" | "fsync" if opened(arguments[0])? == directory.to_str()? => Some(Operation::SyncDirectory),
        "fdatasync" | "fsync" => Some(Operation::Sync { file: by_number(0)? }),
        "openat" => {
            let file = by_name(1)?;
            assert!(!arguments[2].contains("O_TRUNC"), "nobody here empties {file} by opening it");
            arguments[2].contains("O_CREAT").then_some(Operation::Create { file })
        }
        "unlink" => Some(Operation::Remove { file: by_name(0)? }),
        "unlinkat" => Some(Operation::Remove { file: by_name(1)? }),
        "rename" => Some(Operation::Rename { from: by_name(0)?, to: by_name(1)? }),
        "renameat" => Some(Operation::Rename { from: by_name(1)?, to: by_name(3)? }),
        "link" => Some(Operation::Link { from: by_name(0)?, to: by_name(1)? }),
        "pwritev" => {
            let parts = arguments.iter().filter_map(|argument| Some(argument.split_once("iov_base=")?.1));
            let bytes = parts.flat_map(|part| unescaped(part.trim_matches('"'))).collect();
            Some(Operation::Write { file: by_number(0)?, at: Some(number(arguments.len() - 1)), bytes })
        }
        "fallocate" => Some(Operation::Resize { file: by_number(0)?, length: number(2) + number(3) }),
        // It promises nothing.
        "sync_file_range" => None,
        "mmap" if !arguments[3].contains("MAP_SHARED") => None,
        _ => {
            let touched = (0..arguments.len()).find_map(|at| by_number(at).or_else(|| by_name(at)));
            assert!(touched.is_none(), "{name} of {touched:?} is not simulated");
            assert_ne!(name, "io_uring_setup", "what a ring does is not seen");
            None
        }
    }
}

/// The path beside a descriptor's number.
fn opened(argument: &str) -> Option<String> {
    let (_, path) = argument.split_once('<')?;
    Some(String::from_utf8_lossy(&unescaped(path.trim_end_matches('>'))).into_owned())
}

fn text(argument: &str) -> Option<String> {
    let inner = argument.strip_prefix('"')?.strip_suffix('"')?;
    Some(String::from_utf8_lossy(&unescaped(inner)).into_owned())
}

/// Bytes, from `\x2f` for each.
fn unescaped(text: &str) -> Vec<u8> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit - b'a' + 10,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4);
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [b'\\', b'x', high, low, rest @ ..] => {
                bytes.push(nibble(*high) << 4 | nibble(*low));
                rest
            }
            [plain, rest @ ..] => {
                bytes.push(*plain);
                rest
            }
            [] => return bytes,
        };
    }
}
