//! The server: whether it is there, and takes what is signed as it should be.

use hookporter::{Clock, Secret, SystemClock};
use hookporter_testkit::SignedRequest;

use super::finding::{Finding, Report};
use super::{clock, proof, urls};
use crate::failure::Failure;
use crate::keys::{self, Usable};
use crate::send::refuses;
use crate::signer::Signer;
use crate::wire::{Answer, Place, Shipment, Unanswered};

const CHECK: &str = "server";

/// A server that is asked.
pub(super) struct Server<'a> {
    pub(super) place: &'a Place,
    pub(super) signer: Signer<'a>,
}

/// What a server makes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    Accepted(u16),
    Refused(u16),
    /// Neither of the two.
    Other(u16),
}

/// What there is to sign with: a shared secret is there already. `None` for a key pair of which only one half is known.
pub(super) fn signing(private: Option<&str>, keys: &Usable) -> Result<Option<Vec<Secret>>, Failure> {
    match (keys::is_asymmetric(&keys.provider.verifier()?), private) {
        (true, None) => Ok(None),
        (true, Some(variable)) => Ok(Some(vec![keys::signing(keys.provider.id(), variable)?.1])),
        (false, None) => Ok(Some(keys.secrets.clone())),
        (false, Some(_)) => {
            let id = keys.provider.id();
            Err(Failure::usage(format!("--signing-env: {id} signs with the secret itself, which --secret-env names")))
        }
    }
}

/// Asks the server everything; `called` is what the sender calls.
pub(super) async fn look(
    keys: &Usable,
    signing: Option<Vec<Secret>>,
    place: &Place,
    called: &str,
    report: &mut Report,
) -> Result<(), Failure> {
    let Some(secrets) = signing else {
        let known = hookporter_testkit::keys(keys.provider.id())?;
        let server = Server { place, signer: Signer::new(keys.provider, Secret::weak(known.sender), place, called) };
        return proof::without_key(&server, report).await;
    };
    let mut accepted = None;
    for (index, secret) in secrets.iter().enumerate() {
        let server = Server { place, signer: Signer::new(keys.provider, secret.clone(), place, called) };
        let before = SystemClock.now();
        let answer = match server.send(&server.good()?).await? {
            Ok(answer) => answer,
            Err(unanswered) => {
                report.say(nobody(place, &unanswered));
                return Ok(());
            }
        };
        if index == 0 {
            let here = before.plus(answer.latency.checked_div(2).unwrap_or_default());
            report.say(clock::against_server(keys.provider, answer.date, here));
        }
        let taken = server.taken(answer.status);
        if matches!(taken, Taken::Accepted(_)) {
            accepted.get_or_insert(server);
        }
        report.say(good(keys, secret, taken, answer.status));
    }
    let needs_url = keys.provider.verifier()?.needs_url();
    if let Some(server) = accepted {
        if needs_url {
            report.say(Finding::ok("url", format!("the server verifies for {called}")));
        }
        return proof::look(&server, report).await;
    }
    let Some(secret) = secrets.into_iter().next() else { return Ok(()) };
    let server = Server { place, signer: Signer::new(keys.provider, secret, place, called) };
    if needs_url {
        return other_url(&server, called, report).await;
    }
    proof::why_refused(&server, report).await
}

/// Signs for other URLs, until the server accepts one.
async fn other_url(server: &Server<'_>, called: &str, report: &mut Report) -> Result<(), Failure> {
    let signer = &server.signer;
    let own = format!("http://{}{}", server.place.authority(), server.place.target());
    for url in urls::variants(called, &own) {
        let maker = signer.event_signed_with(&signer.secret, &url, SystemClock.now())?;
        let request = maker.try_build().map_err(|error| signer.failed(error))?;
        let Ok(answer) = server.send(&request).await? else { continue };
        if !matches!(server.taken(answer.status), Taken::Accepted(_)) {
            continue;
        }
        report.say(Finding::problem(
            "url",
            format!("the server verifies for {url}, and not for {called}"),
            "set the endpoint's public URL to what the sender calls, letter by letter; behind proxies see `trusted_proxies`",
        ));
        let other = Signer::new(signer.provider, signer.secret.clone(), server.place, &url);
        return proof::look(&Server { place: server.place, signer: other }, report).await;
    }
    let message = format!("the server verifies neither for {called} nor for what is near it");
    report.say(Finding::problem(
        "url",
        message,
        "see with --public-url what it verifies for, or whether its secret is another one",
    ));
    Ok(())
}

fn good(keys: &Usable, secret: &Secret, taken: Taken, status: u16) -> Finding {
    let (id, provider) = (secret.id(), keys.provider);
    match taken {
        Taken::Accepted(_) => {
            Finding::ok(CHECK, format!("it accepts an event that is signed with key `{id}` ({status})"))
        }
        Taken::Refused(_) => Finding::problem(
            CHECK,
            format!("it refuses an event that is signed with key `{id}` ({status})"),
            "its secret is another one; or body, headers or URL are changed before they are verified; or a handler refuses the \
             sample; its log says the reason",
        ),
        Taken::Other(200..300) => Finding::problem(
            CHECK,
            format!(
                "it answers {status}, and {} takes {} for success",
                provider.name(),
                provider.acknowledgement().success
            ),
            "answer with one of these",
        ),
        Taken::Other(300..400) => Finding::problem(
            CHECK,
            format!("it redirects ({status})"),
            "give the sender the last URL: senders do not follow, and some unsubscribe",
        ),
        Taken::Other(404) => Finding::problem(CHECK, "nothing is at this path (404)", "compare --url with the route"),
        Taken::Other(405) => Finding::problem(
            CHECK,
            "it does not take this method there (405)",
            format!("this sender uses {}", provider.methods().join(", ")),
        ),
        Taken::Other(500..) => Finding::problem(
            CHECK,
            format!("it fails by itself ({status})"),
            "its log says why: hand-off, handler or key source; the sender comes again meanwhile",
        ),
        Taken::Other(_) => Finding::problem(
            CHECK,
            format!("it answers {status}, which neither accepts nor refuses"),
            "a handler may not like the sample; try `hookporter send --body FILE` with an event of yours",
        ),
    }
}

fn nobody(place: &Place, unanswered: &Unanswered) -> Finding {
    let address = place.address();
    match unanswered {
        Unanswered::Unreachable(problem) => {
            let message = format!("nobody is at {address}: {problem}");
            Finding::problem(CHECK, message, "start the server, or compare address and port")
        }
        Unanswered::Broken(problem) | Unanswered::Late(problem) => {
            let message = format!("what is at {address} gives no answer: {problem}");
            Finding::problem(CHECK, message, "see that it is an HTTP server, and what its log says")
        }
    }
}

impl Server<'_> {
    /// A new event, signed as it should be.
    pub(super) fn good(&self) -> Result<SignedRequest, Failure> {
        self.signer.event(SystemClock.now())?.try_build().map_err(|error| self.signer.failed(error))
    }

    pub(super) async fn send(&self, request: &SignedRequest) -> Result<Result<Answer, Unanswered>, Failure> {
        Ok(Shipment::new(self.place, request)?.send(self.place).await)
    }

    pub(super) fn taken(&self, status: u16) -> Taken {
        let provider = self.signer.provider;
        if provider.acknowledgement().success.takes(status) {
            Taken::Accepted(status)
        } else if refuses(provider, status) {
            Taken::Refused(status)
        } else {
            Taken::Other(status)
        }
    }

    /// What it makes of a request; `None` where it gives no answer.
    pub(super) async fn takes(&self, request: &SignedRequest) -> Result<Option<Taken>, Failure> {
        Ok(self.send(request).await?.ok().map(|answer| self.taken(answer.status)))
    }
}
