//! What a server says of itself, and what follows from it.

use std::collections::HashMap;

use hookporter_pipeline::inbox::Durability;
use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisResult, ServerErrorKind, cmd};

use crate::OpenError;

/// What a user says of the server, or puts up with.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Terms {
    /// What the user knows where the server does not say it.
    pub(crate) declared: Option<Durability>,
    pub(crate) eviction: Eviction,
    /// So many replicas must be there to wait for.
    pub(crate) replicas: u32,
}

/// Whether a server may drop what it has been given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Eviction {
    #[default]
    Refused,
    Accepted,
}

/// What a server says of itself.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// The answer of `INFO`.
    info: HashMap<String, String>,
    /// The settings of the append-only file; `None` where nobody may ask.
    config: Option<HashMap<String, String>>,
}

impl Facts {
    /// Asks.
    pub(crate) async fn of(connection: &mut MultiplexedConnection) -> RedisResult<Self> {
        let info: String = cmd("INFO").query_async(connection).await?;
        let info = info.lines().filter_map(|line| line.trim().split_once(':'));
        let info = info.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut asked = cmd("CONFIG");
        asked.arg("GET").arg("appendonly").arg("appendfsync").arg("no-appendfsync-on-rewrite");
        let config = match asked.query_async(connection).await {
            Ok(config) => Some(config),
            Err(error) if is_forbidden(&error) => None,
            Err(error) => return Err(error),
        };
        Ok(Self { info, config })
    }

    fn info(&self, name: &str) -> &str {
        self.info.get(name).map_or("", String::as_str)
    }

    /// Whether the server is one, and how durable.
    pub(crate) fn judge(&self, terms: Terms) -> Result<Durability, OpenError> {
        let version = self.info("redis_version");
        let major: u32 = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
        if major < 7 {
            return Err(OpenError::TooOld(version.to_owned()));
        }
        if self.info("role") == "slave" {
            return Err(OpenError::ReadOnly);
        }
        let policy = self.info("maxmemory_policy");
        if terms.eviction == Eviction::Refused && policy != "noeviction" && self.info("maxmemory") != "0" {
            return Err(OpenError::Evicts { policy: policy.to_owned() });
        }
        let replicas = self.info("connected_slaves").parse().unwrap_or(0);
        if replicas < terms.replicas {
            return Err(OpenError::FewReplicas { connected: replicas, demanded: terms.replicas });
        }
        match &self.config {
            // What it says itself counts, and no word of the user's makes it more.
            Some(config) => Ok(terms.declared.map_or_else(|| durability(config), |said| said.min(durability(config)))),
            None => terms.declared.ok_or(OpenError::DurabilityUnknown),
        }
    }
}

/// How durable these settings are.
fn durability(config: &HashMap<String, String>) -> Durability {
    let of = |name: &str| config.get(name).map_or("", String::as_str);
    match (of("appendonly"), of("appendfsync"), of("no-appendfsync-on-rewrite")) {
        ("yes", "always", "no") => Durability::Synced,
        // Whatever is answered has been written, and is synced when the system sees fit.
        ("yes", "no", _) => Durability::Written,
        // While a sync is under way the server waits with writing, and does not wait with answering.
        _ => Durability::Memory,
    }
}

fn is_forbidden(error: &redis::RedisError) -> bool {
    let unknown = error.kind() == ErrorKind::Server(ServerErrorKind::ResponseError)
        && error.detail().is_some_and(|detail| detail.contains("unknown"));
    error.kind() == ErrorKind::Server(ServerErrorKind::NoPerm) || unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(info: &[(&str, &str)], config: Option<[&str; 3]>) -> Facts {
        let owned = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<HashMap<_, _>>()
        };
        let mut facts = Facts {
            info: owned(&[
                ("redis_version", "7.0.15"),
                ("role", "master"),
                ("maxmemory", "0"),
                ("maxmemory_policy", "noeviction"),
                ("connected_slaves", "0"),
            ]),
            config: config.map(|[only, sync, rewrite]| {
                owned(&[("appendonly", only), ("appendfsync", sync), ("no-appendfsync-on-rewrite", rewrite)])
            }),
        };
        facts.info.extend(owned(info));
        facts
    }

    #[test]
    fn settings_mean_what_they_do_and_no_more() {
        for (config, expected) in [
            (["yes", "always", "no"], Durability::Synced),
            (["yes", "always", "yes"], Durability::Memory),
            (["yes", "no", "no"], Durability::Written),
            (["yes", "no", "yes"], Durability::Written),
            (["yes", "everysec", "no"], Durability::Memory),
            (["no", "always", "no"], Durability::Memory),
            (["no", "everysec", "no"], Durability::Memory),
            (["", "", ""], Durability::Memory),
        ] {
            let facts = facts(&[], Some(config));
            assert_eq!(facts.judge(Terms::default()).unwrap(), expected, "{config:?}");
            let declared = Terms { declared: Some(Durability::Synced), ..Terms::default() };
            assert_eq!(facts.judge(declared).unwrap(), expected, "{config:?}, declared");
        }
        let less = Terms { declared: Some(Durability::Memory), ..Terms::default() };
        assert_eq!(facts(&[], Some(["yes", "always", "no"])).judge(less).unwrap(), Durability::Memory);
    }

    #[test]
    fn where_nobody_may_ask_the_user_says() {
        let facts = facts(&[], None);
        assert!(matches!(facts.judge(Terms::default()), Err(OpenError::DurabilityUnknown)));
        let declared = Terms { declared: Some(Durability::Written), ..Terms::default() };
        assert_eq!(facts.judge(declared).unwrap(), Durability::Written);
    }

    #[test]
    fn what_is_no_server_for_it_is_told_why() {
        let judge = |info: &[(&str, &str)], terms| facts(info, Some(["yes", "always", "no"])).judge(terms);
        assert!(matches!(judge(&[("redis_version", "6.2.14")], Terms::default()), Err(OpenError::TooOld(_))));
        assert!(matches!(judge(&[("role", "slave")], Terms::default()), Err(OpenError::ReadOnly)));
        let full = [("maxmemory", "1000000"), ("maxmemory_policy", "volatile-lru")];
        assert!(matches!(judge(&full, Terms::default()), Err(OpenError::Evicts { .. })));
        assert!(judge(&full, Terms { eviction: Eviction::Accepted, ..Terms::default() }).is_ok());
        assert!(judge(&[("maxmemory_policy", "allkeys-lru")], Terms::default()).is_ok(), "there is no bound");
        let two = Terms { replicas: 2, ..Terms::default() };
        let few = judge(&[("connected_slaves", "1")], two);
        assert!(matches!(few, Err(OpenError::FewReplicas { connected: 1, demanded: 2 })));
        assert!(judge(&[("connected_slaves", "2")], two).is_ok());
    }
}
