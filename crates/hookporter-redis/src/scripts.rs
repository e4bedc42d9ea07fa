//! The scripts: each is one step of the server's, whole or not at all.

use redis::aio::MultiplexedConnection;
use redis::{Cmd, RedisResult, cmd};

/// A script's text.
macro_rules! script {
    ($file:literal) => {
        concat!(include_str!("scripts/common.lua"), include_str!(concat!("scripts/", $file)))
    };
}

/// Which script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    Accept,
    Claim,
    Settle,
    Mend,
    Depth,
}

const TEXTS: [(Script, &str); 5] = [
    (Script::Accept, script!("accept.lua")),
    (Script::Claim, script!("claim.lua")),
    (Script::Settle, script!("settle.lua")),
    (Script::Mend, script!("mend.lua")),
    (Script::Depth, script!("depth.lua")),
];

/// The scripts as a server knows them.
#[derive(Debug, Clone)]
pub(crate) struct Scripts {
    prefix: String,
    stream: String,
    digests: Vec<(Script, String)>,
}

impl Scripts {
    /// Gives the server the scripts. It forgets them when it ends, and so this is done on each connection.
    pub(crate) async fn load(connection: &mut MultiplexedConnection, prefix: &str) -> RedisResult<Self> {
        let mut digests = Vec::with_capacity(TEXTS.len());
        for (script, text) in TEXTS {
            digests.push((script, cmd("SCRIPT").arg("LOAD").arg(text).query_async(connection).await?));
        }
        Ok(Self { prefix: prefix.to_owned(), stream: format!("{prefix}events"), digests })
    }

    /// A call of a script, with the two arguments of its moment; the others are to be added.
    pub(crate) fn call(&self, script: Script, moment: hookporter_pipeline::inbox::store::Moment) -> Cmd {
        let digest = self.digests.iter().find(|(of, _)| *of == script).map_or("", |(_, digest)| digest);
        let mut call = cmd("EVALSHA");
        call.arg(digest).arg(1).arg(&self.stream).arg(&self.prefix);
        call.arg(moment.now.map(|now| now.to_string()).unwrap_or_default()).arg(moment.after);
        call
    }
}
