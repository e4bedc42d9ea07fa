//! Cuts the power in many moments of a recording, and looks what is left.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::machine::{Image, Machine, Variant};
use super::random::Random;
use super::recording::{Moment, Operation, Recording};

/// Where chance begins. The victim differs from run to run, so a run's own recording is kept when something is missing.
const SEED: u64 = 20_261_126;

/// What a victim had said when the power went.
#[derive(Debug, Default)]
pub(super) struct Past<'a> {
    pub(super) sent: BTreeSet<&'a str>,
    pub(super) acked: BTreeSet<&'a str>,
    pub(super) worked: BTreeSet<&'a str>,
}

impl<'a> Past<'a> {
    pub(super) fn of(said: impl IntoIterator<Item = &'a str>) -> Self {
        let mut past = Self::default();
        for line in said {
            let (word, id) = line.trim().split_once(' ').unwrap_or_default();
            match word {
                "sent" => _ = past.sent.insert(id),
                "acked" => _ = past.acked.insert(id),
                "worked" => _ = past.worked.insert(id),
                _ => {}
            }
        }
        past
    }
}

/// What was found after all the cuts.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) cuts: usize,
    pub(super) disks: usize,
    /// Acknowledged before the cut, summed over all disks; and how many of them were not on the disk.
    pub(super) acknowledged: usize,
    pub(super) missing: usize,
    /// What else is wrong, and where.
    pub(super) problems: Vec<String>,
}

/// The moments at which to cut: right behind acknowledgements, where there is most to lose, and anywhere.
fn moments(recording: &Recording, most: usize) -> Vec<usize> {
    let count = recording.moments.len();
    if count <= most {
        return (1..=count).collect();
    }
    let is_ack = |moment: &Moment| {
        let Moment::Begins(at) = *moment else { return false };
        matches!(&recording.operations[at], Some(Operation::Say(text)) if text.contains("acked "))
    };
    let behind: Vec<usize> = (0..count).filter(|at| is_ack(&recording.moments[*at])).map(|at| at + 1).collect();
    let mut random = Random::new(SEED);
    let mut chosen = BTreeSet::new();
    while chosen.len() < most {
        let at = if random.one_of(3) == 0 { behind[random.one_of(behind.len())] } else { random.one_of(count) + 1 };
        chosen.insert(at);
    }
    chosen.into_iter().collect()
}

/// Cuts the power at most so often, each time with every variant, and has every disk looked at that differs.
///
/// `disk` is what it holds at first; `stored` says which events are on a disk, or what is wrong with it.
pub(super) fn cut<S>(recording: &Recording, disk: &Image, most: usize, variants: &[Variant], stored: S) -> Found
where
    S: Fn(&Path, &Past<'_>) -> Result<BTreeSet<String>, String> + Sync,
{
    let moments = moments(recording, most);
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let cut_some = || {
        let (mut machine, mut found) = (Machine::new(recording, disk), Found::default());
        let place = Place::new();
        while let Some(moment) = moments.get(next.fetch_add(1, Ordering::Relaxed)) {
            machine.run_to(*moment);
            let past = Past::of(machine.said.iter().copied());
            let mut seen: Vec<Image> = Vec::new();
            found.cuts += 1;
            for (at, variant) in variants.iter().enumerate() {
                let mut random = Random::new(SEED + (*moment * variants.len() + at) as u64);
                let image = machine.image(*variant, &mut random);
                if seen.contains(&image) {
                    continue;
                }
                place.write(&image);
                found.look(&format!("cut {moment}, variant {at}"), &past, stored(&place.0, &past));
                seen.push(image);
            }
        }
        found
    };
    let found = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(cut_some)).collect();
        all.into_iter().map(|some| some.join().unwrap()).fold(Found::default(), Found::and)
    });
    println!("{} cuts, {} disks, seed {SEED}: {found}", found.cuts, found.disks);
    found
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} acknowledged, {} missing", self.acknowledged, self.missing)
    }
}

impl Found {
    fn look(&mut self, place: &str, past: &Past<'_>, stored: Result<BTreeSet<String>, String>) {
        self.disks += 1;
        self.acknowledged += past.acked.len();
        match stored {
            Ok(stored) => {
                let missing: Vec<_> = past.acked.iter().filter(|id| !stored.contains(**id)).collect();
                self.missing += missing.len();
                if !missing.is_empty() {
                    self.problems.push(format!("{place}: {missing:?} are missing"));
                }
                let unsent: Vec<_> = stored.iter().filter(|id| !past.sent.contains(&***id)).collect();
                if !unsent.is_empty() {
                    self.problems.push(format!("{place}: nobody sent {unsent:?}"));
                }
            }
            Err(problem) => self.problems.push(format!("{place}: {problem}")),
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.cuts += other.cuts;
        self.disks += other.disks;
        self.acknowledged += other.acknowledged;
        self.missing += other.missing;
        self.problems.extend(other.problems);
        self
    }
}

/// Where disks are laid out, one after the other: in memory where that can be, since nothing more will happen to them.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let name = format!("hookporter-power-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self(base.join(name))
    }

    fn write(&self, image: &Image) {
        let _ = std::fs::remove_dir_all(&self.0);
        std::fs::create_dir_all(&self.0).unwrap();
        for (name, bytes) in image {
            let file = self.0.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bytes).unwrap();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
