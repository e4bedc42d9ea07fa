//! Tasks that end with their inbox.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use tokio::sync::watch;

/// Goes on with a task until it ends, or the sender of `end` is gone, which says that the inbox is closed.
///
/// ```
/// # async fn example(look: impl AsyncFn()) {
/// let (open, end) = tokio::sync::watch::channel(());
/// tokio::spawn(async move { drop(open) });
/// hookporter_pipeline::inbox::store::until_closed(end, async { loop { look().await } }).await;
/// # }
/// ```
pub async fn until_closed(mut end: watch::Receiver<()>, task: impl Future<Output = ()>) {
    let (mut task, mut closed) = (pin!(task), pin!(end.changed()));
    poll_fn(|context| {
        let is_over = closed.as_mut().poll(context).is_ready() || task.as_mut().poll(context).is_ready();
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_ends_with_the_task_and_with_the_inbox() {
        let (open, end) = watch::channel(());
        until_closed(end.clone(), async {}).await;
        let task = tokio::spawn(until_closed(end, std::future::pending()));
        tokio::task::yield_now().await;
        assert!(!task.is_finished());
        drop(open);
        timeout(Duration::from_secs(60), task).await.expect("it ends").unwrap();
    }
}
