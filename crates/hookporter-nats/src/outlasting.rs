//! What goes on when nobody waits for it any more.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hookporter_pipeline::BoxFuture;
use tokio::runtime::Handle;

/// A future that whoever waits for it polls, without a task of its own: that would be two more to wake for every event. Dropped
/// before its end, it becomes one and goes on.
pub(crate) struct Outlasting<T: Send + 'static> {
    /// `None` once it has ended.
    future: Option<BoxFuture<'static, T>>,
    /// Where its timers are, whoever polls it, and where it goes on.
    runtime: Handle,
}

impl<T: Send + 'static> Outlasting<T> {
    pub(crate) fn new(runtime: &Handle, future: impl Future<Output = T> + Send + 'static) -> Self {
        Self { future: Some(Box::pin(future)), runtime: runtime.clone() }
    }
}

impl<T: Send + 'static> Future for Outlasting<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Self { future, runtime } = &mut *self;
        // One that has ended is asked by a mistake of the asker's, who waits for nothing then.
        let Some(running) = future else { return Poll::Pending };
        let _here = runtime.enter();
        let output = ready!(running.as_mut().poll(context));
        *future = None;
        Poll::Ready(output)
    }
}

impl<T: Send + 'static> Drop for Outlasting<T> {
    fn drop(&mut self) {
        if let Some(future) = self.future.take() {
            self.runtime.spawn(future);
        }
    }
}

impl<T: Send + 'static> fmt::Debug for Outlasting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlasting").field("ended", &self.future.is_none()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::sync::Notify;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn it_goes_on_when_nobody_waits_whether_it_had_begun_or_not() {
        for polls in 0..2 {
            let (gate, ended) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
            let (passed, told) = (gate.clone(), ended.clone());
            let mut waiting = Outlasting::new(&Handle::current(), async move {
                passed.notified().await;
                told.notify_one();
            });
            for _ in 0..polls {
                assert!(timeout(Duration::from_millis(10), &mut waiting).await.is_err());
            }
            drop(waiting);
            gate.notify_one();
            timeout(Duration::from_secs(20), ended.notified()).await.expect("it has ended with whoever waited");
        }
    }

    #[test]
    fn its_timers_need_no_runtime_of_the_asker_s() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let waiting = Outlasting::new(runtime.handle(), async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            7
        });
        assert_eq!(futures_executor(waiting), 7);
    }

    /// Polls it on this thread, which is no runtime's.
    fn futures_executor<T>(future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        let mut context = Context::from_waker(std::task::Waker::noop());
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
