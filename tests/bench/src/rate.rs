//! Acknowledgements per second, of producers that each wait for one after the other.

use std::fmt;
use std::time::{Duration, Instant};

/// How many a second, and how long they took.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Acknowledgements per second.
    pub per_second: f64,
    /// The time that half of them took at most.
    pub p50: Duration,
    /// The time that 99 of 100 took at most.
    pub p99: Duration,
}

impl Rate {
    /// The one in the middle.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn median(mut rates: Vec<Self>) -> Self {
        rates.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
        rates.swap_remove(rates.len() / 2)
    }

    /// What so many producers see, each of which has one event after the other accepted, of an id of its own.
    ///
    /// # Panics
    /// If one of them does.
    pub async fn of<F, R>(producers: usize, lasting: Duration, accept: F) -> Self
    where
        F: Fn(String) -> R + Clone + Send + 'static,
        R: Future<Output = ()> + Send,
    {
        let started = Instant::now();
        let tasks: Vec<_> = (0..producers)
            .map(|producer| {
                let accept = accept.clone();
                tokio::spawn(async move {
                    let mut latencies = Vec::new();
                    while started.elapsed() < lasting {
                        let began = Instant::now();
                        accept(format!("evt_{producer}_{}", latencies.len())).await;
                        latencies.push(began.elapsed());
                    }
                    latencies
                })
            })
            .collect();
        let mut latencies = Vec::new();
        for task in tasks {
            latencies.extend(task.await.expect("a producer"));
        }
        let elapsed = started.elapsed();
        latencies.sort_unstable();
        let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
        Self { per_second: latencies.len() as f64 / elapsed.as_secs_f64(), p50: at(0.5), p99: at(0.99) }
    }
}

/// As three columns of a table, 10, 8 and 8 wide.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |latency: Duration| latency.as_secs_f64() * 1000.0;
        write!(f, "{:>10.0} {:>6.2}ms {:>6.2}ms", self.per_second, millis(self.p50), millis(self.p99))
    }
}
