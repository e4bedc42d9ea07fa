//! The request that is sent: made by the test kit, and changed as asked.

use hookporter::{Clock, Provider, Secret, SystemClock, UnixTime};
use hookporter_testkit::{RequestMaker, SignedRequest};

use crate::args::{Send, Tamper};
use crate::failure::Failure;
use crate::{input, keys};

/// Signs the request that the arguments ask for, and tampers with it.
pub(super) fn signed(args: &Send, provider: &Provider, secret: Secret) -> Result<SignedRequest, Failure> {
    if (args.stale.is_some() || args.future.is_some()) && provider.tolerance().is_none() {
        return Err(Failure::usage(format!("{} signs no timestamp that could be stale or ahead", provider.id())));
    }
    let now = SystemClock.now();
    let secret = if args.wrong_key { Secret::weak(hookporter_testkit::keys(provider.id())?.wrong) } else { secret };
    let mut maker = hookporter_testkit::provider(provider.id(), secret)?.url(&args.url).at(now);
    let mut sent = now;
    if let Some(by) = args.stale {
        (maker, sent) = (maker.stale(by), now.minus(by));
    }
    if let Some(by) = args.future {
        (maker, sent) = (maker.future(by), now.plus(by));
    }
    maker = labelled(maker, args, provider, now);
    if let Some(file) = &args.body {
        maker = with_body(maker, input::read("--body", file)?);
    }
    let request = maker.try_build().map_err(|error| keys::cannot_sign(provider, error))?;
    Ok(match args.tamper {
        None => request,
        Some(Tamper::Body) => request.tampered_body(),
        Some(Tamper::Signature) => request.tampered_signature(),
        Some(Tamper::Header) => tampered_header(request, provider.tolerance().map(|_| sent)),
    })
}

/// Event and id: every call is an event of its own, as a sender's are.
fn labelled(maker: RequestMaker, args: &Send, provider: &Provider, now: UnixTime) -> RequestMaker {
    let maker = match &args.event {
        Some(event) => maker.event(event),
        None => maker,
    };
    if provider.id() == "discord" && args.event.is_some() {
        // Its events have no id, which is why a replay of one is taken again.
        return maker;
    }
    maker.event_id(&format!("evt_{:x}{:x}", now.as_millis(), std::process::id()))
}

/// The body that was given, with the content type that its looks suggest where that is clear.
fn with_body(maker: RequestMaker, body: Vec<u8>) -> RequestMaker {
    let is_form = body.contains(&b'=') && body.iter().all(|byte| byte.is_ascii_graphic());
    let maker = if serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok() {
        maker.header("content-type", "application/json")
    } else if is_form {
        maker.header("content-type", "application/x-www-form-urlencoded")
    } else {
        maker
    };
    maker.body(body)
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
