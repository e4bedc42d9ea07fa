//! `init`: all that a first delivery takes, for one sender: a secret, the code, and how to try it.

mod code;
mod features;
mod secret;

use std::process::ExitCode;

use clap::Args;
use hookporter::Provider;
use serde::Serialize;

use crate::failure::Failure;
use crate::{keys, output};
pub(crate) use code::Framework;
use secret::Made;

/// Begin: a secret for development, and the code that receives a sender's webhooks
///
/// The secret is random, has the shape of this sender's own, and is for this machine only: in production it is what the sender's
/// dashboard shows. For a sender with a key pair both halves are made, or the commands that make them are shown.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The sender; see `hookporter providers`
    #[arg(value_name = "PROVIDER")]
    provider: String,
    /// The framework that is to carry the requests
    #[arg(long, value_enum, default_value_t = Framework::Axum)]
    framework: Framework,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is shown: for programs as it stands.
#[derive(Serialize)]
struct Beginning {
    provider: &'static str,
    documentation: &'static str,
    /// The lines that set the environment.
    environment: Vec<String>,
    dependencies: Vec<String>,
    code: String,
    /// The command that sends a first delivery.
    send: String,
    note: &'static str,
}

/// Makes a secret, and shows everything.
pub(crate) fn run(args: &Arguments) -> Result<ExitCode, Failure> {
    let provider = keys::known(&args.provider)?;
    let beginning = Beginning::of(provider, args.framework)?;
    output::say(&if args.json { output::json(&beginning) } else { beginning.shown() });
    Ok(ExitCode::SUCCESS)
}

impl Beginning {
    fn of(provider: &'static Provider, framework: Framework) -> Result<Self, Failure> {
        let name = provider.id().replace('-', "_").to_ascii_uppercase();
        let (own, shared) = (format!("{name}_PUBLIC_KEY"), format!("{name}_WEBHOOK_SECRET"));
        let private = format!("{name}_PRIVATE_KEY");
        let url = format!("http://127.0.0.1:3000{}", code::path(provider));
        let (mut environment, receiver, sender, note) = match secret::make(secret::shape(provider.id()))? {
            Made::Shared(secret) => {
                let note =
                    "for development only: in production the secret is the one that the sender's dashboard shows";
                (vec![format!("export {shared}='{}'", *secret)], shared.clone(), shared, note)
            }
            Made::Pair { private: secret, public } => {
                let lines = vec![format!("export {own}='{public}'"), format!("export {private}='{}'", *secret)];
                let note = "for development only: in production the public key is the sender's, and its private key nobody \
                            else's; only `hookporter send` takes the private one of this pair";
                (lines, own, private, note)
            }
            Made::Commands { kind, around: [before, after] } => {
                let quoted = |text: &str| if text.is_empty() { String::new() } else { format!("'{text}'") };
                let spelled = |name: &str, half: &str| {
                    let key = format!("$(openssl pkey -in dev.pem{half} | grep -v -e '-----' | tr -d '\\n')");
                    format!("export {name}={}\"{key}\"{}", quoted(before), quoted(after))
                };
                let made = format!("openssl genpkey -algorithm {kind} -out dev.pem");
                let note = "for development only: in production the key is the sender's own, which comes from the sender; see its \
                            documentation, and `Keys` for a lookup by name";
                (vec![made, spelled(&own, " -pubout"), spelled(&private, "")], own, private, note)
            }
        };
        let needs_url = provider.verifier()?.needs_url();
        if needs_url {
            environment.push(format!("export PUBLIC_URL='{url}'"));
        }
        let id = provider.id();
        Ok(Self {
            provider: id,
            documentation: provider.documentation(),
            environment,
            dependencies: code::dependencies(provider, framework),
            code: code::program(provider, framework, &receiver, needs_url),
            send: format!("hookporter send --provider {id} --secret-env {sender} --url {url}"),
            note,
        })
    }

    fn shown(&self) -> String {
        let Self { environment, dependencies, code, send, note, documentation, .. } = self;
        format!(
            "# {note}\n# {documentation}\n{}\n\n# Cargo.toml, [dependencies]\n{}\n\n# src/main.rs\n{code}\n# try it\n{send}\n\
             {send} --simulate",
            environment.join("\n"),
            dependencies.join("\n"),
        )
    }
}
