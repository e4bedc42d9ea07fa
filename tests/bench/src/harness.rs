//! A harness for a noisy machine: floor and candidates take turns, batch by batch, and only ratios are told.

use std::time::{Duration, Instant};

/// How long one batch takes about: short, so that floor and candidate see the same neighbours; long enough that
/// reading the clock is nothing.
const BATCH: Duration = Duration::from_micros(100);
/// How often each candidate's turn comes, unless `BENCH_ROUNDS` says otherwise.
const ROUNDS: usize = 400;
/// The most calls in a batch: candidates that prepare their calls beforehand keep them in memory.
const MOST_CALLS: u64 = 512;

/// Candidates that are measured against the first of them.
pub struct Group {
    title: String,
    candidates: Vec<Candidate>,
}

struct Candidate {
    name: String,
    run: Box<dyn FnMut(u64) -> Duration>,
    calls: u64,
    nanos: Vec<f64>,
}

/// What a group's run says of one candidate.
pub struct Line {
    /// The candidate.
    pub name: String,
    /// Median by median of the floor.
    pub ratio: f64,
    /// The 10th and 90th percentile of the ratios of single rounds.
    pub spread: (f64, f64),
    /// Fastest by fastest of the floor: what is left where nobody disturbs.
    pub fastest: f64,
    /// The median in nanoseconds, of this run on this machine.
    pub nanos: f64,
}

impl Group {
    /// A group without candidates.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), candidates: Vec::new() }
    }

    /// Adds a candidate: one call of it. The first is the floor.
    #[must_use]
    pub fn add<T>(self, name: &str, mut call: impl FnMut() -> T + 'static) -> Self {
        self.add_timed(name, move |calls| {
            let start = now();
            for _ in 0..calls {
                std::hint::black_box(call());
                finished();
            }
            start.elapsed()
        })
    }

    /// Adds a candidate that makes so many calls and says how long they took, for what must be prepared before.
    #[must_use]
    pub fn add_timed(mut self, name: &str, run: impl FnMut(u64) -> Duration + 'static) -> Self {
        self.candidates.push(Candidate { name: name.to_owned(), run: Box::new(run), calls: 1, nanos: Vec::new() });
        self
    }

    /// Measures and prints, if the command line's words, where there are any, occur in the title.
    pub fn run(self) {
        let mut words = std::env::args().skip(1).filter(|word| !word.starts_with('-')).peekable();
        if words.peek().is_some() && !words.any(|word| self.title.contains(&word)) {
            return;
        }
        println!("\n{}", self.title);
        println!("  {:<44} {:>7} {:>17} {:>9}", "", "ratio", "p10 – p90", "fastest");
        for (at, line) in self.measure().into_iter().enumerate() {
            let (low, high) = line.spread;
            let floor = if at == 0 { format!("   ({:.0} ns)", line.nanos) } else { String::new() };
            let name = line.name;
            println!("  {name:<44} {:>7.2} {low:>8.2} – {high:<6.2} {:>9.2}{floor}", line.ratio, line.fastest);
        }
    }

    /// Measures.
    #[must_use]
    pub fn measure(mut self) -> Vec<Line> {
        for candidate in &mut self.candidates {
            candidate.calibrate();
        }
        let count = self.candidates.len();
        for round in 0..rounds() {
            for turn in 0..count {
                // Another one begins each round, so that none always follows the same neighbour.
                self.candidates[(round + turn) % count].turn();
            }
        }
        let floor = self.candidates.first().map(|floor| floor.nanos.clone()).unwrap_or_default();
        self.candidates.into_iter().map(|candidate| candidate.line(&floor)).collect()
    }
}

impl Candidate {
    /// Finds how many calls fill a batch, which warms up caches and branches as well.
    fn calibrate(&mut self) {
        let start = now();
        loop {
            let spent = (self.run)(self.calls);
            if start.elapsed() > BATCH * 100 {
                let each = spent.as_nanos().max(1) / u128::from(self.calls);
                let fit = u64::try_from(BATCH.as_nanos() / each.max(1)).unwrap_or(MOST_CALLS);
                self.calls = fit.clamp(1, MOST_CALLS);
                return;
            }
            if spent < BATCH {
                self.calls = (self.calls * 2).min(MOST_CALLS);
            }
        }
    }

    fn turn(&mut self) {
        let spent = (self.run)(self.calls);
        self.nanos.push(spent.as_nanos() as f64 / self.calls as f64);
    }

    fn line(self, floor: &[f64]) -> Line {
        let paired: Vec<f64> = self.nanos.iter().zip(floor).map(|(ours, floor)| ours / floor).collect();
        let nanos = percentile(&self.nanos, 0.5);
        Line {
            name: self.name,
            ratio: nanos / percentile(floor, 0.5),
            spread: (percentile(&paired, 0.1), percentile(&paired, 0.9)),
            fastest: percentile(&self.nanos, 0.0) / percentile(floor, 0.0),
            nanos,
        }
    }
}

/// The value below which a share of the values lies.
#[must_use]
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// Waits until what was called has really finished. Without it the processor begins the next MAC while the last one is
/// still under way, and the floor would come out faster than any single MAC of a server, which waits for its result.
#[inline]
#[cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "the standard library marks every intrinsic unsafe"))]
fn finished() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the fence takes and changes nothing, and every processor of this architecture has it.
    unsafe {
        std::arch::x86_64::_mm_lfence();
    }
}

/// The one clock of the measurements.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "measuring time is what this package is for")]
pub fn now() -> Instant {
    Instant::now()
}

fn rounds() -> usize {
    std::env::var("BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}
