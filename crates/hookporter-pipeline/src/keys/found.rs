//! The keys that a finder found, prepared and remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookporter_core::{
    ConfigError, Evidence, KeyName, KeyNaming, Keyring, PreparedKeyring, Reason, Rejection, Secret, Verifier,
};
use tokio::time::Instant;

use crate::keys::Finding;
use crate::keys::allowance::Allowance;

/// What a finder is asked for: a tenant's key of this name.
pub(crate) type Named = (Option<Arc<str>>, KeyName);

/// A finder, and what it said.
pub(crate) struct FoundKeys {
    finding: Finding,
    memory: Mutex<Memory>,
}

struct Memory {
    /// Names that the finder knows.
    known: HashMap<Named, (Instant, Arc<PreparedKeyring>)>,
    /// Names that it does not, and questions that failed.
    missed: HashMap<Named, (Instant, Missed)>,
    /// Questions under way: whoever asks the same waits for the answer.
    asking: HashMap<Named, Arc<tokio::sync::Mutex<()>>>,
    /// For names that the finder is not known to know.
    allowance: Allowance,
    /// The same for rechecks: the names in kept requests are strangers', too, and must not use up what those of now need.
    for_rechecks: Allowance,
}

/// For whom a finder is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// A request that has come.
    Request,
    /// A kept one that is judged again.
    Recheck,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missed {
    Unknown,
    Failed,
}

impl Missed {
    /// How long nobody asks again.
    const fn counts_for(self) -> Duration {
        match self {
            // A rotation announces its key well ahead; a stranger's names are forgotten soon enough.
            Self::Unknown => Duration::from_secs(30),
            Self::Failed => Duration::from_secs(1),
        }
    }

    fn rejection(self) -> Rejection {
        Rejection::new(match self {
            Self::Unknown => Reason::UnknownKey,
            Self::Failed => Reason::KeySourceUnavailable,
        })
    }
}

/// The most names remembered, of either kind.
const CAPACITY: usize = 1024;

impl FoundKeys {
    /// A finder, unless requests of this scheme name no key, or the keys would lack what they need.
    pub(super) fn new(finding: Finding, verifier: &Verifier) -> Result<Self, ConfigError> {
        let refuse = |problem: String| Err(ConfigError::Setting { setting: "keys", problem });
        if verifier.key_naming() == KeyNaming::Never {
            return refuse("requests of this sender name no key, so none can be found; give the key itself".to_owned());
        }
        for part in verifier.key_parts() {
            let given = finding.parts.iter().any(|(name, value)| name == part && !value.is_empty());
            if !given && !finding.finder.brings_part(part) {
                return refuse(format!("keys of this sender need `{part}`; add it with `Keys::with_part`"));
            }
        }
        let allowance = || Allowance::per_minute(finding.per_minute);
        let (allowance, for_rechecks) = (allowance(), allowance());
        let memory =
            Memory { known: HashMap::new(), missed: HashMap::new(), asking: HashMap::new(), allowance, for_rechecks };
        Ok(Self { finding, memory: Mutex::new(memory) })
    }

    /// The keys of this name, within `budget`.
    pub(crate) async fn find(
        &self,
        named: Named,
        asker: Asker,
        verifier: &Verifier,
        budget: Duration,
    ) -> Result<Arc<PreparedKeyring>, Rejection> {
        if let Some(remembered) = self.remembered(&named) {
            return remembered;
        }
        let turn = self.turn(&named);
        let asked = async {
            let _turn = turn.mutex.lock().await;
            // Somebody else may have asked meanwhile.
            match self.remembered(&named) {
                Some(remembered) => remembered,
                None => self.ask(&named, asker, verifier).await,
            }
        };
        match tokio::time::timeout(budget, asked).await {
            Ok(answer) => answer,
            Err(_) => Err(self.miss(&named, Missed::Failed)),
        }
    }

    /// What the finder said, if it still counts.
    fn remembered(&self, named: &Named) -> Option<Result<Arc<PreparedKeyring>, Rejection>> {
        let memory = self.memory();
        let now = Instant::now();
        let counts = |since: &Instant, time| now.saturating_duration_since(*since) < time;
        if let Some((since, keys)) = memory.known.get(named)
            && counts(since, self.finding.remember)
        {
            return Some(Ok(keys.clone()));
        }
        let (since, missed) = memory.missed.get(named)?;
        counts(since, missed.counts_for()).then(|| Err(missed.rejection()))
    }

    async fn ask(&self, named: &Named, asker: Asker, verifier: &Verifier) -> Result<Arc<PreparedKeyring>, Rejection> {
        if !self.may_ask(named, asker) {
            let detail = "too many unknown keys were asked for; see `Keys::ask_per_minute`";
            return Err(Rejection::new(Reason::KeySourceUnavailable).with_evidence(Evidence::Detail(detail)));
        }
        let (tenant, name) = named.clone();
        match self.finding.finder.find(tenant, name).await {
            Err(error) => {
                tracing::error!(target: "hookporter", %error, "the finder of keys failed");
                Err(self.miss(named, Missed::Failed))
            }
            Ok(Some(keyring)) if !keyring.secrets().is_empty() => {
                match verifier.prepare(&self.completed(&keyring, named)) {
                    Ok(prepared) => Ok(self.learn(named, Arc::new(prepared))),
                    Err(error) => self.keep(named, &error),
                }
            }
            Ok(_) => Err(self.miss(named, Missed::Unknown)),
        }
    }

    /// A name that was good may be asked for whenever its answer is too old; all others share an allowance.
    fn may_ask(&self, named: &Named, asker: Asker) -> bool {
        let mut memory = self.memory();
        let is_known = memory.known.contains_key(named);
        let allowance = match asker {
            Asker::Request => &mut memory.allowance,
            Asker::Recheck => &mut memory.for_rechecks,
        };
        is_known || allowance.take(Instant::now())
    }

    /// The keys, with what belongs to them, and called by the name that the request gave them.
    fn completed(&self, keyring: &Keyring, (_, name): &Named) -> Keyring {
        let alone = keyring.secrets().len() == 1;
        let complete = |secret: &Secret| {
            let unnamed = alone && secret.id().as_str() == "secret";
            let secret = if unnamed { secret.clone().named(name.as_str()) } else { secret.clone() };
            let parts = self.finding.parts.iter();
            parts.fold(
                secret,
                |secret, (part, value)| {
                    if secret.has_part(part) { secret } else { secret.with_part(part, value) }
                },
            )
        };
        keyring.secrets().iter().map(complete).collect::<Vec<_>>().into()
    }

    fn learn(&self, named: &Named, keys: Arc<PreparedKeyring>) -> Arc<PreparedKeyring> {
        let now = Instant::now();
        let mut memory = self.memory();
        memory.missed.remove(named);
        if memory.known.len() >= CAPACITY && !memory.known.contains_key(named) {
            let oldest = memory.known.iter().min_by_key(|(_, (since, _))| *since).map(|(named, _)| named.clone());
            oldest.and_then(|oldest| memory.known.remove(&oldest));
        }
        memory.known.insert(named.clone(), (now, keys.clone()));
        keys
    }

    /// Broken material: the working keys stay, where there are any.
    fn keep(&self, named: &Named, error: &ConfigError) -> Result<Arc<PreparedKeyring>, Rejection> {
        let working = self.memory().known.get(named).map(|(_, keys)| keys.clone());
        if let Some(keys) = working {
            tracing::error!(target: "hookporter", %error, "broken key material; the working keys stay");
            return Ok(self.learn(named, keys));
        }
        tracing::error!(target: "hookporter", %error, "broken key material");
        Err(self.miss(named, Missed::Failed))
    }

    fn miss(&self, named: &Named, missed: Missed) -> Rejection {
        let now = Instant::now();
        let mut memory = self.memory();
        if missed == Missed::Unknown {
            memory.known.remove(named);
        }
        if memory.missed.len() >= CAPACITY {
            memory.missed.retain(|_, (since, missed)| now.saturating_duration_since(*since) < missed.counts_for());
        }
        // What is not remembered is asked for again, as often as the allowance lets it.
        if memory.missed.len() < CAPACITY {
            memory.missed.insert(named.clone(), (now, missed));
        }
        missed.rejection()
    }

    fn turn(&self, named: &Named) -> Turn<'_> {
        let mutex = self.memory().asking.entry(named.clone()).or_default().clone();
        Turn { keys: self, named: named.clone(), mutex }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among those who ask for the same name; the last one to leave clears it away, also when its request ended early.
struct Turn<'a> {
    keys: &'a FoundKeys,
    named: Named,
    mutex: Arc<tokio::sync::Mutex<()>>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut memory = self.keys.memory();
        // This one and the map's.
        if Arc::strong_count(&self.mutex) <= 2 {
            memory.asking.remove(&self.named);
        }
    }
}
