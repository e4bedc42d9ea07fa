//! What connections are encrypted with; and servers that want that of a program which has nothing.

use std::time::Duration;

use async_nats::ServerAddr;
use async_nats::rustls::crypto::CryptoProvider;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::OpenError;

/// How long a server may take to say what it is.
const PATIENCE: Duration = Duration::from_millis(1500);
/// The longest word that is read of one; those in use have a few hundred bytes.
const MOST: u64 = 64 * 1024;

/// What a server says first, in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Info {
    #[serde(default)]
    tls_required: bool,
    #[serde(default)]
    tls_available: bool,
}

/// Sees to it that there is something to encrypt with where one of these servers may want it: the client would panic.
///
/// # Errors
/// [`OpenError::Unreachable`], which says what is missing.
pub(crate) async fn prepare(servers: &[ServerAddr]) -> Result<(), OpenError> {
    for server in servers {
        if CryptoProvider::get_default().is_some() {
            break;
        }
        provide(server, info(server).await)?;
    }
    Ok(())
}

/// Installs ring, but for a server that speaks in the clear: a program may still have a choice of its own to make. Of two that do
/// it at once, one does.
#[cfg(feature = "tls")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature it fails")]
fn provide(server: &ServerAddr, info: Option<Info>) -> Result<(), OpenError> {
    if server.tls_required() || info.is_none_or(|info| info.tls_required || info.tls_available) {
        let _ = async_nats::rustls::crypto::ring::default_provider().install_default();
    }
    Ok(())
}

/// There is nothing to install.
#[cfg(not(feature = "tls"))]
fn provide(server: &ServerAddr, info: Option<Info>) -> Result<(), OpenError> {
    if server.tls_required() || info.is_some_and(|info| info.tls_required) {
        let why = format!("{} is reached by TLS only, which needs this crate's feature `tls`", server.host());
        return Err(OpenError::Unreachable(why.into()));
    }
    Ok(())
}

/// What a server says of itself; nothing, if it cannot be reached, or waits to be spoken to.
async fn info(server: &ServerAddr) -> Option<Info> {
    let asked = async {
        let connection = TcpStream::connect((server.host(), server.port())).await.ok()?;
        let mut line = String::new();
        BufReader::new(connection.take(MOST)).read_line(&mut line).await.ok()?;
        serde_json::from_str(line.strip_prefix("INFO ")?).ok()
    };
    timeout(PATIENCE, asked).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_server_says_whether_it_encrypts() {
        let of = |tls_required, tls_available| Some(Info { tls_required, tls_available });
        let said = [
            ("INFO {\"server_id\":\"NA\",\"max_payload\":1048576,\"tls_required\":true} \r\n", of(true, false)),
            ("INFO {\"server_id\":\"NA\",\"tls_available\":true,\"max_payload\":1048576} \r\n", of(false, true)),
            ("INFO {\"server_id\":\"NA\",\"max_payload\":1048576} \r\n", of(false, false)),
            ("INFO {\"tls_required\":tr", None),
            ("HTTP/1.1 400 Bad Request\r\n", None),
            ("", None),
        ];
        for (text, says) in said {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let server: ServerAddr = format!("nats://{}", listener.local_addr().unwrap()).parse().unwrap();
            let saying = async {
                let (mut connection, _) = listener.accept().await.unwrap();
                connection.write_all(text.as_bytes()).await.unwrap();
            };
            assert_eq!(tokio::join!(info(&server), saying).0, says, "{text:?}");
        }
        assert_eq!(info(&"nats://127.0.0.1:1".parse().unwrap()).await, None);
    }
}
