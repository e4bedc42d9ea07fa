//! `receive`: a real receiver that shows what comes in, and why it was turned away.

mod actix;
mod kept;
mod line;
mod printer;
pub(crate) mod shutdown;
mod tower;

use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::time::Duration;

use hookporter::{
    BoxFuture, Endpoint, Event, FrozenClock, HandedOff, Handoff, HandoffError, Keyring, Provider, UnixTime,
};
use serde::Serialize;

use crate::args::{Adapter, Receive};
use crate::failure::Failure;
use crate::keys;
use crate::output;
use crate::store::Place;
use kept::Kept;
pub(crate) use printer::Printer;

/// How long open requests get at the end.
pub(crate) const SHUTDOWN: Duration = Duration::from_secs(5);

/// Runs the receiver until it is told to end.
pub(crate) fn run(args: &Receive) -> Result<ExitCode, Failure> {
    let path = path(args)?;
    let (provider, keyring) = keys::receiving(&args.keyed.provider, &args.keyed.secret_env)?;
    let (listener, address) = bind(&args.listen)?;
    let url = format!("http://{address}{path}");
    let endpoint = endpoint(args, provider, keyring, &url)?;
    if let Some(at) = args.moment.at {
        output::complain(format_args!("the clock stands still at {at}: every request is judged at that moment"));
    }
    may_keep(args, provider)?;
    let place = place(args)?;
    let printer = Printer::start(args.json).map_err(|error| Failure::system("a thread", error))?;
    // Last of all, so that no file is made where something else is wrong.
    let (endpoint, kept) = match &place {
        Some(place) => {
            let (endpoint, kept) = Kept::open(place, endpoint, &printer)?;
            (keeping_refused(args, endpoint)?, Some(kept))
        }
        None => (endpoint.handoff(ShownAndDropped), None),
    };
    let endpoint = endpoint.observer(printer.observer());
    let listening = listening(args, provider, &url, place.as_ref());
    let ready = || printer.say(listening);
    let ended = match args.adapter {
        Adapter::Tower => tower::serve(listener, &path, endpoint, ready),
        Adapter::Actix => actix::serve(listener, &path, endpoint, ready),
    };
    // What is still worked is shown.
    kept.into_iter().for_each(Kept::close);
    printer.finish();
    ended.map(|()| ExitCode::SUCCESS)
}

/// Where events are kept.
fn place(args: &Receive) -> Result<Option<Place>, Failure> {
    if args.no_inbox {
        return Ok(None);
    }
    let place = Place::named(args.inbox.as_ref(), args.schema.as_deref())?.absolute();
    if args.schema.is_none() && !matches!(place, Place::File(_)) {
        // What waits in the schema of an app would be shown here, and be done.
        return Err(Failure::usage("with a PostgreSQL inbox, name a schema of its own: --schema NAME"));
    }
    Ok(Some(place))
}

fn endpoint(args: &Receive, provider: &Provider, keyring: Keyring, url: &str) -> Result<Endpoint, Failure> {
    let public_url = match &args.public_url {
        Some(url) => Some(url.as_str()),
        None => provider.verifier()?.needs_url().then_some(url),
    };
    let mut endpoint = match public_url {
        Some(url) => Endpoint::provider_at(provider.id(), keyring, url)?,
        None => Endpoint::provider(provider.id(), keyring)?,
    };
    if let Some(tolerance) = args.freshness.tolerance(provider)? {
        endpoint = endpoint.tolerance(tolerance.past(), tolerance.future())?;
    }
    if !args.accept_version.is_empty() {
        endpoint = endpoint.accept_versions(&args.accept_version)?;
    }
    if let Some(at) = args.moment.at {
        endpoint = endpoint.clock(FrozenClock(UnixTime::from_secs(at)));
    }
    Ok(endpoint)
}

/// Refuses a quarantine that does not build, before a file is made for it.
fn may_keep(args: &Receive, provider: &Provider) -> Result<(), Failure> {
    let refuse = |option: &str, why: &str| Err(Failure::usage(format!("{option}: not with {}: {why}", provider.id())));
    if args.quarantine
        && let Some(why) = provider.verifier()?.never_kept()
    {
        return refuse("--quarantine", why);
    }
    match provider.needs_refusal() {
        Some(why) if args.hold => refuse("--hold", why),
        _ => Ok(()),
    }
}

fn keeping_refused(args: &Receive, endpoint: Endpoint) -> Result<Endpoint, Failure> {
    let endpoint = if args.quarantine { endpoint.quarantine()? } else { endpoint };
    Ok(if args.hold { endpoint.hold_while_red()? } else { endpoint })
}

/// Takes every event: the line that shows it is all that becomes of it.
pub(crate) struct ShownAndDropped;

impl Handoff for ShownAndDropped {
    fn hand_off(&self, _: Event) -> BoxFuture<'static, Result<HandedOff, HandoffError>> {
        Box::pin(ready(Ok(HandedOff::New)))
    }
}

/// The path of the endpoint. The routers of both frameworks give a meaning to some characters.
fn path(args: &Receive) -> Result<String, Failure> {
    let Some(path) = &args.path else { return Ok(format!("/webhooks/{}", args.keyed.provider)) };
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"{}?#*:\\".contains(&byte);
    if path.starts_with('/') && path.bytes().all(plain) {
        return Ok(path.clone());
    }
    Err(Failure::usage(format!(
        "--path {}: a path begins with `/` and has no blanks and none of {{}}?#*:\\",
        output::escaped(path)
    )))
}

/// Bound before anything is said, so that the address is right and whoever read it is let in.
pub(crate) fn bind(address: &str) -> Result<(TcpListener, SocketAddr), Failure> {
    let shown = output::escaped(address);
    if !address.contains(':') {
        return Err(Failure::usage(format!("--listen {shown}: use an address and a port, such as 127.0.0.1:3000")));
    }
    let failed = |error| Failure::system(format!("--listen {shown}"), error);
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// The first line; for people, where there is an inbox, a second one.
fn listening(args: &Receive, provider: &Provider, url: &str, place: Option<&Place>) -> String {
    #[derive(Serialize)]
    struct Listening<'a> {
        listening: &'a str,
        provider: &'a str,
        adapter: &'a str,
        frozen_at: Option<i64>,
        inbox: Option<String>,
        quarantine: bool,
    }
    let inbox = place.map(Place::shown);
    if args.json {
        let (provider, adapter, quarantine) = (provider.id(), args.adapter.as_str(), args.quarantine);
        return output::json(&Listening {
            listening: url,
            provider,
            adapter,
            frozen_at: args.moment.at,
            inbox,
            quarantine,
        });
    }
    let Some(file) = inbox.map(|file| output::escaped(&file)) else { return format!("listening on {url}") };
    let schema =
        args.schema.as_ref().map(|schema| format!(" --schema {}", output::escaped(schema))).unwrap_or_default();
    let refused = if args.quarantine {
        format!("\nrefused requests are kept, too; `hookporter rejected list --inbox {file}{schema}` shows them")
    } else {
        String::new()
    };
    format!(
        "listening on {url}\nkeeping events in {file}; `hookporter inbox list --inbox {file}{schema}` shows them{refused}"
    )
}
