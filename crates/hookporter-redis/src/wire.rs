//! The connection of the workers of a process: what they ask at the same time goes in one go, and shares a sync.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use hookporter_pipeline::inbox::store::{Fault, Moment};
use redis::{Cmd, Value};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::connect::{self, Connected, Opener};
use crate::fault::{Remedy, remedy};
use crate::scripts::Script;

/// How long a word of a worker's may take.
const LATE: Duration = Duration::from_secs(6);

/// The connection, made when it is needed and made anew when it is broken.
#[derive(Debug)]
pub(crate) struct Wire {
    opener: Opener,
    current: Mutex<Option<Arc<Connected>>>,
    /// How often it was tried in vain to get one.
    tries: AtomicU32,
    closed: AtomicBool,
}

impl Wire {
    pub(crate) fn new(opener: Opener) -> Self {
        Self { opener, current: Mutex::default(), tries: AtomicU32::new(0), closed: AtomicBool::new(false) }
    }

    /// Calls a script with these arguments behind those of the moment.
    pub(crate) async fn call<F>(&self, script: Script, moment: Moment, add: F) -> Result<Value, Fault>
    where
        F: Fn(&mut Cmd) + Send + Sync,
    {
        if let Ok(answer) = timeout(LATE, self.called(script, moment, add)).await {
            return answer;
        }
        *self.current.lock().await = None;
        Err(Fault::Store("the server does not answer".to_owned()))
    }

    async fn called<F>(&self, script: Script, moment: Moment, add: F) -> Result<Value, Fault>
    where
        F: Fn(&mut Cmd) + Send + Sync,
    {
        let mut again = true;
        loop {
            let connected = self.connected().await?;
            let mut call = connected.scripts.call(script, moment);
            add(&mut call);
            let error = match call.query_async(&mut connected.connection.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let remedy = remedy(&error);
            if remedy != Remedy::Tell {
                self.forget(&connected).await;
            }
            if remedy != Remedy::Reload || !again {
                return Err(Fault::Store(error.to_string()));
            }
            again = false;
        }
    }

    /// Nothing is asked any more.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        *self.current.lock().await = None;
    }

    async fn connected(&self) -> Result<Arc<Connected>, Fault> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Fault::Closed);
        }
        // Held while it is made: the others wait for this one.
        let mut current = self.current.lock().await;
        if let Some(connected) = &*current {
            return Ok(connected.clone());
        }
        let tries = self.tries.fetch_add(1, Ordering::Relaxed);
        let patience = if tries % 4 == 3 { connect::PATIENT } else { connect::SHORT };
        let connected = self.opener.connect(patience).await.map_err(|error| Fault::Store(error.to_string()))?;
        self.tries.store(0, Ordering::Relaxed);
        let connected = Arc::new(connected);
        *current = Some(connected.clone());
        Ok(connected)
    }

    async fn forget(&self, broken: &Arc<Connected>) {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|current| Arc::ptr_eq(current, broken)) {
            *current = None;
        }
    }
}
