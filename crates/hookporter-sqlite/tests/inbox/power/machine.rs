//! A machine whose power can be cut: what its disk holds for certain, and what may or may not be there.

use std::collections::{BTreeMap, HashMap};

use super::random::Random;
use super::recording::{Habits, Moment, Operation, Recording};

/// Disks write whole sectors, or so one hopes: a write that is cut is cut between two.
const SECTOR: usize = 512;

/// What becomes of a kind of change that was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    Lost,
    /// Each change for itself: kept, lost, or in pieces.
    Chance,
}

/// One of the many disks that a loss of power can leave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variant {
    pub(super) writes: Fate,
    pub(super) sizes: Fate,
    pub(super) names: Fate,
}

impl Variant {
    /// The hardest ones by name, and two by chance.
    pub(super) const ALL: [Self; 5] = [
        Self { writes: Fate::Lost, sizes: Fate::Lost, names: Fate::Lost },
        Self { writes: Fate::Lost, sizes: Fate::Kept, names: Fate::Kept },
        Self { writes: Fate::Kept, sizes: Fate::Kept, names: Fate::Lost },
        Self { writes: Fate::Chance, sizes: Fate::Chance, names: Fate::Chance },
        Self { writes: Fate::Chance, sizes: Fate::Chance, names: Fate::Chance },
    ];
}

/// Files and what is in them.
pub(super) type Image = BTreeMap<String, Vec<u8>>;

#[derive(Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Resize(usize),
}

#[derive(Debug)]
enum NameChange {
    /// The name is this file's.
    Given(String, usize),
    Taken(String),
}

impl NameChange {
    /// The directory that the name is in.
    fn directory(&self) -> &str {
        let (Self::Given(name, _) | Self::Taken(name)) = self;
        name.rsplit_once('/').map_or("", |(directory, _)| directory)
    }
}

/// A change that no sync has covered.
#[derive(Debug)]
struct Pending<T> {
    operation: usize,
    change: T,
}

#[derive(Debug, Default)]
struct File {
    durable: Vec<u8>,
    pending: Vec<Pending<Change>>,
    /// How long it is for those who read it now.
    length: usize,
}

/// The machine at one moment of a recording.
#[derive(Debug)]
pub(super) struct Machine<'a> {
    recording: &'a Recording,
    at: usize,
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    pending_names: Vec<Pending<NameChange>>,
    /// Calls that are under way.
    open: Vec<usize>,
    /// What a sync that is under way will have made durable: what was over when it began.
    syncing: HashMap<usize, Vec<usize>>,
    /// What was said so far.
    pub(super) said: Vec<&'a str>,
}

impl<'a> Machine<'a> {
    /// Whose disk holds this at first.
    pub(super) fn new(recording: &'a Recording, disk: &Image) -> Self {
        let file = |bytes: &Vec<u8>| File { durable: bytes.clone(), length: bytes.len(), pending: Vec::new() };
        let names: BTreeMap<String, usize> = disk.keys().cloned().zip(0..).collect();
        Self {
            recording,
            at: 0,
            files: disk.values().map(file).collect(),
            durable_names: names.clone(),
            names,
            pending_names: Vec::new(),
            open: Vec::new(),
            syncing: HashMap::new(),
            said: Vec::new(),
        }
    }

    /// Goes on to this moment.
    pub(super) fn run_to(&mut self, moment: usize) {
        while self.at < moment {
            match self.recording.moments[self.at] {
                Moment::Begins(operation) => self.begin(operation),
                Moment::Ends(operation) => self.end(operation),
            }
            self.at += 1;
        }
    }

    fn begin(&mut self, operation: usize) {
        self.open.push(operation);
        let Some(what) = &self.recording.operations[operation] else { return };
        match what {
            Operation::Say(text) => self.said.push(text),
            Operation::Write { file, at, bytes } => {
                let Some(file) = self.named(file) else { return };
                let at = at.unwrap_or(file.length);
                file.length = file.length.max(at + bytes.len());
                file.pending.push(Pending { operation, change: Change::Write { at, bytes: bytes.clone() } });
            }
            Operation::Resize { file, length } => {
                let Some(file) = self.named(file) else { return };
                file.length = *length;
                file.pending.push(Pending { operation, change: Change::Resize(*length) });
            }
            Operation::Sync { file } => {
                let open = self.open.clone();
                let over = match self.named(file) {
                    Some(file) => over(&file.pending, &open),
                    None => self.names_over_in(file),
                };
                self.syncing.insert(operation, over);
            }
            Operation::SyncDirectory => _ = self.syncing.insert(operation, self.names_over_in("")),
            Operation::Create { file } if self.names.contains_key(file) => {}
            Operation::Create { file } => {
                self.files.push(File::default());
                self.rename(operation, NameChange::Given(file.clone(), self.files.len() - 1));
            }
            Operation::Remove { file } => self.rename(operation, NameChange::Taken(file.clone())),
            Operation::Rename { from, to } | Operation::Link { from, to } => {
                let Some(file) = self.names.get(from).copied() else { return };
                self.rename(operation, NameChange::Given(to.clone(), file));
                if matches!(what, Operation::Rename { .. }) {
                    self.rename(operation, NameChange::Taken(from.clone()));
                }
            }
        }
    }

    fn end(&mut self, operation: usize) {
        self.open.retain(|open| *open != operation);
        let Some(synced) = self.syncing.remove(&operation) else { return };
        match &self.recording.operations[operation] {
            Some(Operation::Sync { file }) => match self.named(file) {
                Some(file) => {
                    for pending in take(&mut file.pending, &synced) {
                        apply(&mut file.durable, &pending.change, 0);
                    }
                }
                None => self.names_are_durable(&synced),
            },
            Some(Operation::SyncDirectory) => self.names_are_durable(&synced),
            _ => {}
        }
    }

    /// Which changes of names in a directory are over.
    fn names_over_in(&self, directory: &str) -> Vec<usize> {
        let mut over = over(&self.pending_names, &self.open);
        let changed = |operation| self.pending_names.iter().filter(move |pending| pending.operation == operation);
        over.retain(|operation| changed(*operation).all(|pending| pending.change.directory() == directory));
        over
    }

    fn names_are_durable(&mut self, synced: &[usize]) {
        for pending in take(&mut self.pending_names, synced) {
            name(&mut self.durable_names, &pending.change);
        }
    }

    fn named(&mut self, file: &str) -> Option<&mut File> {
        self.names.get(file).map(|at| &mut self.files[*at])
    }

    fn rename(&mut self, operation: usize, change: NameChange) {
        name(&mut self.names, &change);
        self.pending_names.push(Pending { operation, change });
    }

    /// What the disk holds if the power goes now.
    pub(super) fn image(&self, variant: Variant, random: &mut Random) -> Image {
        let mut names = self.durable_names.clone();
        for pending in &self.pending_names {
            if is_kept(variant.names, random) {
                name(&mut names, &pending.change);
            }
        }
        names
            .into_iter()
            .map(|(name, at)| (name, self.files[at].image(variant, self.recording.habits, random)))
            .collect()
    }
}

impl File {
    fn image(&self, variant: Variant, habits: Habits, random: &mut Random) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        // Where a file grew and its bytes did not come: nothing, or what was on the disk before.
        let shows_old = variant.writes == Fate::Chance && random.one_of(2) == 0 && !habits.grows_with_zeros;
        let rubbish = if shows_old { 0xa5 } else { 0 };
        for pending in &self.pending {
            match &pending.change {
                Change::Write { at, bytes: written } if variant.writes == Fate::Chance && random.one_of(3) == 0 => {
                    tear(&mut bytes, *at, written, rubbish, random);
                }
                Change::Write { .. } if is_kept(variant.writes, random) => apply(&mut bytes, &pending.change, rubbish),
                Change::Resize(_) if is_kept(variant.sizes, random) => apply(&mut bytes, &pending.change, rubbish),
                _ => {}
            }
        }
        match (variant.sizes, random.one_of(3)) {
            (Fate::Kept, _) | (Fate::Chance, 0) => bytes.resize(self.length, rubbish),
            (Fate::Lost, _) | (Fate::Chance, 1) => bytes.resize(self.durable.len(), rubbish),
            _ => {}
        }
        bytes
    }
}

/// Which of the changes are over.
fn over<T>(pending: &[Pending<T>], open: &[usize]) -> Vec<usize> {
    pending.iter().map(|pending| pending.operation).filter(|operation| !open.contains(operation)).collect()
}

/// Takes these changes out, in their order.
fn take<T>(pending: &mut Vec<Pending<T>>, these: &[usize]) -> Vec<Pending<T>> {
    pending.extract_if(.., |pending| these.contains(&pending.operation)).collect()
}

fn is_kept(fate: Fate, random: &mut Random) -> bool {
    fate == Fate::Kept || (fate == Fate::Chance && random.one_of(2) == 0)
}

fn apply(file: &mut Vec<u8>, change: &Change, rubbish: u8) {
    match change {
        Change::Resize(length) => file.resize(*length, rubbish),
        Change::Write { at, bytes } => {
            let end = at + bytes.len();
            if file.len() < end {
                file.resize(end, rubbish);
            }
            file[*at..end].copy_from_slice(bytes);
        }
    }
}

/// Some of the sectors of a write.
fn tear(file: &mut Vec<u8>, at: usize, bytes: &[u8], rubbish: u8, random: &mut Random) {
    let mut from = 0;
    while from < bytes.len() {
        let to = bytes.len().min(from + SECTOR - (at + from) % SECTOR);
        if random.one_of(2) == 0 {
            apply(file, &Change::Write { at: at + from, bytes: bytes[from..to].to_vec() }, rubbish);
        }
        from = to;
    }
}

fn name(names: &mut BTreeMap<String, usize>, change: &NameChange) {
    match change {
        NameChange::Given(name, file) => _ = names.insert(name.clone(), *file),
        NameChange::Taken(name) => _ = names.remove(name),
    }
}
