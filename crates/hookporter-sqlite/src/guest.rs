//! Functions of the user's on the writer's connection: within one transaction with others, so they are hemmed in.
//!
//! While one runs, SQLite is asked to refuse what would end the transaction or touch the inbox's own tables, and to stop
//! statements when the time is over. The two callbacks are put in once, when the file is opened, and learn from their thread
//! whether a function runs: SQLite calls them on the thread that runs the statement.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, ErrorCode};
use tokio::time::Instant;

/// How many steps of SQLite's machine pass between two looks at the time: some tens of microseconds.
const STEPS: i32 = 1000;
/// The savepoint that a function runs in.
const SAVEPOINT: &str = "hookporter_guest";
/// The tables of the inbox; a function may read them.
const OURS: [&str; 11] = [
    "events",
    "numbered",
    "contents",
    "attempts",
    "replays",
    "replayed",
    "requests",
    "requests_lost",
    "refused",
    "refused_contents",
    "sqlite_sequence",
];
/// Its views, for people.
const VIEWS: [&str; 2] = ["journal", "requests_journal"];
/// What a function may ask of SQLite itself: what its own tables are like.
const PRAGMAS: [&str; 7] =
    ["table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list", "foreign_key_check"];

/// A function that runs now.
#[derive(Clone, Copy)]
struct Guest {
    until: Option<Instant>,
    /// A statement of it was stopped.
    stopped: bool,
}

thread_local! {
    static GUEST: Cell<Option<Guest>> = const { Cell::new(None) };
}

/// What a function said, or its panic; and whether a statement of it was stopped.
pub(crate) struct Said<T> {
    pub(crate) answer: Result<T, Box<dyn Any + Send>>,
    pub(crate) stopped: bool,
    pub(crate) took: Duration,
}

/// Readies a connection for functions of the user's.
pub(crate) fn ready(connection: &mut Connection) {
    // Older releases of the library return nothing, newer ones fail for connections that it did not open itself.
    let _ = connection.progress_handler(STEPS, Some(is_to_stop));
    let _ = connection.authorizer(Some(judge));
}

/// Runs a function, which has so long for its SQL.
pub(crate) fn call<T>(longest: Option<Duration>, function: impl FnOnce() -> T) -> Said<T> {
    let begun = Instant::now();
    let until = longest.and_then(|longest| begun.checked_add(longest));
    GUEST.set(Some(Guest { until, stopped: false }));
    // Whatever it left half done is rolled back.
    let answer = catch_unwind(AssertUnwindSafe(function));
    let stopped = GUEST.take().is_some_and(|guest| guest.stopped);
    Said { answer, stopped, took: begun.elapsed() }
}

/// Asked by SQLite all along.
fn is_to_stop() -> bool {
    let Some(guest) = GUEST.get() else { return false };
    let stops = guest.until.is_some_and(|until| Instant::now() >= until);
    if stops {
        GUEST.set(Some(Guest { stopped: true, ..guest }));
    }
    stops
}

/// Asked by SQLite while it prepares a statement.
fn judge(context: AuthContext<'_>) -> Authorization {
    if GUEST.get().is_none() || is_allowed(&context.action) { Authorization::Allow } else { Authorization::Deny }
}

fn is_allowed(action: &AuthAction<'_>) -> bool {
    let ours = |name: &str| OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name));
    match action {
        AuthAction::Transaction { .. } | AuthAction::Attach { .. } | AuthAction::Detach { .. } => false,
        AuthAction::DropView { view_name } => !VIEWS.iter().any(|ours| ours.eq_ignore_ascii_case(view_name)),
        AuthAction::Savepoint { savepoint_name, .. } => !savepoint_name.eq_ignore_ascii_case(SAVEPOINT),
        AuthAction::Pragma { pragma_name, .. } => PRAGMAS.iter().any(|known| known.eq_ignore_ascii_case(pragma_name)),
        AuthAction::Insert { table_name }
        | AuthAction::Update { table_name, .. }
        | AuthAction::Delete { table_name }
        | AuthAction::DropTable { table_name }
        | AuthAction::AlterTable { table_name, .. }
        | AuthAction::CreateTrigger { table_name, .. }
        | AuthAction::CreateTempTrigger { table_name, .. }
        | AuthAction::DropTrigger { table_name, .. }
        | AuthAction::CreateIndex { table_name, .. }
        | AuthAction::DropIndex { table_name, .. } => !ours(table_name),
        _ => true,
    }
}

/// A savepoint within the transaction of the batch.
pub(crate) struct Savepoint<'c>(&'c Connection);

impl<'c> Savepoint<'c> {
    pub(crate) fn begin(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection.prepare_cached(&format!("SAVEPOINT {SAVEPOINT}"))?.execute([])?;
        Ok(Self(connection))
    }

    /// Keeps what was done since. Fails if the transaction is not the same any more.
    pub(crate) fn keep(self) -> rusqlite::Result<()> {
        self.end("RELEASE")
    }

    /// Undoes what was done since. Fails if the transaction is not the same any more.
    pub(crate) fn undo(self) -> rusqlite::Result<()> {
        self.end("ROLLBACK TO")?;
        self.keep()
    }

    fn end(&self, how: &str) -> rusqlite::Result<()> {
        // Some failures end the whole transaction: a statement that was stopped while it wrote, `ON CONFLICT ROLLBACK`.
        if self.0.is_autocommit() {
            return Err(broken());
        }
        match self.0.prepare_cached(&format!("{how} {SAVEPOINT}")).and_then(|mut end| end.execute([])) {
            // There is no such savepoint: it was ended by hand, perhaps with the transaction and a new one begun.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::Unknown) => Err(broken()),
            ended => ended.map(|_| ()),
        }
    }
}

/// The transaction was ended by a function within it. No code of SQLite's: the failure is that of one job.
fn broken() -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure("a function ended the transaction that it was to be a part of".into())
}

/// What a panic said, where it said it in text.
pub(crate) fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("without a text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_inbox_is_known_as_such() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::schema::migrate(&mut connection).unwrap();
        let named = |kind: &str| -> Vec<String> {
            let mut names = connection.prepare("SELECT name FROM sqlite_master WHERE type = ?1").unwrap();
            names.query_map([kind], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        for table in named("table") {
            assert!(OURS.contains(&&*table), "a function of a user's may write to `{table}`");
        }
        assert!(named("view").iter().all(|view| VIEWS.contains(&&**view)), "{:?}", named("view"));
    }
}
