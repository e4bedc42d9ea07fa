//! A network between a node and its database, in which things go wrong. It reads what nodes ask, as far as it takes to know when
//! something is committed.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{Server, random};

/// Where a connection is cut, both ways, when something is to be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The server has all of it but the word to commit.
    Before,
    /// The server has committed, and the node has got so many bytes of the answer, counted from the end if negative.
    Answer(isize),
}

/// The answer's last message, without which nothing is committed: the server is ready for the next question.
pub(crate) const READY: isize = 6;

/// What the network does. Clones are the same network's.
#[derive(Clone, Default)]
pub(crate) struct Weather(Arc<State>);

#[derive(Default)]
struct State {
    /// Nothing comes through, and nothing is closed; afterwards it comes late, as on a line that sends again what was lost.
    holds: AtomicBool,
    /// Nothing comes through from the next statement on in which this stands.
    holds_next: Mutex<Option<&'static str>>,
    /// What becomes of the next commit of records that were taken over.
    next: Mutex<Option<Cut>>,
    /// Of so many commits, of whatever it may be, one is cut somewhere; 0: none.
    one_in: AtomicU32,
    seed: Mutex<u64>,
    cuts: AtomicU32,
}

impl Weather {
    /// From now on nothing comes through.
    pub(crate) fn hold(&self) {
        self.0.holds.store(true, Ordering::SeqCst);
    }

    /// From the next statement on in which this stands.
    pub(crate) fn hold_next(&self, words: &'static str) {
        *self.0.holds_next.lock().unwrap() = Some(words);
    }

    /// Whether nothing comes through now.
    pub(crate) fn holds(&self) -> bool {
        self.0.holds.load(Ordering::SeqCst)
    }

    /// What was held comes now.
    pub(crate) fn release(&self) {
        self.0.holds.store(false, Ordering::SeqCst);
    }

    pub(crate) fn cut_next(&self, cut: Cut) {
        *self.0.next.lock().unwrap() = Some(cut);
    }

    pub(crate) fn cut_one_in(&self, so_many: u32) {
        self.0.one_in.store(so_many, Ordering::SeqCst);
    }

    /// How many commits were cut.
    pub(crate) fn cuts(&self) -> u32 {
        self.0.cuts.load(Ordering::SeqCst)
    }

    /// A statement comes by: the network may be waiting for it.
    fn sees(&self, statement: &str) {
        if self.0.holds_next.lock().unwrap().take_if(|words| statement.contains(*words)).is_some() {
            self.hold();
        }
    }

    async fn comes_through(&self) {
        while self.holds() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What becomes of a commit.
    fn fate(&self, accepts: bool) -> Option<Cut> {
        let mut cut = if accepts { self.0.next.lock().unwrap().take() } else { None };
        let one_in = u64::from(self.0.one_in.load(Ordering::SeqCst));
        if one_in > 0 {
            let mut seed = self.0.seed.lock().unwrap();
            if random(&mut seed).is_multiple_of(one_in) {
                let cuts = [Cut::Before, Cut::Answer(0), Cut::Answer(1), Cut::Answer(-READY), Cut::Answer(-1)];
                cut = Some(cuts[usize::try_from(random(&mut seed) % 5).unwrap()]);
            }
        }
        self.0.cuts.fetch_add(u32::from(cut.is_some()), Ordering::SeqCst);
        cut
    }
}

/// A way to the server: the URL of its near end, and its weather. It is there until the runtime ends.
pub(crate) async fn network(server: &Server) -> (String, Weather) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (own, far, weather) = (listener.local_addr().unwrap(), server.address(), Weather::default());
    *weather.0.seed.lock().unwrap() = u64::from(std::process::id()) << 16 | u64::from(own.port());
    let shared = weather.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(connected(client, far, shared.clone()));
        }
    });
    (server.url().replace(&far.to_string(), &own.to_string()), weather)
}

async fn connected(client: TcpStream, far: SocketAddr, weather: Weather) {
    // Whoever is cut off does not reach the server at all.
    weather.comes_through().await;
    let Ok(server) = TcpStream::connect(far).await else { return };
    let (_, _) = (client.set_nodelay(true), server.set_nodelay(true));
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let mut line = Line { weather, from_client, to_client, from_server, to_server, asked: Asked::default() };
    // Both ends are closed with it.
    line.carry().await.unwrap_or(());
}

struct Line {
    weather: Weather,
    from_client: OwnedReadHalf,
    to_client: OwnedWriteHalf,
    from_server: OwnedReadHalf,
    to_server: OwnedWriteHalf,
    asked: Asked,
}

impl Line {
    /// Carries both ways, until one end closes or it is cut.
    async fn carry(&mut self) -> std::io::Result<()> {
        let (mut asked, mut answered) = (vec![0; 65536], vec![0; 65536]);
        loop {
            tokio::select! {
                read = self.from_client.read(&mut asked) => {
                    let read = read?;
                    if read == 0 { return Ok(()) }
                    self.weather.comes_through().await;
                    self.asked.unread.extend_from_slice(&asked[..read]);
                    while let Some(message) = self.asked.next() {
                        if let Some(statement) = message.begins {
                            self.weather.sees(&statement);
                            self.weather.comes_through().await;
                        }
                        let cut = message.commits.then(|| self.weather.fate(self.asked.accepts)).flatten();
                        match cut {
                            Some(Cut::Before) => return Ok(()),
                            Some(Cut::Answer(bytes)) => {
                                self.to_server.write_all(&message.bytes).await?;
                                return self.answer_partly(bytes).await;
                            }
                            None => self.to_server.write_all(&message.bytes).await?,
                        }
                    }
                }
                read = self.from_server.read(&mut answered) => {
                    let read = read?;
                    if read == 0 { return Ok(()) }
                    self.weather.comes_through().await;
                    self.to_client.write_all(&answered[..read]).await?;
                }
            }
        }
    }

    /// Waits for the whole answer, and passes on so much of it.
    async fn answer_partly(&mut self, bytes: isize) -> std::io::Result<()> {
        let (mut answer, mut chunk) = (Vec::new(), vec![0; 65536]);
        while !is_whole(&answer) {
            let read = self.from_server.read(&mut chunk).await?;
            if read == 0 {
                return Ok(());
            }
            answer.extend_from_slice(&chunk[..read]);
        }
        let some = if bytes < 0 { answer.len().saturating_add_signed(bytes) } else { bytes.unsigned_abs() };
        self.to_client.write_all(&answer[..some.min(answer.len() - 1)]).await
    }
}

/// Whether these messages of the server's end with the one that it is ready.
fn is_whole(mut answer: &[u8]) -> bool {
    while let Some(length) = message_length(answer.get(1..)) {
        if answer.first() == Some(&b'Z') {
            return true;
        }
        answer = &answer[length + 1..];
    }
    false
}

/// How long a message is that begins with its length; `None` unless all of it is here.
fn message_length(bytes: Option<&[u8]>) -> Option<usize> {
    let length = u32::from_be_bytes(bytes?.get(..4)?.try_into().unwrap()) as usize;
    (bytes?.len() >= length).then_some(length)
}

/// What a node asks.
#[derive(Default)]
struct Asked {
    unread: Vec<u8>,
    /// Messages have kinds, once the session has begun.
    began: bool,
    /// The statements that were prepared.
    statements: HashMap<Vec<u8>, Arc<str>>,
    /// Whether this connection takes records over.
    accepts: bool,
    /// Since the last time that the server was to be ready, something was written.
    wrote: bool,
    in_transaction: bool,
}

struct Message {
    bytes: Vec<u8>,
    /// The statement that begins.
    begins: Option<Arc<str>>,
    /// With this one the server commits.
    commits: bool,
}

impl Asked {
    /// The next message that is whole.
    fn next(&mut self) -> Option<Message> {
        let kind = usize::from(self.began);
        let length = message_length(self.unread.get(kind..))?;
        let bytes: Vec<u8> = self.unread.drain(..length + kind).collect();
        if !self.began {
            // What asks for encryption comes before, and has no version.
            self.began = bytes[4..8] == [0, 3, 0, 0];
            return Some(Message { bytes, begins: None, commits: false });
        }
        let mut texts = bytes[5..].split(|byte| *byte == 0);
        let mut text = || texts.next().unwrap_or_default();
        let mut begins = None;
        let commits = match bytes[0] {
            b'P' => {
                let (name, sql) = (text().to_owned(), String::from_utf8_lossy(text()).into_owned());
                self.accepts |= sql.contains("nextval(");
                self.statements.insert(name, sql.into());
                false
            }
            b'B' => {
                let (_, name) = (text(), text());
                begins = self.statements.get(name).cloned();
                let writes = |sql: &Arc<str>| ["INSERT ", "UPDATE ", "DELETE "].iter().any(|word| sql.contains(word));
                self.wrote |= begins.as_ref().is_some_and(writes);
                false
            }
            // Of the session's transactions, beginning and end.
            b'Q' => {
                let sql = String::from_utf8_lossy(text()).to_ascii_uppercase();
                self.in_transaction = sql.starts_with("BEGIN");
                sql.starts_with("COMMIT")
            }
            b'S' => std::mem::take(&mut self.wrote) && !self.in_transaction,
            _ => false,
        };
        Some(Message { bytes, begins, commits })
    }
}
