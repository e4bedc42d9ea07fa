//! `demo`: a receiver, and good and bad deliveries of several senders on their way to it.

use std::process::ExitCode;

use axum::Router;
use hookporter::axum::{EndpointService, Server};
use hookporter::{Endpoint, Secret};
use hookporter_testkit::{RequestMaker, SignedRequest, TestKeys};

use crate::args::Demo;
use crate::failure::Failure;
use crate::receive::{Printer, SHUTDOWN, ShownAndDropped, bind, shutdown};
use crate::send::Client;

/// The senders that are shown: one of each kind of proof.
const SENDERS: [(&str, &str); 6] = [
    ("stripe", "invoice.paid"),
    ("github", "push"),
    ("standard-webhooks", "user.created"),
    ("slack", "app_mention"),
    ("discord", ""),
    ("shipmondo", "Orders"),
];

/// Runs the demonstration, then goes on listening until it is told to end.
pub(crate) fn run(args: &Demo) -> Result<ExitCode, Failure> {
    let (listener, address) = bind(&args.listen)?;
    let printer = Printer::start(false).map_err(|error| Failure::system("a thread", error))?;
    let mut app = Router::new();
    for (id, _) in SENDERS {
        let keys = hookporter_testkit::keys(id)?;
        let endpoint = Endpoint::provider(id, Secret::new(keys.receiver).allow_weak().named("demo"))?
            .observer(printer.observer())
            .handoff(ShownAndDropped);
        app = app.route_service(&format!("/webhooks/{id}"), EndpointService::new(endpoint)?);
    }
    let failed = |error| Failure::system("the server", error);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let ended = runtime.block_on(async {
        let requested = shutdown::requested().map_err(failed)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let stop = async {
            tokio::select! {
                () = requested => {}
                // Not sent, only dropped: the demonstration goes on listening.
                Ok(()) = ended => {}
            }
        };
        let server = Server::from_listener(listener).shutdown_timeout(SHUTDOWN).run(app, stop);
        let story = async {
            printer.say(format!("listening on http://{address}"));
            let told = tell(&format!("http://{address}"), &printer).await;
            if args.once || told.is_err() {
                let _ = end.send(());
            } else {
                say_what_now(&address.to_string(), &printer);
            }
            told
        };
        tokio::join!(server, story).1
    });
    runtime.shutdown_background();
    printer.finish();
    ended.map(|()| ExitCode::SUCCESS)
}

/// Sends everything, one after another, saying before each what it is.
async fn tell(base: &str, printer: &Printer) -> Result<(), Failure> {
    for (id, event) in SENDERS {
        let keys = hookporter_testkit::keys(id)?;
        let maker = maker(id, event, keys, base)?;
        let good = maker.try_build()?;
        printer.say(format!("\n{id}"));
        send(&good, "as the sender sends it", base, printer).await?;
        send(&good, "the same again", base, printer).await?;
        for forgery in maker.try_mutations()? {
            send(&forgery.request, &forgery.name.replace('-', " "), base, printer).await?;
        }
    }
    Ok(())
}

fn maker(id: &str, event: &str, keys: TestKeys, base: &str) -> Result<RequestMaker, Failure> {
    let url = format!("{base}/webhooks/{id}");
    let maker = hookporter_testkit::provider(id, keys.sender)?.url(&url).event_id(&format!("demo_{id}"));
    Ok(if event.is_empty() { maker } else { maker.event(event) })
}

async fn send(request: &SignedRequest, what: &str, base: &str, printer: &Printer) -> Result<(), Failure> {
    printer.say(format!("  {what}"));
    let client = Client::new(&format!("{base}{}", request.target()), request)?;
    match client.send().await {
        (Ok(_), _) => Ok(()),
        (Err(error), _) => Err(Failure::system(what, error)),
    }
}

/// What the reader can do next.
fn say_what_now(address: &str, printer: &Printer) {
    let secret = hookporter_testkit::keys("stripe").map_or("", |keys| keys.receiver);
    printer.say(format!(
        "\nStill listening; Ctrl-C ends it. From another terminal:\n\n  \
         DEMO={secret} hookporter send --provider stripe --secret-env DEMO \\\n      \
         --url http://{address}/webhooks/stripe --event invoice.paid --stale 10m\n"
    ));
}
