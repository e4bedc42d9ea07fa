//! The client of the ready finders and confirmers: the only code of this library that opens a connection.

use std::time::Duration;

use ureq::Agent;

use crate::handoff::BoxError;

/// The longest answer that is read; a key set, a certificate or a confirmation is below 10 kB.
const LARGEST: u64 = 128 * 1024;
/// How long one call may take; a request waits no longer than the endpoint's budget for it.
const LONGEST: Duration = Duration::from_secs(5);

/// Which URLs are called. Tests have no certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    HttpsOnly,
    #[cfg(test)]
    Any,
}

/// A client that follows nothing, keeps nothing and waits for nobody.
#[derive(Clone)]
pub(crate) struct Client(Agent);

impl Client {
    pub(crate) fn new(scheme: Scheme) -> Self {
        let agent = Agent::config_builder()
            .https_only(scheme == Scheme::HttpsOnly)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(LONGEST))
            .max_response_header_size(16 * 1024)
            .user_agent("hookporter");
        // The servers of tests are of this machine, and not behind the proxy that its environment may name.
        #[cfg(test)]
        let agent = agent.proxy(None);
        Self(agent.build().into())
    }

    /// The status of `url`, and the text where that is 200. It blocks.
    pub(crate) fn get(&self, url: &str) -> Result<(u16, String), BoxError> {
        let mut answer = self.0.get(url).call()?;
        let status = answer.status().as_u16();
        let text = match status {
            200 => answer.body_mut().with_config().limit(LARGEST).read_to_string()?,
            _ => String::new(),
        };
        Ok((status, text))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Serves `answers` one after the other, each on a connection of its own; the address.
    pub(crate) fn server(answers: Vec<String>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut socket, _) = listener.accept().unwrap();
                let mut read = [0; 4096];
                let _ = socket.read(&mut read);
                // A client that has read enough hangs up.
                let _ = socket.write_all(answer.as_bytes());
            }
        });
        format!("http://{address}/keys")
    }

    pub(crate) fn answer(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    }
}
