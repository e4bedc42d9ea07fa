//! A worker's function that is put together from one for each type of event.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use crate::Event;
use crate::handoff::BoxFuture;
use crate::inbox::WorkError;
use crate::inbox::worker::{Function, boxed};

/// Functions of a worker by the type of the event; the last call says what becomes of events of other types, and gives the
/// function that the worker takes.
///
/// Not to be mixed up with [`Endpoint::on`](crate::Endpoint::on), whose functions run before the sender is told 2xx: events
/// of their types do not go to the inbox.
///
/// ```
/// use hookporter_pipeline::{Event, inbox::{ByType, WorkError, Worker, WorkingSide}};
///
/// async fn paid(event: Event) -> Result<(), WorkError> {
///     println!("{:?} is paid", event.member("/data/object/id"));
///     Ok(())
/// }
/// async fn gone(_: Event) -> Result<(), std::io::Error> {
///     Ok(())
/// }
///
/// fn worker(inbox: impl WorkingSide) -> Worker {
///     Worker::new(inbox, ByType::new().on("invoice.paid", paid).on("customer.deleted", gone).park_others())
/// }
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct ByType(HashMap<String, Arc<Function>>);

impl ByType {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Works events of this type with this function; a second one for a type replaces the first.
    pub fn on<F, R, E>(mut self, event_type: &str, function: F) -> Self
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<WorkError>,
    {
        self.0.insert(event_type.to_owned(), boxed(function));
        self
    }

    /// Works every other event, also one without a type, with this function.
    pub fn otherwise<F, R, E>(
        self,
        function: F,
    ) -> impl Fn(Event) -> BoxFuture<'static, Result<(), WorkError>> + Clone + Send + Sync + 'static
    where
        F: Fn(Event) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<WorkError>,
    {
        let (by_type, otherwise) = (Arc::new(self.0), boxed(function));
        move |event: Event| {
            let found = event.event_type().and_then(|kind| by_type.get(kind));
            found.unwrap_or(&otherwise)(event)
        }
    }

    /// Parks every other event: it is kept until somebody releases it, after a deploy that handles its type, say.
    pub fn park_others(
        self,
    ) -> impl Fn(Event) -> BoxFuture<'static, Result<(), WorkError>> + Clone + Send + Sync + 'static {
        self.otherwise(|event: Event| std::future::ready(Err(no_function(event.event_type()))))
    }

    /// Takes every other event for done: nothing is to be done for it.
    pub fn ignore_others(
        self,
    ) -> impl Fn(Event) -> BoxFuture<'static, Result<(), WorkError>> + Clone + Send + Sync + 'static {
        self.otherwise(|_| std::future::ready(Ok::<(), WorkError>(())))
    }
}

fn no_function(event_type: Option<&str>) -> WorkError {
    WorkError::park(match event_type {
        Some(event_type) => format!("the worker has no function for the type `{event_type}`"),
        None => "the event has no type, and the worker no function for such".to_owned(),
    })
}

impl fmt::Debug for ByType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
