//! What a server verifies, by what it accepts and refuses.

use hookporter::{Clock, Keyring, Provider, Secret, SystemClock, UnixTime};
use hookporter_testkit::{RequestMaker, SignedRequest};

use super::finding::{Finding, Report};
use super::json_body;
use super::server::{Server, Taken};
use crate::failure::Failure;
use crate::send::Fault;

/// The forgeries that a right server refuses.
const FORGERIES: [Fault; 7] = [
    Fault::WrongKey,
    Fault::MissingSignature,
    Fault::TamperSignature,
    Fault::RepeatedSignature,
    Fault::TamperBody,
    Fault::Stale,
    Fault::Future,
];
const BODY: &str = "raw-body";
/// Of where the layer belongs.
const IN_FRONT: &str =
    "verify in front of everything that reads bodies: middleware, extractors, and a proxy that rewrites";

/// Looks at a server that accepts what is signed as it should be.
pub(super) async fn look(server: &Server<'_>, report: &mut Report) -> Result<(), Failure> {
    forgeries(server, report).await?;
    raw_body(server, report).await
}

async fn forgeries(server: &Server<'_>, report: &mut Report) -> Result<(), Failure> {
    for fault in FORGERIES {
        // Made one by one: each is signed now.
        let maker = server.signer.event(SystemClock.now())?;
        let all = maker.try_mutations().map_err(|error| server.signer.failed(error))?;
        let name = fault.as_str();
        let Some(forgery) = all.into_iter().find(|forgery| Some(forgery.name) == fault.mutation()) else {
            report.say(Finding::skipped(name, fault.impossible()));
            continue;
        };
        report.say(judged(fault, server.takes(&forgery.request).await?));
    }
    Ok(())
}

fn judged(fault: Fault, taken: Option<Taken>) -> Finding {
    let name = fault.as_str();
    match taken {
        Some(Taken::Refused(status)) => Finding::ok(name, format!("refused ({status})")),
        Some(Taken::Accepted(_)) => Finding::problem(name, fault.accepted_means(), mend(fault)),
        Some(Taken::Other(status)) => Finding::warning(
            name,
            format!("answered {status}, which is no refusal to this sender"),
            "answer what does not hold with 401, and nothing of it reaches a handler",
        ),
        None => Finding::warning(name, "it gives no answer", "answer what does not hold with 401"),
    }
}

const fn mend(fault: Fault) -> &'static str {
    match fault {
        Fault::Stale | Fault::Future => "judge the signed timestamp: five minutes are usual",
        Fault::RepeatedSignature => "refuse a header of the proof that stands twice",
        _ => "put the endpoint's layer around this route, and see that it is the one that answers",
    }
}

/// A server whose key cannot be signed with: it must refuse what another key signed.
pub(super) async fn without_key(server: &Server<'_>, report: &mut Report) -> Result<(), Failure> {
    let why = "this sender signs with a private key: with --signing-env VAR, and the public half at the server, more is looked at";
    report.say(Finding::skipped("server", why));
    report.say(match server.takes(&server.good()?).await? {
        Some(Taken::Accepted(_)) if is_published(server) => {
            let message = "accepted: the server has the test kit's key, whose private half everybody knows";
            Finding::problem("wrong-key", message, "give it the sender's own public key")
        }
        taken => judged(Fault::WrongKey, taken),
    });
    let bare = server.takes(&server.good()?.without_signature()).await?;
    report.say(judged(Fault::MissingSignature, bare));
    Ok(())
}

/// Whether a key of nobody's is refused, so that it is the test kit's key that is accepted.
fn is_published(server: &Server<'_>) -> bool {
    server.signer.provider.verifier().is_ok_and(|verifier| verifier.decoy().is_none())
}

/// A body with odd blanks, escapes and numbers is accepted as it was signed, and what it means in another spelling is not.
async fn raw_body(server: &Server<'_>, report: &mut Report) -> Result<(), Failure> {
    let Some(odd) = Odd::made(server, false)? else {
        report.say(Finding::skipped(BODY, "its proof is not over the bytes of a JSON body"));
        return Ok(());
    };
    match server.takes(&odd.request).await? {
        Some(Taken::Accepted(_)) => {}
        Some(Taken::Refused(status)) => {
            let how = rewrites(server, &odd).await?;
            report.say(Finding::problem(BODY, rewritten(how, status), IN_FRONT));
            return Ok(());
        }
        other => {
            let answer = match other {
                Some(Taken::Other(status)) => format!("answered {status}"),
                _ => "not answered".to_owned(),
            };
            let message = format!("a body with odd blanks and escapes is {answer}, and a plain one is accepted");
            report.say(Finding::warning(BODY, message, "see what its log says"));
            return Ok(());
        }
    }
    if let Some((how, _)) = rewrites(server, &odd).await? {
        let message = format!("accepted: a body under the proof of another one, which is {how}");
        report.say(Finding::problem(BODY, message, IN_FRONT));
        return Ok(());
    }
    report.say(Finding::ok(BODY, "odd blanks, escapes and the newline at the end are verified as they were signed"));
    if let Some(odd) = Odd::made(server, true)? {
        report.say(match server.takes(&odd.request).await? {
            Some(Taken::Accepted(_)) => {
                Finding::ok("numbers", "odd spellings of numbers are verified as they were signed")
            }
            Some(Taken::Refused(status)) => {
                Finding::problem("numbers", rewritten(rewrites(server, &odd).await?, status), IN_FRONT)
            }
            _ => Finding::skipped("numbers", "its handler does not take a body with a member that it does not know"),
        });
    }
    Ok(())
}

fn rewritten(how: Option<(&'static str, Taken)>, status: u16) -> String {
    match how {
        Some((how, _)) => {
            format!("something changes the body before it is verified: proven, it verifies the body {how}")
        }
        None => format!(
            "something changes the body before it is verified: a body with odd blanks and escapes is refused ({status}), and a \
             plain one is not"
        ),
    }
}

/// Which rewriting of a body the server verifies in its place.
async fn rewrites(server: &Server<'_>, odd: &Odd) -> Result<Option<(&'static str, Taken)>, Failure> {
    for (how, text) in json_body::rewritten(&odd.body) {
        let Ok(signed) = odd.maker.clone().body(text).try_build() else { continue };
        let under_another_proof = signed.with_body(odd.body.clone());
        if let Some(taken @ Taken::Accepted(_)) = server.takes(&under_another_proof).await? {
            return Ok(Some((how, taken)));
        }
    }
    Ok(None)
}

/// A server refuses what is signed as it should be: whether that is for a body that was written anew.
pub(super) async fn why_refused(server: &Server<'_>, report: &mut Report) -> Result<(), Failure> {
    if let Some(odd) = Odd::made(server, false)?
        && let Some((how, _)) = rewrites(server, &odd).await?
    {
        let message = format!("something changes the body before it is verified: proven, it verifies the body {how}");
        report.say(Finding::problem(BODY, message, IN_FRONT));
        return Ok(());
    }
    report.say(Finding::skipped("proof", "a good one is not accepted, so that the refusal of a bad one shows nothing"));
    Ok(())
}

/// An event whose body is spelled as nobody spells it.
struct Odd {
    maker: RequestMaker,
    body: String,
    request: SignedRequest,
}

impl Odd {
    /// `None` for a sender whose proof is not over the bytes of a JSON body.
    fn made(server: &Server<'_>, numbers: bool) -> Result<Option<Self>, Failure> {
        let (signer, now) = (&server.signer, SystemClock.now());
        let maker = signer.event(now)?;
        let good = maker.try_build().map_err(|error| signer.failed(error))?;
        let Some(body) = json_body::odd(good.body(), numbers) else { return Ok(None) };
        if !covers(signer.provider, &body, now)? {
            return Ok(None);
        }
        let made = maker.clone().body(body.clone()).try_build();
        Ok(made.ok().filter(|request| request.body() == body.as_bytes()).map(|request| Self { maker, body, request }))
    }
}

/// Whether the core refuses every other spelling of this body. It is asked with the test kit's keys, of which it has both halves.
fn covers(provider: &Provider, body: &str, now: UnixTime) -> Result<bool, Failure> {
    let keys = hookporter_testkit::keys(provider.id())?;
    let verifier = provider.verifier()?;
    let prepared = verifier.prepare(&Keyring::from(Secret::weak(keys.receiver)))?;
    let maker = hookporter_testkit::provider(provider.id(), keys.sender)?.at(now).body(body.to_owned());
    let Ok(request) = maker.try_build() else { return Ok(false) };
    let accepted = |request: &SignedRequest| request.check(&verifier, &prepared, now).is_ok();
    let others = json_body::rewritten(body);
    Ok(accepted(&request) && others.into_iter().all(|(_, text)| !accepted(&request.clone().with_body(text))))
}
