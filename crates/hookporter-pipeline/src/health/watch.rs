//! Tells of changes of health.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::Duration;

use crate::Endpoint;
use crate::health::{EndpointState, Health, Light};

type Hook = dyn Fn(&Health) + Send + Sync;

/// Looks at endpoints again and again, and tells functions when one has changed: its state, its light, or which alarms it
/// has. Every change is logged, too.
///
/// ```
/// use hookporter_pipeline::Endpoint;
/// use hookporter_pipeline::health::HealthWatch;
///
/// # async fn example(stripe: Endpoint, github: Endpoint, shutdown: impl Future<Output = ()>) {
/// HealthWatch::new([stripe, github])
///     .on_change(|health| println!("{} is {}", health.endpoint, health.light))
///     .run_until(shutdown)
///     .await;
/// # }
/// ```
#[must_use = "a watch does nothing until it runs"]
pub struct HealthWatch {
    watched: Vec<(Endpoint, Option<Seen>)>,
    every: Duration,
    hooks: Vec<Box<Hook>>,
}

/// What makes a change.
type Seen = (EndpointState, Light, Vec<&'static str>);

impl HealthWatch {
    /// A watch over these endpoints, clones of those that adapters have.
    pub fn new(endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        Self {
            watched: endpoints.into_iter().map(|endpoint| (endpoint, None)).collect(),
            every: Duration::from_secs(1),
            hooks: Vec::new(),
        }
    }

    /// How often it looks. Default: each second.
    pub fn every(self, interval: Duration) -> Self {
        Self { every: interval.max(Duration::from_millis(10)), ..self }
    }

    /// Tells a function of every change, and of the first look. It must not block; a panic in it is caught. Default: nobody
    /// is told.
    pub fn on_change(mut self, hook: impl Fn(&Health) + Send + Sync + 'static) -> Self {
        self.hooks.push(Box::new(hook));
        self
    }

    /// Watches until `shutdown` ends.
    pub async fn run_until(mut self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        loop {
            self.look();
            if tokio::time::timeout(self.every, shutdown.as_mut()).await.is_ok() {
                return;
            }
        }
    }

    fn look(&mut self) {
        for (endpoint, seen) in &mut self.watched {
            let health = endpoint.health();
            let alarms = health.alarms.iter().map(super::Alarm::as_str).collect();
            let now = Some((health.state, health.light, alarms));
            if *seen != now {
                let was_seen = std::mem::replace(seen, now).is_some();
                tell(&health, was_seen, &self.hooks);
            }
        }
    }
}

fn tell(health: &Health, was_seen: bool, hooks: &[Box<Hook>]) {
    let (endpoint, light) = (&*health.endpoint, health.light.as_str());
    let worst = health.alarms.first().map(ToString::to_string);
    match health.light {
        Light::Red => tracing::error!(target: "hookporter", endpoint, light, worst, "health"),
        Light::Amber => tracing::warn!(target: "hookporter", endpoint, light, worst, "health"),
        Light::Green if was_seen => tracing::info!(target: "hookporter", endpoint, light, "health"),
        Light::Green => {}
    }
    for hook in hooks {
        if catch_unwind(AssertUnwindSafe(|| hook(health))).is_err() {
            tracing::error!(target: "hookporter", endpoint, "a hook for health panicked");
        }
    }
}

impl fmt::Debug for HealthWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthWatch")
            .field("watched", &self.watched.len())
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}
