//! Tasks on the worker's own thread: actix services are not `Send`.

use std::future::Future;
use std::pin::Pin;

use hookporter_pipeline::{Driver, Panicked, Spawn, Worked};
use tokio::task::JoinHandle;

/// Spawns on the thread at hand, as every actix worker can.
pub(crate) struct LocalSpawn;

impl<F> Spawn<F> for LocalSpawn
where
    F: Future + 'static,
    F::Output: Worked + 'static,
{
    fn spawn(&self, driver: Pin<Box<Driver<F>>>) -> JoinHandle<Result<F::Output, Panicked>> {
        tokio::task::spawn_local(driver)
    }
}
