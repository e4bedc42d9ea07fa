//! `receive`: a real receiver that shows what comes in, and why it was turned away.

mod actix;
mod line;
mod printer;
pub(crate) mod shutdown;
mod tower;

use std::error::Error;
use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use hookporter::{
    BoxFuture, Endpoint, Event, FrozenClock, HandedOff, Handoff, HandoffError, Inbox, Keyring, Provider, UnixTime,
};
use serde::Serialize;
use tokio::runtime::{self, Runtime};

use crate::args::{Adapter, Receive};
use crate::failure::Failure;
use crate::keys;
use crate::output;
pub(crate) use printer::Printer;

/// How long open requests get at the end.
pub(crate) const SHUTDOWN: Duration = Duration::from_secs(5);

/// Runs the receiver until it is told to end.
pub(crate) fn run(args: &Receive) -> Result<ExitCode, Failure> {
    let path = path(args)?;
    let (provider, keyring) = keys::receiving(&args.keyed.provider, &args.keyed.secret_env)?;
    let (listener, address) = bind(&args.listen)?;
    let url = format!("http://{address}{path}");
    let inbox = args.inbox.as_deref().map(Kept::open).transpose()?;
    let endpoint = endpoint(args, provider, keyring, &url)?;
    let endpoint = match &inbox {
        Some(kept) => endpoint.inbox(&kept.inbox),
        None => endpoint.handoff(ShownAndDropped),
    };
    if let Some(at) = args.moment.at {
        output::complain(format_args!("the clock stands still at {at}: every request is judged at that moment"));
    }
    let printer = Printer::start(args.json).map_err(|error| Failure::system("a thread", error))?;
    let endpoint = endpoint.observer(printer.observer());
    let listening = listening(args, provider, &url);
    let ready = || printer.say(listening);
    let ended = match args.adapter {
        Adapter::Tower => tower::serve(listener, &path, endpoint, ready),
        Adapter::Actix => actix::serve(listener, &path, endpoint, ready),
    };
    printer.finish();
    inbox.iter().for_each(Kept::close);
    ended.map(|()| ExitCode::SUCCESS)
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

/// An inbox, and what waits for it to open and to close. Its own thread writes to it meanwhile.
struct Kept {
    runtime: Runtime,
    inbox: Inbox,
}

impl Kept {
    fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |error: &dyn Error| {
            let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
            Failure::system("--inbox", output::escaped(&format!("{error}{source}")))
        };
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
        let inbox = runtime.block_on(Inbox::open(path)).map_err(|error| failed(&error))?;
        if let Some(aside) = inbox.set_aside() {
            let aside = output::escaped(&aside.display().to_string());
            output::complain(format_args!("warning: the inbox was damaged and is set aside: {aside}"));
        }
        Ok(Self { runtime, inbox })
    }

    /// Ends when all that waits is written.
    fn close(&self) {
        self.runtime.block_on(self.inbox.close());
    }
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

/// The first line.
fn listening(args: &Receive, provider: &Provider, url: &str) -> String {
    #[derive(Serialize)]
    struct Listening<'a> {
        listening: &'a str,
        provider: &'a str,
        adapter: &'a str,
        frozen_at: Option<i64>,
    }
    if !args.json {
        return format!("listening on {url}");
    }
    let (provider, adapter) = (provider.id(), args.adapter.as_str());
    output::json(&Listening { listening: url, provider, adapter, frozen_at: args.moment.at })
}
