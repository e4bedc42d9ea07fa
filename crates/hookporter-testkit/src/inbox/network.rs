//! A way to a server that can fail: for what happens between a store and its server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a network does with what passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[expect(clippy::exhaustive_enums, reason = "said by tests")]
pub enum Mood {
    /// It carries everything.
    Passes,
    /// The next thing that is asked reaches the server, and both ways are cut before the answer; then it carries again.
    LosesAnswer,
    /// Everything is swallowed, and nothing is closed.
    Swallows,
}

/// A way to a server, from a port of its own: connections to it are carried to the server as the [`Mood`] says, for as long as the
/// runtime lasts.
///
/// ```no_run
/// use hookporter_testkit::inbox::{Mood, Network};
///
/// # async fn example(server: std::net::SocketAddr) -> std::io::Result<()> {
/// let network = Network::to(server).await?;
/// // … open a store through `network.port()`, and then:
/// network.set(Mood::LosesAnswer);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Network {
    port: u16,
    mood: Arc<AtomicU8>,
}

impl Network {
    /// A way to this server, which carries everything.
    ///
    /// # Errors
    /// As [`TcpListener::bind`].
    pub async fn to(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let network = Self { port: listener.local_addr()?.port(), mood: Arc::new(AtomicU8::new(Mood::Passes as u8)) };
        let mood = network.mood.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // A server that is away refuses, and so the client's connection ends.
                if let Ok(server) = TcpStream::connect(server).await {
                    tokio::spawn(carry(client, server, mood.clone()));
                }
            }
        });
        Ok(network)
    }

    /// The port of 127.0.0.1 that leads to the server.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What it does from now on.
    pub fn set(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, mood: Arc<AtomicU8>) {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) = (client.split(), server.split());
    let (mut asked, mut answered) = (vec![0; 65536], vec![0; 65536]);
    let is = |wanted: Mood| mood.load(Ordering::SeqCst) == wanted as u8;
    loop {
        let (bytes, to) = tokio::select! {
            read = from_client.read(&mut asked) => (asked.get(..read.unwrap_or(0)), &mut to_server),
            read = from_server.read(&mut answered) => {
                if is(Mood::LosesAnswer) {
                    mood.store(Mood::Passes as u8, Ordering::SeqCst);
                    return;
                }
                (answered.get(..read.unwrap_or(0)), &mut to_client)
            }
        };
        let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { return };
        if !is(Mood::Swallows) && to.write_all(bytes).await.is_err() {
            return;
        }
    }
}
