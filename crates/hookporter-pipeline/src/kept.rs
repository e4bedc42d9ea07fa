//! What an event keeps of its request's head: the target, and the headers of an allow-list.

use std::net::SocketAddr;
use std::sync::Arc;

use hookporter_core::{
    Head, HeaderVisitor, Headers, LabelSource, NameMarks, Occurrence, Provider, Verifier, carries_credentials,
};
use smallvec::SmallVec;

/// What every event keeps beside its provider's own headers. Without the first two a handler that is given the event later
/// could not read the body.
const COMMON: [&str; 3] = ["content-type", "content-encoding", "user-agent"];

/// The names of the headers that an endpoint's events keep: an allow-list, so that no proof and no credential is ever
/// kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptHeaders {
    names: Arc<[Arc<str>]>,
    marks: NameMarks,
}

impl KeptHeaders {
    fn new(names: impl Iterator<Item = Arc<str>>) -> Self {
        let names: Arc<[Arc<str>]> = names.collect();
        let marks = NameMarks::of(names.iter().map(|name| &**name));
        Self { names, marks }
    }

    /// The common ones, those that the preset lists, and those that labels are read from.
    pub(crate) fn of(provider: Option<&Provider>, verifier: &Verifier) -> Self {
        let listed = COMMON.iter().chain(provider.map_or(&[][..], Provider::event_headers));
        let mut kept = Self::new(listed.map(|name| Arc::from(*name)));
        let labels = verifier.labels();
        [&labels.id, &labels.kind, &labels.version].into_iter().for_each(|source| kept.add_all(source, verifier));
        kept
    }

    fn add_all(&mut self, source: &LabelSource, verifier: &Verifier) {
        match source {
            LabelSource::Header(names) | LabelSource::Headers(names) => {
                names.iter().filter(|name| !verifier.is_proof_header(name)).for_each(|name| self.add(name));
            }
            LabelSource::ByContentType(sources) => {
                sources.iter().for_each(|(_, source)| self.add_all(source, verifier));
            }
            _ => {}
        }
    }

    /// Shows those headers of a request that an event would keep.
    pub(crate) fn show(&self, head: &Head<'_>, mut to: impl FnMut(&str, &[u8])) {
        let mut show = |name: &str, value: &[u8]| {
            if self.has(name) && !carries_credentials(name) {
                to(name, value);
            }
        };
        head.headers().visit(&mut HeaderVisitor::of_names(self.marks, &mut show));
    }

    /// Whether headers of this name are kept.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| **known == *name)
    }

    /// Keeps one more.
    pub(crate) fn add(&mut self, name: &str) {
        if !self.has(name) {
            *self = Self::new(self.names.iter().cloned().chain([Arc::from(name)]));
        }
    }
}

/// The target of a request and its kept headers, in one block, and who sent it.
#[derive(Debug)]
pub(crate) struct KeptHead {
    names: KeptHeaders,
    block: Vec<u8>,
    target: usize,
    places: SmallVec<[Place; 8]>,
    peer: Option<SocketAddr>,
}

/// Where in the block a header's value is. Heads are far smaller than these numbers go.
#[derive(Debug)]
struct Place {
    name: u32,
    start: u32,
    end: u32,
}

impl KeptHead {
    /// Keeps `target`, which holds no proof, and the headers of these names.
    pub(crate) fn new(names: &KeptHeaders, target: &str, head: &Head<'_>) -> Self {
        // A usual head fits.
        let mut block = Vec::with_capacity(target.len().saturating_add(256));
        block.extend_from_slice(target.as_bytes());
        let mut places = SmallVec::new();
        let mut keep = |name: &str, value: &[u8]| {
            let Some(at) = names.names.iter().position(|kept| **kept == *name) else { return };
            let start = block.len();
            block.extend_from_slice(value);
            if let (Ok(name), Ok(start), Ok(end)) = (at.try_into(), start.try_into(), block.len().try_into()) {
                places.push(Place { name, start, end });
            }
        };
        head.headers().visit(&mut HeaderVisitor::of_names(names.marks, &mut keep));
        Self { names: names.clone(), block, target: target.len(), places, peer: None }
    }

    /// The other end of the connection, where it is known.
    pub(crate) fn with_peer(self, peer: Option<SocketAddr>) -> Self {
        Self { peer, ..self }
    }

    /// What a store kept of a head.
    pub(crate) fn restored(target: &str, headers: &[(String, Vec<u8>)]) -> Self {
        let mut names = KeptHeaders::new(std::iter::empty());
        headers.iter().for_each(|(name, _)| names.add(name));
        let lines = Lines(headers);
        Self::new(&names, target, &Head::new("POST", target, &lines))
    }

    /// Shows the headers to people.
    pub(crate) fn show(&self, mut to: impl FnMut(&str, &[u8])) {
        let mut show = |name: &str, value: &[u8]| {
            if !carries_credentials(name) {
                to(name, value);
            }
        };
        self.visit(&mut HeaderVisitor::new(&mut show));
    }

    pub(crate) fn target(&self) -> &str {
        // It was text when it was put there.
        self.block.get(..self.target).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }

    pub(crate) const fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// The value of a header that was kept; of several of the name, the first.
    pub(crate) fn header(&self, name: &str) -> Option<&[u8]> {
        self.values(name).next()
    }

    fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let at = self.names.names.iter().position(|kept| **kept == *name).and_then(|at| u32::try_from(at).ok());
        self.places.iter().filter(move |place| Some(place.name) == at).filter_map(|place| self.value(place))
    }

    fn value(&self, place: &Place) -> Option<&[u8]> {
        self.block.get(usize::try_from(place.start).ok()?..usize::try_from(place.end).ok()?)
    }
}

/// Headers as lines of name and value.
struct Lines<'a>(&'a [(String, Vec<u8>)]);

impl Headers for Lines<'_> {
    fn occurrence(&self, name: &str) -> Occurrence<'_> {
        let mut values = self.0.iter().filter(|(line, _)| line == name);
        match (values.next(), values.next()) {
            (None, _) => Occurrence::Absent,
            (Some((_, value)), None) => Occurrence::Once(value),
            _ => Occurrence::Repeated,
        }
    }

    fn visit<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.0.iter().for_each(|(name, value)| visitor.see(name, value));
    }
}

/// As labels are read from it.
impl Headers for KeptHead {
    fn occurrence(&self, name: &str) -> Occurrence<'_> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (None, _) => Occurrence::Absent,
            (Some(value), None) => Occurrence::Once(value),
            _ => Occurrence::Repeated,
        }
    }

    fn visit<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for place in &self.places {
            let name = usize::try_from(place.name).ok().and_then(|at| self.names.names.get(at));
            if let (Some(name), Some(value)) = (name, self.value(place)) {
                visitor.see(name, value);
            }
        }
    }
}
