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
#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    tls_required: bool,
}

/// Sees to it that there is something to encrypt with, or that none of these servers wants it: the client would panic.
///
/// # Errors
/// [`OpenError::Unreachable`], which says what is missing.
pub(crate) async fn prepare(servers: &[ServerAddr]) -> Result<(), OpenError> {
    #[cfg(feature = "tls")]
    if CryptoProvider::get_default().is_none() {
        // Of two that do it at once, one does.
        let _ = async_nats::rustls::crypto::ring::default_provider().install_default();
    }
    if CryptoProvider::get_default().is_some() {
        return Ok(());
    }
    for server in servers {
        if server.tls_required() || wants_encryption(server).await {
            let why = format!("{} is reached by TLS only, which needs this crate's feature `tls`", server.host());
            return Err(OpenError::Unreachable(why.into()));
        }
    }
    Ok(())
}

/// Whether the server says that it speaks in the clear no longer; one that cannot be reached does not.
async fn wants_encryption(server: &ServerAddr) -> bool {
    let asked = async {
        let connection = TcpStream::connect((server.host(), server.port())).await.ok()?;
        let mut line = String::new();
        BufReader::new(connection.take(MOST)).read_line(&mut line).await.ok()?;
        serde_json::from_str::<Info>(line.strip_prefix("INFO ")?).ok()
    };
    timeout(PATIENCE, asked).await.ok().flatten().is_some_and(|info| info.tls_required)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_server_says_whether_it_is_reached_by_tls_only() {
        let said = [
            ("INFO {\"server_id\":\"NA\",\"max_payload\":1048576,\"tls_required\":true} \r\n", true),
            ("INFO {\"server_id\":\"NA\",\"max_payload\":1048576,\"tls_available\":true} \r\n", false),
            ("INFO {\"tls_required\":tr", false),
            ("HTTP/1.1 400 Bad Request\r\n", false),
            ("", false),
        ];
        for (text, wants) in said {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let server: ServerAddr = format!("nats://{}", listener.local_addr().unwrap()).parse().unwrap();
            let saying = async {
                let (mut connection, _) = listener.accept().await.unwrap();
                connection.write_all(text.as_bytes()).await.unwrap();
            };
            assert_eq!(tokio::join!(wants_encryption(&server), saying).0, wants, "{text:?}");
        }
        let nowhere = "nats://127.0.0.1:1".parse().unwrap();
        assert!(!wants_encryption(&nowhere).await);
    }
}
