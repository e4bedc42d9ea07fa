//! Routing by event type to plain async functions.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use crate::Event;
use crate::handoff::{BoxError, BoxFuture};

type Function = dyn Fn(Event) -> BoxFuture<'static, Result<(), BoxError>> + Send + Sync;

/// An async function that works an event.
#[derive(Clone)]
pub(crate) struct Handler(Arc<Function>);

impl Handler {
    pub(crate) fn new<F, R, E>(function: F) -> Self
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Self(Arc::new(move |event| {
            let work = function(event);
            Box::pin(async move { work.await.map_err(Into::into) })
        }))
    }

    pub(crate) fn call(&self, event: Event) -> BoxFuture<'static, Result<(), BoxError>> {
        (self.0)(event)
    }
}

/// Handlers by event type.
#[derive(Clone, Default)]
pub(crate) struct Routes {
    by_type: HashMap<String, Handler>,
    otherwise: Otherwise,
}

/// What happens to an event type that no handler is for.
#[derive(Clone, Default)]
pub(crate) enum Otherwise {
    /// Nothing was said: the wrapped handler gets it; where there is none, the sender is told 503.
    #[default]
    Unsaid,
    Handler(Handler),
    Ignore,
}

/// Where an event goes.
pub(crate) enum Route {
    Handler(Handler),
    Ignore,
    /// To the hand-off, or the wrapped handler.
    On,
}

impl Routes {
    pub(crate) fn add(&mut self, event_type: &str, handler: Handler) {
        self.by_type.insert(event_type.to_owned(), handler);
    }

    pub(crate) fn set_otherwise(&mut self, otherwise: Otherwise) {
        self.otherwise = otherwise;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_type.is_empty() && matches!(self.otherwise, Otherwise::Unsaid)
    }

    pub(crate) fn route(&self, event: &Event) -> Route {
        if self.is_empty() {
            return Route::On;
        }
        let found = event.event_type().and_then(|kind| self.by_type.get(kind));
        match (found, &self.otherwise) {
            (Some(handler), _) | (None, Otherwise::Handler(handler)) => Route::Handler(handler.clone()),
            (None, Otherwise::Ignore) => Route::Ignore,
            (None, Otherwise::Unsaid) => Route::On,
        }
    }
}

impl std::fmt::Debug for Routes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.by_type.keys()).finish()
    }
}
