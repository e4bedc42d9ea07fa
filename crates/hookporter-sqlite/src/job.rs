//! A piece of work for the writer: what it does in the transaction, and who hears of the end.

use hookporter_pipeline::inbox::store::Fault;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::accept::Inserts;

/// What the writer runs in a transaction together with others.
pub(crate) trait Step: Send {
    /// Does it. It may be run again after a roll-back.
    fn run<'c>(&mut self, connection: &'c Connection, inserts: &mut Inserts<'c>) -> rusqlite::Result<()>;

    /// Tells whoever waits: the transaction is durable, or it is not.
    fn conclude(self: Box<Self>, fault: Option<&Fault>);

    /// Whether workers are to look, now that it is done.
    fn wakes(&self) -> bool;
}

/// Whether a step changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Reads,
    Writes,
}

/// A step, and how many bytes of records it holds.
pub(crate) struct Job {
    pub(crate) step: Box<dyn Step>,
    pub(crate) weight: usize,
    pub(crate) effect: Effect,
}

/// A step that is a function, and its answer.
struct Ask<F, T> {
    function: F,
    answer: Option<(T, bool)>,
    reply: oneshot::Sender<Result<T, Fault>>,
}

impl<F, T> Step for Ask<F, T>
where
    F: FnMut(&Connection) -> rusqlite::Result<(T, bool)> + Send,
    T: Send,
{
    fn run<'c>(&mut self, connection: &'c Connection, _: &mut Inserts<'c>) -> rusqlite::Result<()> {
        self.answer = Some((self.function)(connection)?);
        Ok(())
    }

    fn conclude(self: Box<Self>, fault: Option<&Fault>) {
        tell(self.reply, self.answer.map(|(answer, _)| answer), fault);
    }

    fn wakes(&self) -> bool {
        self.answer.as_ref().is_some_and(|(_, wakes)| *wakes)
    }
}

/// Tells whoever asked; they may be gone, and what is done is done.
pub(crate) fn tell<T>(reply: oneshot::Sender<Result<T, Fault>>, answer: Option<T>, fault: Option<&Fault>) {
    let answer = match (fault, answer) {
        (None, Some(answer)) => Ok(answer),
        (Some(fault), _) => Err(fault.clone()),
        (None, None) => Err(Fault::Closed),
    };
    let _ = reply.send(answer);
}

/// A job of a function, and its answer's other end. The function says whether workers are to look.
pub(crate) fn ask<F, T>(weight: usize, function: F) -> (Job, oneshot::Receiver<Result<T, Fault>>)
where
    F: FnMut(&Connection) -> rusqlite::Result<(T, bool)> + Send + 'static,
    T: Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Job { step: Box::new(Ask { function, answer: None, reply }), weight, effect: Effect::Writes }, answer)
}
