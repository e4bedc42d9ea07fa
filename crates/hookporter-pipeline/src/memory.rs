//! How many bytes of bodies are held at once: a stranger must not be able to grow it.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hookporter_core::{Reason, Rejection};

/// A budget of body bytes in flight, shared by endpoints.
///
/// Default: 64 MiB for the whole process. A request whose next chunk does not fit is told 503.
#[derive(Debug, Clone)]
pub struct BodyMemory {
    inner: Inner,
}

#[derive(Debug, Clone)]
enum Inner {
    /// Nobody counts who shares it: every request does.
    Process,
    Own(Arc<Shared>),
}

static PROCESS: Shared = Shared { used: AtomicUsize::new(0), limit: PROCESS_LIMIT };

#[derive(Debug)]
struct Shared {
    used: AtomicUsize,
    limit: usize,
}

/// 64 MiB: two of the largest bodies that any preset allows, or sixty ordinary ones of the largest size.
const PROCESS_LIMIT: usize = 64 * 1024 * 1024;

impl BodyMemory {
    /// A budget of `bytes`.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self { inner: Inner::Own(Arc::new(Shared { used: AtomicUsize::new(0), limit: bytes })) }
    }

    /// The process's own budget, which every endpoint shares unless it says otherwise.
    #[must_use]
    pub const fn process() -> Self {
        Self { inner: Inner::Process }
    }

    /// The bytes that are held now.
    #[must_use]
    pub fn used(&self) -> usize {
        self.inner.used.load(Ordering::Relaxed)
    }

    pub(crate) fn hold(&self) -> Held {
        Held { memory: self.inner.clone(), bytes: 0 }
    }
}

impl Deref for Inner {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        match self {
            Self::Process => &PROCESS,
            Self::Own(shared) => shared,
        }
    }
}

/// Bytes held for one request; given back on drop.
#[derive(Debug)]
pub(crate) struct Held {
    memory: Inner,
    bytes: usize,
}

impl Held {
    /// Holds `bytes` more.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Rejection> {
        let before = self.memory.used.fetch_add(bytes, Ordering::Relaxed);
        self.bytes = self.bytes.saturating_add(bytes);
        if before.saturating_add(bytes) > self.memory.limit {
            return Err(Rejection::new(Reason::BodyMemoryFull));
        }
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_and_everything_is_given_back() {
        let memory = BodyMemory::new(10);
        let mut first = memory.hold();
        assert!(first.grow(6).is_ok());
        let mut second = memory.hold();
        assert_eq!(second.grow(6).map_err(|r| r.kind()), Err(Reason::BodyMemoryFull));
        drop(second);
        assert_eq!(memory.used(), 6);
        assert!(first.grow(4).is_ok());
        drop(first);
        assert_eq!(memory.used(), 0);
    }
}
