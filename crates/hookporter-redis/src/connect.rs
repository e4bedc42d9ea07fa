//! Connections of the inbox's own: to a server that is as it must be, and in a cluster to the node that has the inbox.

use std::time::Duration;

use hookporter_pipeline::inbox::Durability;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ErrorKind, RedisError, RedisResult, cmd};
use tokio::time::timeout;

use crate::OpenError;
use crate::judgement::{Facts, Terms};
use crate::scripts::Scripts;

/// How long a connection may take to be made: most tries are short, so that a server is found soon that is back.
pub(crate) const SHORT: Duration = Duration::from_millis(900);
/// One that is far away takes longer.
pub(crate) const PATIENT: Duration = Duration::from_secs(10);
/// How often one is led on to another node of a cluster.
const HOPS: usize = 4;

/// Makes connections.
#[derive(Debug, Clone)]
pub(crate) struct Opener {
    pub(crate) info: ConnectionInfo,
    pub(crate) prefix: String,
    pub(crate) terms: Terms,
    /// What the server was found with, once it was.
    pub(crate) was: Option<Durability>,
}

/// A connection, and the scripts that its server has.
#[derive(Debug, Clone)]
pub(crate) struct Connected {
    pub(crate) connection: MultiplexedConnection,
    pub(crate) scripts: Scripts,
    pub(crate) durability: Durability,
}

/// A server that does not answer.
pub(crate) fn silent() -> RedisError {
    RedisError::from((ErrorKind::Io, "the server does not answer"))
}

impl Opener {
    /// A connection to a server that is as it must be.
    pub(crate) async fn connect(&self, patience: Duration) -> Result<Connected, OpenError> {
        timeout(patience, self.connect_now()).await.unwrap_or_else(|_| Err(OpenError::Unreachable(silent())))
    }

    async fn connect_now(&self) -> Result<Connected, OpenError> {
        let mut connection = self.led().await.map_err(OpenError::Unreachable)?;
        let durability = self.judged(&mut connection).await?;
        let scripts = Scripts::load(&mut connection, &self.prefix).await.map_err(OpenError::Unreachable)?;
        Ok(Connected { connection, scripts, durability })
    }

    /// How durable the server is now; an error where it is not as it must be.
    pub(crate) async fn judged(&self, connection: &mut MultiplexedConnection) -> Result<Durability, OpenError> {
        let facts = Facts::of(connection).await.map_err(OpenError::Unreachable)?;
        let is = facts.judge(self.terms)?;
        match self.was {
            Some(was) if is < was => Err(OpenError::Weaker { was, is }),
            _ => Ok(is),
        }
    }

    /// A connection to the node that has the inbox: the one that was named, or where that leads.
    async fn led(&self) -> RedisResult<MultiplexedConnection> {
        let mut info = self.info.clone();
        for _ in 0..HOPS {
            let mut connection = bare(info.clone(), AsyncConnectionConfig::new()).await?;
            let asked = cmd("EXISTS").arg(format!("{}events", self.prefix)).query_async::<i64>(&mut connection).await;
            let Err(error) = asked else { return Ok(connection) };
            let Some(addr) = error.redirect_node().and_then(|(node, _)| moved(info.addr(), node)) else {
                return Err(error);
            };
            info = info.set_addr(addr);
        }
        Err(RedisError::from((ErrorKind::Client, "the cluster leads from one node to the next without an end")))
    }
}

/// A connection as it comes. How long an answer may take is for the caller to say.
pub(crate) async fn bare(info: ConnectionInfo, config: AsyncConnectionConfig) -> RedisResult<MultiplexedConnection> {
    let config = config.set_connection_timeout(None).set_response_timeout(None);
    Client::open(info)?.get_multiplexed_async_connection_with_config(&config).await
}

/// The address of another node, reached as the first one was; `host:port`, where no host means the same one.
fn moved(addr: &ConnectionAddr, node: &str) -> Option<ConnectionAddr> {
    let (host, port) = node.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let named = |known: &String| if host.is_empty() { known.clone() } else { host.trim_matches(['[', ']']).to_owned() };
    match addr {
        ConnectionAddr::Tcp(known, _) => Some(ConnectionAddr::Tcp(named(known), port)),
        ConnectionAddr::TcpTls { host: known, insecure, tls_params, .. } => Some(ConnectionAddr::TcpTls {
            host: named(known),
            port,
            insecure: *insecure,
            tls_params: tls_params.clone(),
        }),
        _ => None,
    }
}
