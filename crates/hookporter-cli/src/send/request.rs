//! The request that is sent: made by the test kit, and changed as asked.

use hookporter::{Clock, Provider, Secret, SystemClock, UnixTime};
use hookporter_testkit::SignedRequest;

use super::args::{Send, Tamper};
use crate::failure::Failure;
use crate::input;
use crate::signer::Signer;
use crate::wire::Place;

/// Who signs, as the arguments say.
pub(super) fn signer<'a>(
    args: &'a Send,
    provider: &'static Provider,
    secret: Secret,
    place: &Place,
) -> Result<Signer<'a>, Failure> {
    let url = args.public_url.as_deref().unwrap_or(&args.url);
    let body = args.body.as_ref().map(|file| input::read("--body", file)).transpose()?;
    Ok(Signer { event: args.event.as_deref(), body, ..Signer::new(provider, secret, place, url) })
}

/// Signs the request that the arguments ask for, and tampers with it.
pub(super) fn signed(args: &Send, signer: &Signer<'_>) -> Result<SignedRequest, Failure> {
    let provider = signer.provider;
    if (args.stale.is_some() || args.future.is_some()) && provider.tolerance().is_none() {
        return Err(Failure::usage(format!("{} signs no timestamp that could be stale or ahead", provider.id())));
    }
    let now = SystemClock.now();
    let wrong = || hookporter_testkit::keys(provider.id()).map(|keys| Secret::weak(keys.wrong));
    let secret = if args.wrong_key { wrong()? } else { signer.secret.clone() };
    let mut maker = signer.event_signed_with(&secret, signer.url, now)?;
    let mut sent = now;
    if let Some(by) = args.stale {
        (maker, sent) = (maker.stale(by), now.minus(by));
    }
    if let Some(by) = args.future {
        (maker, sent) = (maker.future(by), now.plus(by));
    }
    let request = maker.try_build().map_err(|error| signer.failed(error))?;
    Ok(match args.tamper {
        None => request,
        Some(Tamper::Body) => request.tampered_body(),
        Some(Tamper::Signature) => request.tampered_signature(),
        Some(Tamper::Header) => tampered_header(request, provider.tolerance().map(|_| sent)),
    })
}

/// The signed time one second earlier; where none is signed, the signature in a form that it never has.
fn tampered_header(request: SignedRequest, sent: Option<UnixTime>) -> SignedRequest {
    if let Some(sent) = sent.map(UnixTime::as_secs) {
        let (time, earlier) = (sent.to_string(), sent.saturating_sub(1).to_string());
        let found = request.headers().iter().find(|(_, value)| value.contains(&time)).cloned();
        if let Some((name, value)) = found {
            return request.with_header(&name, &value.replacen(&time, &earlier, 1));
        }
    }
    let signature = request.signature_header().map(str::to_owned);
    match signature.and_then(|name| request.header(&name).map(|value| (name.clone(), format!("!{value}")))) {
        Some((name, value)) => request.with_header(&name, &value),
        // A token in the body.
        None => request.truncated_signature(2),
    }
}
